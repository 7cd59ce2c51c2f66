import type { Hex } from '@naru/kit/hex.ts';
import type { OpenChainTx } from '../chain-tx.store.ts';
import type { Attempt } from '../chain-tx.ts';
import type { BatchRecord } from '../ports.ts';

/** Where a block was seen to hold a nonce, and by which attempt; null: by something that the database does not know. */
export type Seen = { blockNumber: bigint | null; blockHash: Hex | null; attempt: number | null };

/** Records of open chain transactions that no block was known to hold: those are mined now. */
export function matchRecords(
  open: readonly OpenChainTx[],
  attempts: readonly Attempt[],
  batches: readonly BatchRecord[],
): { chainTx: OpenChainTx; seen: Seen }[] {
  const byId = new Map(open.map((one) => [one.id, one]));
  return batches.flatMap((batch) => {
    const chainTx = byId.get(batch.batchId);
    return chainTx === undefined || chainTx.state === 'MINED'
      ? []
      : [{ chainTx, seen: seenBy(batch, attempts) }];
  });
}

export function seenBy(batch: BatchRecord, attempts: readonly Attempt[]): Seen {
  const attempt = attempts.find((one) => one.hash === batch.transactionHash)?.number ?? null;
  return { blockNumber: batch.blockNumber, blockHash: batch.blockHash, attempt };
}

/** Batches of ours that the database does not know: it is older than the chain. */
export function selectUnknown(batches: readonly BatchRecord[], known: ReadonlySet<string>): BatchRecord[] {
  return batches.filter((batch) => !known.has(batch.batchId));
}
