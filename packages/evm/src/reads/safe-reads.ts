import type { Hex } from '@naru/kit/hex.ts';
import { minUnits } from '@naru/kit/money.ts';
import { safeAbi } from '@naru/safe/safe.abi.ts';
import { decodeFunctionResult, encodeFunctionData, getAddress, toEventSelector } from 'viem';
import { z } from 'zod';
import { toQuantity } from '../quantity.ts';
import type { RpcAnswer, RpcCall } from '../rpc/json-rpc-client.ts';
import { classifyReadError } from '../rpc/rpc-error-class.ts';
import { RpcDecodeError } from '../rpc/rpc-errors.ts';
import { type ProviderAnswer, type RpcPool, resultOf } from '../rpc/rpc-pool.ts';
import { type ChainLog, decodeShape, logShape } from '../rpc-shapes.ts';
import { decodeHeader } from './block-reads.ts';
import { returnedData } from './call-reads.ts';

/** Who may decide for a Safe, how many of them it takes, and which of its transactions is next. */
export type SafeState = {
  owners: Hex[];
  threshold: number;
  nonce: bigint;
  /** How many of its transactions are in the blocks asked for: so many nonces ago, its nonce was what it was before them. */
  executions: number;
  /** Of what owners sign: chain and Safe, hashed. */
  domainSeparator: Hex;
  blockHash: Hex;
};
/** The Safe's own record that it executed a transaction. */
export type SafeExecution = { transactionHash: Hex; blockNumber: bigint; blockHash: Hex };

export type SafeReads = {
  /**
   * After block `block`, from each of `count` providers; executions in the blocks `fromBlock` to `block`, none where
   * `fromBlock` is later. Null: no Safe answers at the address. The nonce at a block whose state nodes have thrown away
   * long ago follows from the two.
   */
  safeStateFromEach(
    count: number,
    query: { safe: string; fromBlock: bigint; block: bigint },
  ): Promise<ProviderAnswer<SafeState | null>[]>;
  /**
   * Where the Safe recorded `ExecutionSuccess` for this hash in the blocks `fromBlock` to `toBlock`, from each of `count`
   * providers; null where it did not. One at most: the Safe's nonce is in the hash.
   */
  safeExecutionFromEach(
    count: number,
    query: { safe: string; hash: Hex; fromBlock: bigint; toBlock: bigint },
  ): Promise<ProviderAnswer<SafeExecution | null>[]>;
};

const SUCCESS_TOPIC = toEventSelector('ExecutionSuccess(bytes32,uint256)');
const FAILURE_TOPIC = toEventSelector('ExecutionFailure(bytes32,uint256)');
/** What most public providers answer in one go, and what all of them do. */
const LOG_RANGE_BLOCKS_MAX = 2_000n;
const LOG_RANGE_BLOCKS_MIN = 50n;
const OWNERS_MAX = 50;
const stateReads = ['getOwners', 'getThreshold', 'nonce', 'domainSeparator'] as const;

export function createSafeReads(pool: RpcPool): SafeReads {
  return {
    safeStateFromEach(count, query) {
      const { safe, fromBlock, block } = query;
      const header: RpcCall = { method: 'eth_getBlockByNumber', params: [toQuantity(block), false] };
      const state = stateReads.map((functionName) => ({
        method: 'eth_call',
        params: [{ to: safe, data: encodeFunctionData({ abi: safeAbi, functionName }) }, toQuantity(block)],
      }));
      return inRanges((blocks) => {
        const ranges = rangesOf({ fromBlock, toBlock: block }, blocks);
        const calls = [header, ...state, ...ranges.map((range) => logsCall(safe, range)), header];
        return pool.readFromEach(count, calls, (answers) => decodeState(answers, query, ranges), {
          freshness: 'history',
        });
      });
    },
    async safeExecutionFromEach(count, query) {
      return await inRanges(async (blocks) => {
        let answers: ProviderAnswer<SafeExecution | null>[] = [];
        for (const range of rangesOf(query, blocks)) {
          answers = await readExecution(pool, count, { ...query, ...range });
          if (answers.some(({ value }) => value !== null)) return answers;
        }
        return answers;
      });
    },
  };
}

/** Ranges that a provider finds too long are halved. */
async function inRanges<T>(read: (blocks: bigint) => Promise<T>): Promise<T> {
  for (let blocks = LOG_RANGE_BLOCKS_MAX; ; blocks /= 2n) {
    try {
      return await read(blocks);
    } catch (error) {
      if (classifyReadError(error) !== 'range_limit' || blocks <= LOG_RANGE_BLOCKS_MIN) throw error;
    }
  }
}

type Range = { fromBlock: bigint; toBlock: bigint };

function rangesOf({ fromBlock, toBlock }: Range, blocks: bigint): Range[] {
  const ranges: Range[] = [];
  for (let first = fromBlock; first <= toBlock; first += blocks)
    ranges.push({ fromBlock: first, toBlock: minUnits(first + blocks - 1n, toBlock) });
  return ranges;
}

function logsCall(safe: string, { fromBlock, toBlock }: Range): RpcCall {
  const filter = {
    address: safe,
    topics: [[SUCCESS_TOPIC, FAILURE_TOPIC]],
    fromBlock: toQuantity(fromBlock),
    toBlock: toQuantity(toBlock),
  };
  return { method: 'eth_getLogs', params: [filter] };
}

/** What a node returns is checked against what was asked, as with deposits. */
function decodeLogs(answer: RpcAnswer | undefined, safe: string, { fromBlock, toBlock }: Range): ChainLog[] {
  const logs = decodeShape(z.array(logShape), resultOf(answer), 'eth_getLogs');
  const isAsked = (log: ChainLog) =>
    log.address.toLowerCase() === safe.toLowerCase() &&
    (log.topics[0] === SUCCESS_TOPIC || log.topics[0] === FAILURE_TOPIC) &&
    log.blockNumber >= fromBlock &&
    log.blockNumber <= toBlock;
  if (!logs.every(isAsked)) throw new RpcDecodeError('eth_getLogs answered logs that were not asked for');
  return logs;
}

function decodeState(
  answers: readonly RpcAnswer[],
  { safe, block }: { safe: string; block: bigint },
  ranges: readonly Range[],
): SafeState | null {
  const before = decodeHeader(resultOf(answers[0]), block);
  const after = decodeHeader(resultOf(answers.at(-1)), block);
  if (before.hash !== after.hash) throw new RpcDecodeError(`block ${block} changed during the read`);
  const [owners, threshold, nonce, domainSeparator] = stateReads.map((_, index) =>
    returnedData(answers[1 + index]),
  );
  if (owners == null || threshold == null || nonce == null || domainSeparator == null) return null;
  const executions = ranges.reduce(
    (sum, range, index) => sum + decodeLogs(answers[1 + stateReads.length + index], safe, range).length,
    0,
  );
  try {
    const list = decodeFunctionResult({ abi: safeAbi, functionName: 'getOwners', data: owners });
    const needed = decodeFunctionResult({ abi: safeAbi, functionName: 'getThreshold', data: threshold });
    if (list.length === 0 || list.length > OWNERS_MAX || needed < 1n || needed > BigInt(list.length))
      return null;
    return {
      owners: list.map((owner) => getAddress(owner)),
      threshold: Number(needed),
      nonce: decodeFunctionResult({ abi: safeAbi, functionName: 'nonce', data: nonce }),
      executions,
      domainSeparator: decodeFunctionResult({
        abi: safeAbi,
        functionName: 'domainSeparator',
        data: domainSeparator,
      }),
      blockHash: after.hash,
    };
  } catch {
    return null; // not ABI-encoded: something else answers there
  }
}

async function readExecution(
  pool: RpcPool,
  count: number,
  query: Range & { safe: string; hash: Hex },
): Promise<ProviderAnswer<SafeExecution | null>[]> {
  const { safe, hash, toBlock } = query;
  // Nodes answer an empty list for blocks that they have not reached, as if nothing had happened there.
  const last: RpcCall = { method: 'eth_getBlockByNumber', params: [toQuantity(toBlock), false] };
  return await pool.readFromEach(
    count,
    [last, logsCall(safe, query)],
    ([headerAnswer, logsAnswer]) => {
      decodeHeader(resultOf(headerAnswer), toBlock);
      const found = decodeLogs(logsAnswer, safe, query).filter(
        (log) => log.topics[0] === SUCCESS_TOPIC && executedHash(log) === hash,
      );
      if (found.length > 1) throw new RpcDecodeError(`the Safe ${safe} recorded ${hash} twice`);
      const [log] = found;
      if (log === undefined) return null;
      const { transactionHash, blockNumber, blockHash } = log;
      return { transactionHash, blockNumber, blockHash };
    },
    { freshness: 'history' },
  );
}

/** A topic since Safe 1.4.0, the first word of data before. */
function executedHash({ topics, data }: ChainLog): string | undefined {
  return topics[1] ?? data.slice(0, 66);
}
