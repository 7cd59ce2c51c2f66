import { systemClock } from '@naru/kit/clock.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { encodeDeployData, encodeFunctionData, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { testOddTokenAbi, testOddTokenBytecode } from './abi/test-odd-token.gen.ts';
import { testTetherUsdAbi, testTetherUsdBytecode } from './abi/test-tether-usd.gen.ts';
import { testUsdCoinAbi, testUsdCoinBytecode } from './abi/test-usd-coin.gen.ts';
import { probeToken } from './probe-token.ts';
import { createJsonRpcClient, type JsonRpcClient } from './rpc/json-rpc-client.ts';
import { createRpcPool, type RpcPool } from './rpc/rpc-pool.ts';
import { startAnvil, type TestChain } from './testing/start-anvil.ts';

/* Real: Anvil, tokens, HTTP. */

const payer = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';
const stranger = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const MINED_WITHIN = { timeout: 10_000, interval: 5 };
const ODDITIES = [
  'NONE',
  'FEE_FROM_RECIPIENT',
  'FEE_FROM_SENDER',
  'SHARES',
  'RETURNS_NOTHING',
  'RETURNS_FALSE',
  'PAUSED',
] as const;

let chain: TestChain;
let node: JsonRpcClient;
let pool: RpcPool;

beforeAll(async () => {
  chain = await startAnvil();
  node = createJsonRpcClient({ url: chain.url, timeoutMs: 5_000 });
  pool = createRpcPool({
    chainId: 31_337,
    providers: [{ url: chain.url }],
    timeoutMs: 5_000,
    clock: systemClock,
    logger: silentLogger,
    probeIntervalMs: null,
  });
});
afterAll(async () => {
  pool?.close();
  node?.close();
  await chain?.stop();
});

async function send(transaction: Record<string, string>): Promise<{ contractAddress: Hex }> {
  const hash = await node.request('eth_sendTransaction', [{ from: payer, ...transaction }]);
  return await vi.waitFor(async () => {
    const found = (await node.request('eth_getTransactionReceipt', [hash])) as {
      contractAddress: Hex;
    } | null;
    if (found === null) throw new Error(`${String(hash)} is not mined yet`);
    return found;
  }, MINED_WITHIN);
}

async function deploy(data: Hex): Promise<Hex> {
  return (await send({ data })).contractAddress;
}

function deployOdd(oddity: (typeof ODDITIES)[number]): Promise<Hex> {
  return deploy(
    encodeDeployData({
      abi: testOddTokenAbi,
      bytecode: testOddTokenBytecode,
      args: ['ODD', 6, ODDITIES.indexOf(oddity)],
    }),
  );
}

describe('probeToken', () => {
  it('tries a payment with a token of which no account has any', async () => {
    const facts = await probeToken(pool, await deployOdd('NONE'));
    expect(facts).toMatchObject({ symbol: 'ODD', decimals: 6, balancesChangeBy: ['sharesOf(address)'] });
    expect(facts.payment).toMatchObject({
      asked: 1_000_000n,
      succeeded: true,
      answer: 'true',
      taken: 1_000_000n,
      received: 1_000_000n,
    });
    // A balance that was zero costs 20,000 (EIP-2200), so this is no figure of a recipient that has some.
    expect(Number(facts.payment?.gasUsed)).toBeGreaterThan(20_000);
    expect(Number(facts.payment?.gasUsed)).toBeLessThan(60_000);
  });

  it('finds what is odd about a token', async () => {
    const paymentOf = async (oddity: (typeof ODDITIES)[number]) =>
      (await probeToken(pool, await deployOdd(oddity))).payment;
    const asked = 1_000_000n;
    expect(await paymentOf('FEE_FROM_RECIPIENT')).toMatchObject({ taken: asked, received: 990_000n });
    expect(await paymentOf('RETURNS_NOTHING')).toMatchObject({ answer: 'nothing', received: asked });
    expect(await paymentOf('RETURNS_FALSE')).toMatchObject({
      succeeded: true,
      answer: 'other',
      received: 0n,
    });
    expect(await paymentOf('PAUSED')).toMatchObject({ succeeded: false, taken: 0n, received: 0n });
    expect(await paymentOf('FEE_FROM_SENDER')).toMatchObject({ taken: 1_010_000n, received: asked });
  });

  it('takes a holder where a balance cannot be made up', async () => {
    const token = await deployOdd('SHARES');
    expect((await probeToken(pool, token)).payment).toBeNull();
    expect((await probeToken(pool, token, [stranger])).payment).toBeNull();
    await send({
      to: token,
      data: encodeFunctionData({
        abi: testOddTokenAbi,
        functionName: 'mint',
        args: [payer, 5_000_001n],
      }),
    });
    const facts = await probeToken(pool, token, [stranger, payer]);
    expect(facts.balancesChangeBy).toEqual(['sharesOf(address)']);
    expect(facts.payment).toMatchObject({ asked: 1_000_000n, succeeded: true });
    // Rounded down twice: less than asked moves.
    expect(facts.payment?.received).not.toBe(1_000_000n);
  });

  it('knows the tokens of the local chain, and changes nothing on it', async () => {
    const usdc = await deploy(
      encodeDeployData({
        abi: testUsdCoinAbi,
        bytecode: testUsdCoinBytecode,
        args: ['USD Coin', 'USDC', 6, payer],
      }),
    );
    const usdt = await deploy(
      encodeDeployData({ abi: testTetherUsdAbi, bytecode: testTetherUsdBytecode, args: [payer] }),
    );
    const head = await node.request('eth_blockNumber', []);
    expect(await probeToken(pool, usdc)).toMatchObject({
      symbol: 'USDC',
      balancesChangeBy: [],
      payment: { answer: 'true', received: 1_000_000n },
    });
    expect(await probeToken(pool, usdt)).toMatchObject({
      symbol: 'USDT',
      payment: { answer: 'nothing', received: 1_000_000n },
    });
    expect(await node.request('eth_blockNumber', [])).toBe(head);
  });

  it('tries nothing with a token whose whole unit fits into no word', async () => {
    const data = encodeDeployData({
      abi: testOddTokenAbi,
      bytecode: testOddTokenBytecode,
      args: ['WIDE', 255, ODDITIES.indexOf('NONE')],
    });
    expect(await probeToken(pool, await deploy(data))).toMatchObject({ decimals: 255, payment: null });
  });

  it('tells an address without a contract, and a contract that is no token', async () => {
    expect(await probeToken(pool, stranger)).toMatchObject({ codeBytes: 0, payment: null });
    const nothing = await deploy('0x60016000f3'); // its code is one byte: STOP
    expect(await probeToken(pool, nothing)).toMatchObject({
      codeBytes: 1,
      symbol: null,
      decimals: null,
      payment: null,
    });
  });
});
