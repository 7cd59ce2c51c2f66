import type { Hex } from '@naru/kit/hex.ts';
import { isRecorded } from '../chain-tx.kinds.ts';
import { FOREIGN_MARGIN_BLOCKS } from '../chain-tx.limits.ts';
import type { OpenChainTx } from '../chain-tx.store.ts';
import type { Attempt } from '../chain-tx.ts';
import { type BatchRecord, ITEM_PAID, type Receipt } from '../ports.ts';
import { type Seen, seenBy } from './batch-records.ts';

/** Those whose nonce the chain counts as used. `counts` by address; one that is missing counts as none used. */
export function selectConsumed(
  waiting: readonly OpenChainTx[],
  counts: ReadonlyMap<Hex, bigint>,
): OpenChainTx[] {
  return waiting.filter((one) => (counts.get(one.from) ?? 0n) > one.nonce);
}

export type Explanation =
  /** No receipt of an attempt of ours. That alone decides nothing. */
  | { kind: 'unexplained' }
  /** Its block has not been read so far: the log will tell more, if there is one. */
  | { kind: 'later' }
  /** `needsRecord`: a payment that succeeded has a record in its block; without one its receipt is not believed. */
  | { kind: 'mined'; seen: Seen; receipt: Receipt; needsRecord: boolean };

/** What used the nonce, as far as receipts tell. `attempts` are its own; `scanned`: all blocks up to here were read. */
export function explainByReceipts(
  chainTx: Pick<OpenChainTx, 'kind'>,
  attempts: readonly Attempt[],
  receipts: ReadonlyMap<Hex, Receipt>,
  scanned: bigint,
): Explanation {
  const mined = attempts.find((attempt) => receipts.has(attempt.hash));
  const receipt = mined === undefined ? undefined : receipts.get(mined.hash);
  if (mined === undefined || receipt === undefined) return { kind: 'unexplained' };
  if (receipt.blockNumber > scanned) return { kind: 'later' };
  return {
    kind: 'mined',
    seen: { blockNumber: receipt.blockNumber, blockHash: receipt.blockHash, attempt: mined.number },
    receipt,
    needsRecord: isRecorded(chainTx.kind) && mined.purpose === 'PAY' && receipt.succeeded,
  };
}

/**
 * The block at which a nonce must have been used before it can be said that something foreign used it: at final depth,
 * and older than any delay with which nodes show a receipt after the count that goes with it. Null: not all blocks up
 * to there have been read.
 */
export function foreignDepth(at: { scanned: bigint; head: bigint }, confirmations: number): bigint | null {
  const block = at.head - BigInt(confirmations) + 1n - FOREIGN_MARGIN_BLOCKS;
  return block < 0n || at.scanned < block ? null : block;
}

export type ForeignVerdict =
  | { kind: 'wait' }
  /** The contract has its record after all: the scan had missed it, and the database does not know the attempt. */
  | { kind: 'mined'; seen: Seen }
  /** Something else used it. `paidElsewhere`: a batch that the database has forgotten has paid some of its items. */
  | { kind: 'displaced'; paidElsewhere: boolean };

/**
 * Time and a missing receipt decide nothing: only when the nonce was used at final depth by every provider's count,
 * none of them has a receipt of ours, and the contract has no record of the batch, was it something else that used it.
 */
export function decideForeign(
  chainTx: Pick<OpenChainTx, 'id' | 'nonce'>,
  evidence: {
    /** Of its account at that depth, by every provider asked. */
    counts: readonly bigint[];
    /** Its attempts, and the receipts that any provider has. */
    attempts: readonly Attempt[];
    receipts: ReadonlyMap<Hex, Receipt>;
    itemIds: readonly string[];
    /** Records of all our accounts in recent blocks, of every provider asked. */
    records: readonly BatchRecord[];
  },
): ForeignVerdict {
  const { counts, attempts, receipts, itemIds, records } = evidence;
  const usedAtDepth = counts.length > 0 && counts.every((count) => count > chainTx.nonce);
  if (!usedAtDepth || attempts.some((attempt) => receipts.has(attempt.hash))) return { kind: 'wait' };
  const own = records.find((record) => record.batchId === chainTx.id);
  if (own !== undefined) return { kind: 'mined', seen: seenBy(own, attempts) };
  const paid = new Set(
    records
      .flatMap((record) => record.items.filter(({ outcome }) => outcome === ITEM_PAID))
      .map((item) => item.withdrawalId),
  );
  return { kind: 'displaced', paidElsewhere: itemIds.some((id) => paid.has(id)) };
}
