import { systemClock } from '@naru/kit/clock.ts';
import { newUuid, uuidToBytes16 } from '@naru/kit/ids.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { encodeDeployData, encodeFunctionData, getAddress, type Hex } from 'viem';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { batchPayoutAbi, batchPayoutBytecode } from './abi/batch-payout.gen.ts';
import { testUsdCoinAbi, testUsdCoinBytecode } from './abi/test-usd-coin.gen.ts';
import { batchIdToBytes32 } from './batch-id.ts';
import { type ChainReader, createChainReader } from './chain-reader.ts';
import { quoteFees } from './fee-oracle.ts';
import type { FeePolicy } from './fees.ts';
import { decodePayoutCalldata } from './payout-calldata.ts';
import { createJsonRpcClient, type JsonRpcClient } from './rpc/json-rpc-client.ts';
import { createRpcPool, type RpcPool } from './rpc/rpc-pool.ts';
import { type RpcFaultProxy, startRpcFaultProxy } from './testing/rpc-fault-proxy.ts';
import { startAnvil, type TestChain } from './testing/start-anvil.ts';

/* Real: Anvil, the payout contract, a token, HTTP. Simulated: faults of two providers, by proxies before the same node. */

// Anvil's first two test accounts, which it signs for.
const payer = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';
const otherPayer = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const recipient = '0x00000000000000000000000000000000000A11cE';
const MINED_WITHIN = { timeout: 10_000, interval: 5 };
const UNKNOWN_HASH = `0x${'99'.repeat(32)}`;

let chain: TestChain;
let rpcNode: JsonRpcClient;
let first: RpcFaultProxy;
let second: RpcFaultProxy;
let pool: RpcPool;
let reader: ChainReader;
let contract: Hex;
let token: Hex;

beforeAll(async () => {
  chain = await startAnvil();
  rpcNode = createJsonRpcClient({ url: chain.url, timeoutMs: 5_000 });
  first = await startRpcFaultProxy({ upstreamUrl: chain.url });
  second = await startRpcFaultProxy({ upstreamUrl: chain.url });
  contract = await deploy(batchPayoutBytecode);
  token = await deploy(
    encodeDeployData({
      abi: testUsdCoinAbi,
      bytecode: testUsdCoinBytecode,
      args: ['USD Coin', 'USDC', 6, payer],
    }),
  );
  await send({
    from: payer,
    to: token,
    data: encodeFunctionData({ abi: testUsdCoinAbi, functionName: 'mint', args: [payer, 1_000_000n] }),
  });
});
afterAll(async () => {
  await first?.close();
  await second?.close();
  rpcNode?.close();
  await chain?.stop();
});
beforeEach(() => {
  first.setFaults([]);
  second.setFaults([]);
  pool = createRpcPool({
    chainId: 31_337,
    providers: [
      { url: first.url, label: 'first' },
      { url: second.url, label: 'second' },
    ],
    timeoutMs: 5_000,
    clock: systemClock,
    logger: silentLogger,
    probeIntervalMs: null,
  });
  reader = createChainReader(pool);
});
afterEach(() => pool.close());

describe('blocks', () => {
  it('come typed, and linked to each other', async () => {
    const head = await reader.head();
    const headers = await reader.headers(0n, head.number);
    expect(headers).toHaveLength(Number(head.number) + 1);
    expect(headers.at(-1)).toEqual(head);
    expect(head).toMatchObject({
      hash: expect.stringMatching(/^0x[0-9a-f]{64}$/),
      timestampSeconds: expect.any(BigInt),
      gasLimit: expect.any(BigInt),
      baseFeePerGasWei: expect.any(BigInt),
    });
  });

  it('after the head are not known to anybody', async () => {
    const { number } = await reader.head();
    await expect(reader.headers(number, number + 1n)).rejects.toThrow('does not know block');
  });
});

describe('payout logs', () => {
  it('tell each item’s outcome, filtered by payer', async () => {
    const { number: before } = await reader.head();
    const mine = await payNative(payer, 2);
    const theirs = await payNative(otherPayer, 1);
    const range = { contract, fromBlock: before + 1n, toBlock: (await reader.head()).number };

    const logs = await reader.payoutLogs({ ...range, payers: [payer.toLowerCase()] });
    const outcomes = mine.ids.map((id) => ({ id, outcome: 'PAID' }));
    expect(logs).toMatchObject([
      {
        transactionHash: mine.hash,
        decoded: { ok: true, batch: { batchId: mine.batchId, payer, token: null, outcomes } },
      },
    ]);
    const all = await reader.payoutLogs({ ...range, payers: null });
    expect(all.map(({ transactionHash }) => transactionHash)).toEqual([mine.hash, theirs.hash]);
    expect(await reader.payoutLogs({ ...range, payers: [] })).toEqual([]);
  });

  it('are complete over a range that the provider only answers in parts', async () => {
    const { number: before } = await reader.head();
    const payments: { hash: Hex }[] = [];
    for (let count = 0; count < 4; count++) payments.push(await payNative(payer, 1));
    const limit = { code: -32005, message: 'query returned more than 10000 results' };
    first.setFaults([{ methods: ['eth_getLogs'], times: 2, fault: { kind: 'rpc_error', ...limit } }]);
    const logs = await reader.payoutLogs({
      contract,
      payers: [payer],
      fromBlock: before + 1n,
      toBlock: before + 4n,
    });
    expect(logs.map(({ transactionHash }) => transactionHash)).toEqual(payments.map(({ hash }) => hash));
    expect(pool.health().providers[0]?.breaker).toBe('closed');
  });

  it('are never read from a provider that has not reached the range', async () => {
    const paid = await payNative(payer, 1);
    const { number } = await reader.head();
    pool.close();
    pool = createRpcPool({
      chainId: 31_337,
      providers: [
        { url: first.url, label: 'first' },
        { url: second.url, label: 'second' },
      ],
      timeoutMs: 5_000,
      clock: systemClock,
      logger: silentLogger,
      probeIntervalMs: null,
      lagBlocksMax: 100,
    });
    first.setFaults([{ fault: { kind: 'lag', blocks: 2 } }]);
    const query = { contract, payers: [payer], fromBlock: number, toBlock: number };
    const logs = await createChainReader(pool).payoutLogs(query);
    expect(logs).toMatchObject([{ transactionHash: paid.hash }]);
    second.setFaults([{ fault: { kind: 'lag', blocks: 2 } }]);
    await expect(createChainReader(pool).payoutLogs(query)).rejects.toThrow(`before ${number}`);
  });

  it('of one batch come from two providers, and say whether its block is still there', async () => {
    const paid = await payNative(payer, 1);
    const { batchId } = paid;
    const { number, hash } = await reader.head();
    const answers = await reader.payoutLogsOfBatchFromEach(2, {
      contract,
      blockNumber: number,
      blockHash: hash,
      batchId,
    });
    expect(answers.map(({ provider }) => provider).toSorted()).toEqual(['first', 'second']);
    for (const { value } of answers) {
      expect(value).toMatchObject({
        canonical: true,
        logs: [{ transactionHash: paid.hash, blockHash: hash }],
      });
    }
    const gone = await reader.payoutLogsOfBatchFromEach(2, {
      contract,
      blockNumber: number,
      blockHash: UNKNOWN_HASH,
      batchId,
    });
    expect(gone.map(({ value }) => value)).toEqual([
      { canonical: false, logs: [] },
      { canonical: false, logs: [] },
    ]);
    const another = { contract, blockNumber: number, blockHash: hash, batchId: newUuid() };
    const none = await reader.payoutLogsOfBatchFromEach(2, another);
    expect(none.map(({ value }) => value)).toEqual([
      { canonical: true, logs: [] },
      { canonical: true, logs: [] },
    ]);
    second.setFaults([{ fault: { kind: 'lag', blocks: 1 } }]);
    const query = { contract, blockNumber: number, blockHash: hash, batchId };
    await expect(reader.payoutLogsOfBatchFromEach(2, query)).rejects.toThrow('has 1');
  });
});

describe('transactions', () => {
  it('have receipts in the order asked, null where there is none', async () => {
    const paid = await payNative(payer, 1);
    const [none, receipt] = await reader.receipts([
      UNKNOWN_HASH,
      paid.hash.toUpperCase().replace('0X', '0x'),
    ]);
    expect(none).toBeNull();
    expect(receipt).toMatchObject({
      transactionHash: paid.hash,
      status: 'success',
      from: payer,
      to: contract,
      gasUsed: expect.any(BigInt),
      effectiveGasPriceWei: expect.any(BigInt),
    });
    const each = await reader.receiptsFromEach(2, [paid.hash]);
    expect(each.map(({ value }) => value[0]?.transactionHash)).toEqual([paid.hash, paid.hash]);
    expect(await reader.receipts([])).toEqual([]);
  });

  it('can be read back to what they asked for', async () => {
    const paid = await payNative(payer, 3);
    const transaction = await reader.transaction(paid.hash);
    expect(transaction).toMatchObject({ hash: paid.hash, from: payer, to: contract, valueWei: 3n });
    expect(decodePayoutCalldata(transaction?.input ?? '')).toMatchObject({
      ok: true,
      call: { batchId: paid.batchId, token: null, items: paid.ids.map((id) => ({ id, to: recipient })) },
    });
    expect(await reader.transaction(UNKNOWN_HASH)).toBeNull();
  });
});

describe('accounts', () => {
  it('have nonces and balances, now and at a block', async () => {
    const { number } = await reader.head();
    const before = await reader.transactionCounts([payer, otherPayer]);
    await payNative(payer, 1);
    const [now = 0n, other] = await reader.transactionCounts([payer.toLowerCase(), otherPayer]);
    expect([now - 1n, other]).toEqual(before);
    expect(await reader.transactionCounts([payer, otherPayer], number)).toEqual(before);
    const each = await reader.transactionCountsFromEach(2, [payer, otherPayer]);
    expect(each.map(({ value }) => value)).toEqual([
      [now, other],
      [now, other],
    ]);
    expect(await reader.nativeBalances([recipient, payer])).toEqual([expect.any(BigInt), expect.any(BigInt)]);
    expect(await reader.tokenBalances(token, [recipient, payer])).toEqual([0n, 1_000_000n]);
    expect(await reader.allowances(token, [payer], contract)).toEqual([0n]);
    expect(await reader.nativeBalances([])).toEqual([]);
  });

  it('have no token balance where there is no token', async () => {
    await expect(reader.tokenBalances(recipient, [payer])).rejects.toThrow(
      'is there a token at this address?',
    );
  });
});

describe('calls', () => {
  it('return, or revert with the contract’s error', async () => {
    const pay = (items: Hex, valueWei: bigint) => ({
      from: payer,
      to: contract,
      valueWei,
      data: encodePay(newUuid(), items),
    });
    const item = itemOf(newUuid());
    expect(await reader.call(pay(item, 1n))).toEqual({ kind: 'returned', data: '0x' });
    expect(await reader.call(pay(item, 5n))).toMatchObject({
      kind: 'reverted',
      data: expect.stringMatching(/^0x[0-9a-f]{8}/),
    });
    expect(await reader.estimateGas(pay(item, 1n))).toMatchObject({
      kind: 'estimated',
      gas: expect.any(BigInt),
    });
    expect((await reader.estimateGas(pay('0x00', 1n))).kind).toBe('reverted');
  });

  it('describe a token, and what is none', async () => {
    const described = await reader.tokenMetadata(token);
    expect(described).toMatchObject({ symbol: 'USDC', decimals: 6 });
    expect(described.codeBytes).toBeGreaterThan(1_000);
    expect(await reader.tokenMetadata(contract)).toMatchObject({ symbol: null, decimals: null });
    expect(await reader.tokenMetadata(recipient)).toEqual({ codeBytes: 0, symbol: null, decimals: null });
  });
});

describe('fees', () => {
  const policy: FeePolicy = {
    gasModel: 'eip1559',
    feeCapWeiMax: 10n ** 12n,
    feeCapWeiMin: 0n,
    priorityFeeWeiMin: 10n ** 9n,
    baseFeeHeadroomPercent: 200,
    rewardPercentile: 50,
    historyBlocks: 5,
  };

  it('cover the next block’s base fee twice', async () => {
    const quote = await quoteFees(pool, policy);
    const { baseFeePerGasWei } = await reader.head();
    expect(quote.kind).toBe('eip1559');
    if (quote.kind !== 'eip1559' || baseFeePerGasWei === null) return;
    expect(quote.maxFeePerGasWei).toBeGreaterThan((baseFeePerGasWei * 7n) / 4n); // the next base fee is 12.5 % lower at most
    expect(quote.maxPriorityFeePerGasWei).toBeGreaterThanOrEqual(10n ** 9n);
  });

  it('are not quoted above the ceiling', async () => {
    expect(await quoteFees(pool, { ...policy, feeCapWeiMax: 10n ** 9n })).toMatchObject({
      kind: 'ceiling_exceeded',
      baseFeeWei: expect.any(BigInt),
    });
  });

  it('of a legacy chain come from the gas price where there is no history', async () => {
    const legacy: FeePolicy = { ...policy, gasModel: 'legacy', baseFeeHeadroomPercent: 100 };
    expect((await quoteFees(pool, legacy)).kind).toBe('legacy');
    const missing = { kind: 'rpc_error', code: -32601, message: 'the method does not exist' } as const;
    first.setFaults([{ methods: ['eth_feeHistory'], fault: missing }]);
    const gasPriceWei = BigInt((await pool.read('eth_gasPrice', [])) as Hex);
    expect(await quoteFees(pool, legacy)).toEqual({ kind: 'legacy', gasPriceWei });
  });
});

function rpc(method: string, params: unknown[]): Promise<unknown> {
  return rpcNode.request(method, params);
}

type SentReceipt = { status: string; transactionHash: Hex; contractAddress: string | null };

/** Anvil mines at once, but not before it answers. */
async function send(transaction: Record<string, string>): Promise<SentReceipt> {
  const hash = await rpc('eth_sendTransaction', [transaction]);
  const receipt = await vi.waitFor(async () => {
    const found = (await rpc('eth_getTransactionReceipt', [hash])) as SentReceipt | null;
    if (found === null) throw new Error(`${hash} is not mined yet`);
    return found;
  }, MINED_WITHIN);
  expect(receipt.status).toBe('0x1');
  return receipt;
}

async function deploy(data: Hex): Promise<Hex> {
  return getAddress((await send({ from: payer, data })).contractAddress ?? '');
}

/** 1 wei to the recipient. */
function itemOf(id: string): Hex {
  return `${uuidToBytes16(id)}${recipient.slice(2).toLowerCase()}${'1'.padStart(32, '0')}`;
}

function encodePay(batchId: string, items: Hex): Hex {
  const native = `0x${'00'.repeat(20)}` as const;
  const args = [batchIdToBytes32(batchId), native, 50_000n, items] as const;
  return encodeFunctionData({ abi: batchPayoutAbi, functionName: 'pay', args });
}

async function payNative(from: string, itemCount: number) {
  const batchId = newUuid();
  const ids = Array.from({ length: itemCount }, newUuid);
  const items: Hex = `0x${ids.map((id) => itemOf(id).slice(2)).join('')}`;
  const value = `0x${itemCount.toString(16)}`;
  // Not estimated: the contract would end well with too little gas, its items not attempted.
  const call = { from, to: contract, value, gas: '0xf4240', data: encodePay(batchId, items) };
  const { transactionHash: hash } = await send(call);
  return { batchId, ids, hash };
}
