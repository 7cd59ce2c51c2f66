import type { RpcAnswer } from '../rpc/json-rpc-client.ts';
import { RpcDecodeError } from '../rpc/rpc-errors.ts';
import { type ProviderAnswer, type ReadOptions, type RpcPool, resultOf } from '../rpc/rpc-pool.ts';
import {
  type ChainTransaction,
  decodeShape,
  receiptShape,
  type TransactionReceipt,
  transactionShape,
} from '../rpc-shapes.ts';

export type TransactionReads = {
  /** Null where the node has no receipt: not mined, not yet seen, or pruned. Decides nothing by itself. */
  receipts(hashes: readonly string[]): Promise<(TransactionReceipt | null)[]>;
  receiptsFromEach(
    count: number,
    hashes: readonly string[],
  ): Promise<ProviderAnswer<(TransactionReceipt | null)[]>[]>;
  /** Null when the node knows no such transaction, neither in a block nor in its pool. */
  transaction(hash: string): Promise<ChainTransaction | null>;
};

const HISTORY: ReadOptions = { freshness: 'history' };

export function createTransactionReads(pool: RpcPool): TransactionReads {
  return {
    async receipts(hashes) {
      if (hashes.length === 0) return [];
      // As a read of the head: a node that lags would say null of what is mined, and cost the caller a round.
      return pool.readDecoded(receiptCalls(hashes), (answers) => decodeReceipts(answers, hashes));
    },
    async receiptsFromEach(count, hashes) {
      return pool.readFromEach(
        count,
        receiptCalls(hashes),
        (answers) => decodeReceipts(answers, hashes),
        HISTORY,
      );
    },
    transaction: (hash) =>
      pool.readDecoded([{ method: 'eth_getTransactionByHash', params: [hash] }], ([answer]) => {
        const result = resultOf(answer);
        if (result === null) return null;
        const transaction = decodeShape(transactionShape, result, 'eth_getTransactionByHash');
        requireSameHash(transaction.hash, hash);
        return transaction;
      }),
  };
}

function receiptCalls(hashes: readonly string[]) {
  return hashes.map((hash) => ({ method: 'eth_getTransactionReceipt', params: [hash] }));
}

function decodeReceipts(answers: readonly RpcAnswer[], hashes: readonly string[]) {
  return answers.map((answer, index) => {
    const result = resultOf(answer);
    if (result === null) return null;
    const receipt = decodeShape(receiptShape, result, 'eth_getTransactionReceipt');
    requireSameHash(receipt.transactionHash, hashes[index] ?? '');
    return receipt;
  });
}

function requireSameHash(answered: string, asked: string): void {
  if (answered !== asked.toLowerCase())
    throw new RpcDecodeError(`asked for transaction ${asked}, got ${answered}`);
}
