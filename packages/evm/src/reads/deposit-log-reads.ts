import { assert } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { z } from 'zod';
import {
  CREATED_TOPIC,
  DEPOSITED_TOPIC,
  type DepositLog,
  decodeDepositLog,
  SWEPT_TOPIC,
  TRANSFER_TOPIC,
} from '../deposit-log.ts';
import { toQuantity } from '../quantity.ts';
import type { RpcAnswer, RpcCall } from '../rpc/json-rpc-client.ts';
import { classifyReadError } from '../rpc/rpc-error-class.ts';
import { RpcDecodeError } from '../rpc/rpc-errors.ts';
import { type ProviderAnswer, type RpcPool, resultOf } from '../rpc/rpc-pool.ts';
import { type ChainLog, decodeShape, logShape } from '../rpc-shapes.ts';
import { decodeHeader } from './block-reads.ts';

export type DepositLogQuery = {
  fromBlock: bigint;
  toBlock: bigint;
  factories: readonly Hex[];
  /** Transfers of these; null: of any token, and then nothing else is asked for. */
  tokens: readonly Hex[] | null;
  /** Deposit addresses. */
  addresses: readonly Hex[];
};

/** In chain order. `hash`: of `toBlock`, before and after the logs were read. */
export type DepositLogs = { hash: Hex; logs: DepositLog[] };

export type DepositLogReads = {
  /**
   * What the logs of these blocks, both included, say about deposit addresses, from each of `count` providers. Complete or
   * rejected: ranges that a provider refuses are halved.
   */
  depositLogsFromEach(count: number, query: DepositLogQuery): Promise<ProviderAnswer<DepositLogs>[]>;
};

/**
 * Addresses in one filter. geth refuses more than 1,000 values. By recipient, not by token with a filter of our own: the
 * answer is as small as what arrived, where all transfers of USDC on a busy chain are megabytes a minute.
 */
const ADDRESSES_IN_FILTER_MAX = 500;

export function createDepositLogReads(pool: RpcPool): DepositLogReads {
  async function depositLogsFromEach(
    count: number,
    query: DepositLogQuery,
  ): Promise<ProviderAnswer<DepositLogs>[]> {
    const { fromBlock, toBlock } = query;
    assert(fromBlock <= toBlock, `deposit logs: block ${fromBlock} is after ${toBlock}`);
    try {
      return await pool.readFromEach(
        count,
        callsOf(query),
        (answers) => decode(answers, query),
        // Decoding fails where a provider does not have the last block yet.
        { freshness: count === 1 ? 'head' : 'history' },
      );
    } catch (error) {
      if (classifyReadError(error) !== 'range_limit' || fromBlock === toBlock) throw error;
      const middle = (fromBlock + toBlock) / 2n;
      const older = await depositLogsFromEach(count, { ...query, toBlock: middle });
      const newer = await depositLogsFromEach(count, { ...query, fromBlock: middle + 1n });
      return newer.map(({ provider, value }) => {
        const same = older.find((one) => one.provider === provider);
        // The halves of one answer are of one provider, or they are no answer.
        if (same === undefined) throw new RpcDecodeError(`${provider} answered one half of the range only`);
        return { provider, value: { hash: value.hash, logs: [...same.value.logs, ...value.logs] } };
      });
    }
  }
  return { depositLogsFromEach };
}

function callsOf({ fromBlock, toBlock, factories, tokens, addresses }: DepositLogQuery): RpcCall[] {
  const range = { fromBlock: toQuantity(fromBlock), toBlock: toQuantity(toBlock) };
  const header = { method: 'eth_getBlockByNumber', params: [toQuantity(toBlock), false] };
  const logs = (filter: object): RpcCall => ({ method: 'eth_getLogs', params: [{ ...filter, ...range }] });
  const calls: RpcCall[] = [header];
  for (let first = 0; first < addresses.length; first += ADDRESSES_IN_FILTER_MAX) {
    const chunk = addresses.slice(first, first + ADDRESSES_IN_FILTER_MAX);
    const topics = [TRANSFER_TOPIC, null, chunk.map(toTopic)];
    if (tokens === null) calls.push(logs({ topics }));
    else {
      if (tokens.length > 0) calls.push(logs({ address: tokens, topics }));
      calls.push(logs({ address: chunk, topics: [DEPOSITED_TOPIC] }));
    }
  }
  if (tokens !== null && factories.length > 0)
    calls.push(logs({ address: factories, topics: [[CREATED_TOPIC, SWEPT_TOPIC]] }));
  return [...calls, header];
}

function decode(answers: readonly RpcAnswer[], query: DepositLogQuery): DepositLogs {
  const before = decodeHeader(resultOf(answers[0]), query.toBlock);
  const after = decodeHeader(resultOf(answers.at(-1)), query.toBlock);
  if (before.hash !== after.hash) throw new RpcDecodeError(`block ${query.toBlock} changed during the read`);
  const logs = answers
    .slice(1, -1)
    .flatMap((answer) => decodeShape(z.array(logShape), resultOf(answer), 'eth_getLogs'));
  const isAsked = createFilter(query);
  for (const log of logs) {
    const isInRange = log.blockNumber >= query.fromBlock && log.blockNumber <= query.toBlock;
    const isOfBlock = log.blockNumber !== query.toBlock || log.blockHash === after.hash;
    if (!isInRange || !isOfBlock || !isAsked(log))
      throw new RpcDecodeError('eth_getLogs answered logs that were not asked for');
  }
  return {
    hash: after.hash,
    logs: logs
      .flatMap((log) => decodeDepositLog(log) ?? [])
      .sort((one, other) => Number(one.blockNumber - other.blockNumber) || one.logIndex - other.logIndex),
  };
}

/** What a node returns is checked against what was asked: a gateway that ignores a filter must not add deposits. */
function createFilter({ factories, tokens, addresses }: DepositLogQuery): (log: ChainLog) => boolean {
  const lower = (list: readonly string[]) => new Set(list.map((one) => one.toLowerCase()));
  const [ofFactories, ofTokens, ofAddresses] = [lower(factories), lower(tokens ?? []), lower(addresses)];
  return ({ address, topics }) => {
    const emitter = address.toLowerCase();
    switch (topics[0]) {
      case TRANSFER_TOPIC:
        return (
          (tokens === null || ofTokens.has(emitter)) && ofAddresses.has(`0x${topics[2]?.slice(26) ?? ''}`)
        );
      case DEPOSITED_TOPIC:
        return ofAddresses.has(emitter);
      case CREATED_TOPIC:
      case SWEPT_TOPIC:
        return ofFactories.has(emitter);
      default:
        return false;
    }
  };
}

function toTopic(address: string): Hex {
  return `0x${address.slice(2).toLowerCase().padStart(64, '0')}`;
}
