import { systemClock } from '@naru/kit/clock.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { encodeDeployData, encodeFunctionData, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { testPriceFeedAbi, testPriceFeedBytecode } from './abi/test-price-feed.gen.ts';
import { testSanctionsOracleAbi, testSanctionsOracleBytecode } from './abi/test-sanctions-oracle.gen.ts';
import { readPriceFeed } from './read-price-feed.ts';
import { readSanctionsOracle } from './read-sanctions-oracle.ts';
import { createJsonRpcClient, type JsonRpcClient } from './rpc/json-rpc-client.ts';
import { createRpcPool, type RpcPool } from './rpc/rpc-pool.ts';
import { startAnvil, type TestChain } from './testing/start-anvil.ts';

/* Real: Anvil, contracts, HTTP. */

const sender = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';
const nobody: Hex = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const listed: Hex = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC';

let chain: TestChain;
let node: JsonRpcClient;
let pool: RpcPool;
let feed: Hex;
let oracle: Hex;

beforeAll(async () => {
  chain = await startAnvil();
  node = createJsonRpcClient({ url: chain.url, timeoutMs: 10_000 });
  pool = createRpcPool({
    chainId: 31337,
    providers: [{ url: chain.url }],
    timeoutMs: 10_000,
    clock: systemClock,
    logger: silentLogger,
    probeIntervalMs: null,
  });
  feed = await deploy(
    encodeDeployData({ abi: testPriceFeedAbi, bytecode: testPriceFeedBytecode, args: [8] }),
  );
  oracle = await deploy(testSanctionsOracleBytecode);
  await send({
    to: oracle,
    data: encodeFunctionData({
      abi: testSanctionsOracleAbi,
      functionName: 'addToSanctionsList',
      args: [[listed]],
    }),
  });
});
afterAll(async () => {
  pool?.close();
  await chain?.stop();
});

async function send(transaction: { to?: Hex; data: Hex }): Promise<{ contractAddress: Hex }> {
  const hash = await node.request('eth_sendTransaction', [{ from: sender, ...transaction }]);
  return await vi.waitFor(
    async () => {
      const receipt = (await node.request('eth_getTransactionReceipt', [hash])) as {
        contractAddress: Hex;
      } | null;
      if (receipt === null) throw new Error('not mined yet');
      return receipt;
    },
    { timeout: 10_000, interval: 5 },
  );
}

async function deploy(data: Hex): Promise<Hex> {
  return (await send({ data })).contractAddress;
}

async function setRound(
  roundId: bigint,
  answer: bigint,
  updatedAt: bigint,
  answeredInRound: bigint,
): Promise<void> {
  await send({
    to: feed,
    data: encodeFunctionData({
      abi: testPriceFeedAbi,
      functionName: 'setRound',
      args: [roundId, answer, updatedAt, answeredInRound],
    }),
  });
}

describe('a price feed', () => {
  it('tells its last round with its moment and decimals', async () => {
    await setRound(7n, 99_990_000n, 1_772_400_000n, 7n);
    expect(await readPriceFeed(pool, feed)).toEqual({
      roundId: 7n,
      answer: 99_990_000n,
      decimals: 8,
      updatedAt: new Date('2026-03-01T21:20:00Z'),
    });
  });

  it.each([
    ['a round without an answer', [8n, 1n, 0n, 8n], 'not answered'],
    ['the answer of an earlier round', [9n, 1n, 1_772_400_000n, 8n], 'carries the answer of round 8'],
    ['zero', [9n, 0n, 1_772_400_000n, 9n], 'tells 0'],
    ['a negative price', [9n, -5n, 1_772_400_000n, 9n], 'tells -5'],
  ] as const)('is not believed with %s', async (_name, [round, answer, at, answeredIn], problem) => {
    await setRound(round, answer, at, answeredIn);
    await expect(readPriceFeed(pool, feed)).rejects.toThrow(problem);
  });

  it('is none where there is no contract, or another one', async () => {
    await expect(readPriceFeed(pool, nobody)).rejects.toThrow('no price feed');
    await expect(readPriceFeed(pool, oracle)).rejects.toThrow();
  });
});

describe('a sanctions oracle', () => {
  it('says of each address whether it is listed, in their order', async () => {
    expect(await readSanctionsOracle(pool, oracle, [nobody, listed, nobody])).toEqual([false, true, false]);
  });

  it('where there is none, silence is no clear address', async () => {
    await expect(readSanctionsOracle(pool, nobody, [listed])).rejects.toThrow('answers nothing');
    await expect(readSanctionsOracle(pool, feed, [listed])).rejects.toThrow();
  });
});
