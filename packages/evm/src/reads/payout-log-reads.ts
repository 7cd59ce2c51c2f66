import { assert, assertPresent } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { z } from 'zod';
import { batchIdToBytes32 } from '../batch-id.ts';
import { BATCH_EXECUTED_TOPIC, type DecodedPayoutLog, decodePayoutLog } from '../payout-log.ts';
import { toQuantity } from '../quantity.ts';
import { classifyReadError } from '../rpc/rpc-error-class.ts';
import { RpcDecodeError } from '../rpc/rpc-errors.ts';
import { type ProviderAnswer, type RpcPool, resultOf } from '../rpc/rpc-pool.ts';
import { type ChainLog, decodeShape, logShape, quantity } from '../rpc-shapes.ts';
import { decodeHeader } from './block-reads.ts';

/** Where the log stands, and what it says or why it says nothing. */
export type PayoutLog = Omit<ChainLog, 'address' | 'topics' | 'data'> & { decoded: DecodedPayoutLog };

/**
 * `canonical`: the provider's chain holds this very block at that height. Otherwise `logs` is empty and means nothing.
 * One log at most for each payer: the contract runs an id once for each.
 */
export type BatchPayoutLogs = { canonical: boolean; logs: PayoutLog[] };

export type PayoutLogQuery = {
  contract: string;
  payers: readonly string[] | null;
  fromBlock: bigint;
  toBlock: bigint;
};

export type PayoutLogReads = {
  /**
   * BatchExecuted logs of `contract` by any of `payers` (null: by anyone) from `fromBlock` to `toBlock`, both included, in
   * chain order. Complete or rejected: the provider must have reached `toBlock`, and ranges it refuses are halved.
   */
  payoutLogs(query: PayoutLogQuery): Promise<PayoutLog[]>;
  /** The same from each of `count` providers, each complete. For what must not hang on one provider's word. */
  payoutLogsFromEach(count: number, query: PayoutLogQuery): Promise<PayoutLog[][]>;
  /**
   * The BatchExecuted logs of `contract` in one block with this batch id (UUID), from each of `count` providers. For
   * decisions at final depth. Of one batch, because a block holds many, each with hundreds of items.
   */
  payoutLogsOfBatchFromEach(
    count: number,
    query: { contract: string; blockNumber: bigint; blockHash: string; batchId: string },
  ): Promise<ProviderAnswer<BatchPayoutLogs>[]>;
};

const LOG_RANGE_BLOCKS_MAX = 2_000n; // what most public providers answer in one go; those that take less are split for
const PAYERS_IN_FILTER_MAX = 500; // geth refuses more than 1,000 values for one topic

export function createPayoutLogReads(pool: RpcPool): PayoutLogReads {
  async function logsInRange(
    count: number,
    { contract, payers, fromBlock, toBlock }: PayoutLogQuery,
  ): Promise<PayoutLog[][]> {
    const fitsFilter = payers !== null && payers.length <= PAYERS_IN_FILTER_MAX;
    const topics = [BATCH_EXECUTED_TOPIC, null, ...(fitsFilter ? [payers.map(addressToTopic)] : [])];
    const range = { fromBlock: toQuantity(fromBlock), toBlock: toQuantity(toBlock) };
    const calls = [
      { method: 'eth_blockNumber', params: [] },
      { method: 'eth_getLogs', params: [{ address: contract, topics, ...range }] },
    ];
    const answers = await pool.readFromEach(count, calls, ([headAnswer, logsAnswer]) => {
      // Nodes answer an empty list for blocks they have not reached, as if nothing had happened there.
      const head = decodeShape(quantity, resultOf(headAnswer), 'eth_blockNumber');
      if (head < toBlock) throw new RpcDecodeError(`is at block ${head}, before ${toBlock}`);
      const logs = decodeLogs(resultOf(logsAnswer), contract);
      const isInRange = ({ blockNumber }: ChainLog) => blockNumber >= fromBlock && blockNumber <= toBlock;
      if (!logs.every(isInRange)) throw new RpcDecodeError('eth_getLogs answered logs of other blocks');
      return toPayoutLogs(logs, payers);
    });
    return answers.map(({ value }) => value);
  }

  async function payoutLogsFromEach(count: number, query: PayoutLogQuery): Promise<PayoutLog[][]> {
    const { payers, fromBlock, toBlock } = query;
    assert(fromBlock <= toBlock, `payout logs: block ${fromBlock} is after ${toBlock}`);
    const found: PayoutLog[][] = Array.from({ length: count }, () => []);
    if (payers?.length === 0) return found;
    let spanBlocks = LOG_RANGE_BLOCKS_MAX;
    for (let start = fromBlock; start <= toBlock; ) {
      const last = start + spanBlocks - 1n;
      const end = last < toBlock ? last : toBlock;
      try {
        const lists = await logsInRange(count, { ...query, fromBlock: start, toBlock: end });
        for (const [index, logs] of lists.entries()) found[index]?.push(...logs);
        start = end + 1n;
      } catch (error) {
        if (classifyReadError(error) !== 'range_limit' || start === end) throw error;
        spanBlocks = (end - start + 1n) / 2n;
      }
    }
    return found;
  }

  return {
    async payoutLogs(query) {
      const [logs] = await payoutLogsFromEach(1, query);
      return assertPresent(logs, 'answer of a log read');
    },
    payoutLogsFromEach,
    payoutLogsOfBatchFromEach(count, { contract, blockNumber, blockHash, batchId }) {
      const expectedHash = blockHash.toLowerCase();
      const topics = [BATCH_EXECUTED_TOPIC, batchIdToBytes32(batchId)];
      // By hash, so that the logs cannot be of another block than the header; the header says whether it is canonical.
      const calls = [
        { method: 'eth_getBlockByNumber', params: [toQuantity(blockNumber), false] },
        { method: 'eth_getLogs', params: [{ address: contract, topics, blockHash }] },
      ];
      const decode = ([headerAnswer, logsAnswer]: Parameters<typeof resultOf>[0][]): BatchPayoutLogs => {
        const header = decodeHeader(resultOf(headerAnswer), blockNumber);
        if (header.hash !== expectedHash) return { canonical: false, logs: [] };
        const logs = decodeLogs(resultOf(logsAnswer), contract);
        const isOfBlock = (log: ChainLog) => log.blockHash === expectedHash;
        if (!logs.every(isOfBlock)) throw new RpcDecodeError('eth_getLogs answered logs of another block');
        const ofBatch = logs.filter((log) => log.topics[1] === topics[1]);
        return { canonical: true, logs: toPayoutLogs(ofBatch, null) };
      };
      return pool.readFromEach(count, calls, (answers) => decode([...answers]), { freshness: 'history' });
    },
  };
}

/** What a node returns is checked against the filter: a gateway that ignores it must not add payments. */
function decodeLogs(result: unknown, contract: string): ChainLog[] {
  const logs = decodeShape(z.array(logShape), result, 'eth_getLogs');
  for (const log of logs) {
    if (log.address.toLowerCase() !== contract.toLowerCase() || log.topics[0] !== BATCH_EXECUTED_TOPIC) {
      throw new RpcDecodeError('eth_getLogs answered logs that were not asked for');
    }
  }
  return logs.toSorted((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex);
}

function toPayoutLogs(logs: readonly ChainLog[], payers: readonly string[] | null): PayoutLog[] {
  const wanted = payers === null ? null : new Set<string>(payers.map(addressToTopic));
  return logs
    .filter(({ topics }) => wanted === null || wanted.has(topics[2] ?? ''))
    .map(({ address: _address, topics, data, ...place }) => ({
      ...place,
      decoded: decodePayoutLog({ topics, data }),
    }));
}

function addressToTopic(address: string): Hex {
  assert(/^0x[0-9a-f]{40}$/i.test(address), `not an address: ${address}`);
  return `0x${address.slice(2).toLowerCase().padStart(64, '0')}`;
}
