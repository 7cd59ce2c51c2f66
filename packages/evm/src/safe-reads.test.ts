import type { Hex } from '@naru/kit/hex.ts';
import { safeAbi } from '@naru/safe/safe.abi.ts';
import { encodeFunctionResult, getAddress, toEventSelector } from 'viem';
import { describe, expect, test } from 'vitest';
import { createSafeReads } from './reads/safe-reads.ts';
import type { RpcAnswer, RpcCall } from './rpc/json-rpc-client.ts';
import { RpcResponseError } from './rpc/rpc-errors.ts';
import type { RpcPool } from './rpc/rpc-pool.ts';

/*
 * A Safe of another version and a node that is difficult, as no local chain shows them. That a real Safe is read right is
 * shown by `test/e2e/treasury.test.ts`.
 */

const SAFE = getAddress(`0x${'5a'.repeat(20)}`);
const HASH: Hex = `0x${'ab'.repeat(32)}`;
const OWNER = getAddress(`0x${'01'.repeat(20)}`);
const SUCCESS = toEventSelector('ExecutionSuccess(bytes32,uint256)');
const FAILURE = toEventSelector('ExecutionFailure(bytes32,uint256)');
const WORD = '00'.repeat(32);

type Log = { topics: Hex[]; data: Hex; block: bigint; address?: Hex };

/** A node that has these logs, and says of the Safe what `says` has. */
function createNode(options: {
  logs?: Log[];
  head?: bigint;
  rangeMax?: bigint;
  says?: Partial<Record<'getOwners' | 'getThreshold' | 'nonce' | 'domainSeparator', Hex>>;
  hashOf?: (asked: number) => string;
}) {
  const { logs = [], head = 10_000n, rangeMax = 2_000n } = options;
  const results: Record<string, Hex> = {
    getOwners: encodeFunctionResult({ abi: safeAbi, functionName: 'getOwners', result: [OWNER] }),
    getThreshold: encodeFunctionResult({ abi: safeAbi, functionName: 'getThreshold', result: 1n }),
    nonce: encodeFunctionResult({ abi: safeAbi, functionName: 'nonce', result: 9n }),
    domainSeparator: HASH,
    ...options.says,
  };
  const order = ['getOwners', 'getThreshold', 'nonce', 'domainSeparator'];
  const requests: RpcCall[] = [];
  let headers = 0;
  function answer(call: RpcCall, calls: readonly RpcCall[]): RpcAnswer {
    const [first] = call.params as [string & Record<string, string>];
    if (call.method === 'eth_getBlockByNumber') {
      const number = BigInt(first);
      if (number > head) return { ok: true, result: null };
      headers += 1;
      const hash = options.hashOf?.(headers) ?? `0x${'b1'.repeat(32)}`;
      return { ok: true, result: headerOf(number, hash) };
    }
    if (call.method === 'eth_call') {
      const index = calls.filter(({ method }) => method === 'eth_call').indexOf(call);
      return { ok: true, result: results[order[index] ?? ''] };
    }
    const [from, to] = [BigInt(first['fromBlock'] ?? '0x0'), BigInt(first['toBlock'] ?? '0x0')];
    if (to - from >= rangeMax)
      return {
        ok: false,
        error: new RpcResponseError('one', 'eth_getLogs', {
          code: -32_005,
          message: 'query returned more than 10000 results',
        }),
      };
    const found = logs.filter(({ block }) => block >= from && block <= to);
    return { ok: true, result: found.map(toLog) };
  }
  const pool = {
    readFromEach: async <T>(
      _count: number,
      calls: readonly RpcCall[],
      decode: (answers: RpcAnswer[]) => T,
    ) => {
      requests.push(...calls);
      return [{ provider: 'one', value: decode(calls.map((call) => answer(call, calls))) }];
    },
  };
  return { reads: createSafeReads(pool as unknown as RpcPool), requests };
}

function headerOf(number: bigint, hash: string) {
  return {
    number: `0x${number.toString(16)}`,
    hash,
    parentHash: `0x${WORD}`,
    timestamp: '0x1',
    gasLimit: '0x1',
    gasUsed: '0x0',
    baseFeePerGas: '0x1',
  };
}

function toLog({ topics, data, block, address = SAFE }: Log) {
  return {
    address,
    topics,
    data,
    blockNumber: `0x${block.toString(16)}`,
    blockHash: `0x${'b2'.repeat(32)}`,
    transactionHash: `0x${'77'.repeat(32)}`,
    logIndex: '0x0',
  };
}

const success = (block: bigint): Log => ({ topics: [SUCCESS, HASH], data: `0x${WORD}`, block });
const state = (node: ReturnType<typeof createNode>, fromBlock = 9_000n, block = 10_000n) =>
  node.reads.safeStateFromEach(1, { safe: SAFE, fromBlock, block }).then(([answer]) => answer?.value);
const execution = (node: ReturnType<typeof createNode>, fromBlock = 1n, toBlock = 10_000n) =>
  node.reads
    .safeExecutionFromEach(1, { safe: SAFE, hash: HASH, fromBlock, toBlock })
    .then(([answer]) => answer?.value);

describe('the record of an execution', () => {
  test.each<[string, Log]>([
    ['since 1.4.0 has the hash as a topic', success(5_000n)],
    [
      'before, as the first word of data',
      { topics: [SUCCESS], data: `0x${HASH.slice(2)}${WORD}`, block: 5_000n },
    ],
  ])('%s', async (_what, log) => {
    expect(await execution(createNode({ logs: [log] }))).toMatchObject({ blockNumber: 5_000n });
  });

  test('is not a failure, nor another transaction’s, nor outside the range', async () => {
    const logs: Log[] = [
      { ...success(5_000n), topics: [FAILURE, HASH] },
      { ...success(5_001n), topics: [SUCCESS, `0x${'cd'.repeat(32)}`] },
    ];
    expect(await execution(createNode({ logs }))).toBeNull();
    expect(await execution(createNode({ logs: [success(5_000n)] }), 5_001n)).toBeNull();
  });

  test('a node that does not have the last block has no answer, not “it did not happen”', async () => {
    await expect(execution(createNode({ head: 9_999n }))).rejects.toThrow('does not know block 10000');
  });

  test('ranges that a node finds too long are halved', async () => {
    const node = createNode({ logs: [success(9_876n)], rangeMax: 200n });
    expect(await execution(node)).toMatchObject({ blockNumber: 9_876n });
  });

  test('logs that were not asked for are no answer', async () => {
    const logs = [{ ...success(5n), address: OWNER }];
    await expect(execution(createNode({ logs }))).rejects.toThrow('not asked for');
  });
});

describe('the state', () => {
  test('comes with the number of transactions since a block, failed ones included', async () => {
    const logs: Log[] = [success(8_999n), success(9_000n), { ...success(10_000n), topics: [FAILURE, HASH] }];
    expect(await state(createNode({ logs }))).toMatchObject({
      owners: [OWNER],
      threshold: 1,
      nonce: 9n,
      executions: 2,
    });
  });

  test('is of one block: a reorganisation in the middle is no answer', async () => {
    const node = createNode({ hashOf: (asked) => `0x${String(asked).repeat(64)}` });
    await expect(state(node)).rejects.toThrow('changed during the read');
  });

  test('is null where nothing answers, or something that is no Safe', async () => {
    expect(await state(createNode({ says: { nonce: '0x' } }))).toBeNull();
    expect(await state(createNode({ says: { getOwners: '0x01' } }))).toBeNull();
    expect(await state(createNode({ says: { getThreshold: `0x${'00'.repeat(31)}02` } }))).toBeNull();
  });
});
