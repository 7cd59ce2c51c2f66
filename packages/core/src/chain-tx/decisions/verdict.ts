import { assert } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { isRecorded } from '../chain-tx.kinds.ts';
import type { OpenChainTx } from '../chain-tx.store.ts';
import type { Attempt } from '../chain-tx.ts';
import type { BatchRecord, BlockRef, Receipt } from '../ports.ts';

/** What is final about a transaction, as agreed by the providers asked. */
export type Verdict =
  | { state: 'EXECUTED'; record: BatchRecord | null; receipt: Receipt }
  | { state: 'REVERTED' | 'CANCELED'; receipt: Receipt }
  | { state: 'DISPLACED'; receipt: null };

export type Judgement =
  | { kind: 'final'; verdict: Verdict }
  /** Nothing is concluded; asked again later. */
  | { kind: 'wait'; why: string }
  /** Nobody has it in that block. If another block stands in its place, it is taken back. */
  | { kind: 'gone' };

type Judged = Pick<OpenChainTx, 'kind' | 'blockNumber' | 'blockHash'>;

/** Mined and at final depth, by the lowest of the heads that the providers name. */
export function selectDeep(
  open: readonly OpenChainTx[],
  heads: readonly bigint[],
  confirmations: number,
): OpenChainTx[] {
  return open.filter(
    (one) =>
      one.state === 'MINED' &&
      (one.blockNumber === null ||
        (heads.length > 0 && heads.every((head) => depthOf(one.blockNumber, head) >= BigInt(confirmations)))),
  );
}

function depthOf(blockNumber: bigint | null, head: bigint): bigint {
  return blockNumber === null ? 0n : head - blockNumber + 1n;
}

/** A batch has a record in its block; an approval and a cancel have none. */
export function hasRecordToAsk(chainTx: Judged, mined: Attempt | undefined): boolean {
  return isRecorded(chainTx.kind) && mined?.purpose !== 'CANCEL';
}

/** The transaction whose receipts tell: the attempt that was mined, or the one that the record names. */
export function hashToAsk(mined: Attempt | undefined, records: readonly (BatchRecord | null)[]): Hex | null {
  return mined?.hash ?? records.find((record) => record !== null)?.transactionHash ?? null;
}

/**
 * What the providers' receipts and records say together; one entry of each for every provider asked. Only what all of
 * them say is final.
 */
export function judge(
  chainTx: Judged,
  mined: Attempt | undefined,
  evidence: { receipts: readonly (Receipt | null)[]; records: readonly (BatchRecord | null)[] },
): Judgement {
  const { receipts, records } = evidence;
  const { blockHash } = chainTx;
  if (blockHash === null) return { kind: 'final', verdict: { state: 'DISPLACED', receipt: null } };
  const receipt = receipts[0] ?? null;
  const agreed =
    receipt !== null &&
    receipts.every((one) => one?.blockHash === blockHash && one.succeeded === receipt.succeeded);
  if (!agreed) {
    const gone = receipts.every((one) => one === null || one.blockHash !== blockHash);
    return gone ? { kind: 'gone' } : { kind: 'wait', why: 'providers disagree about its block' };
  }
  if (mined?.purpose === 'CANCEL') return { kind: 'final', verdict: { state: 'CANCELED', receipt } };
  if (!receipt.succeeded) {
    // A contract that recorded the batch in a transaction that failed is not possible: somebody lies.
    return records.some((record) => record !== null)
      ? { kind: 'wait', why: 'a receipt says failed, a record says paid' }
      : { kind: 'final', verdict: { state: 'REVERTED', receipt } };
  }
  // An approval has no record, and a sweep's is in the factory's log, which the books follow by themselves.
  if (!isRecorded(chainTx.kind))
    return { kind: 'final', verdict: { state: 'EXECUTED', record: null, receipt } };
  const record = agreeOnOutcomes(records);
  if (record === null) return { kind: 'wait', why: "providers disagree about the contract's record" };
  return { kind: 'final', verdict: { state: 'EXECUTED', record, receipt } };
}

/**
 * A node may show a block before the receipts in it: only another block in its place takes the transaction back.
 */
export function isReplaced(inPlace: BlockRef | undefined, blockHash: Hex | null): boolean {
  return inPlace !== undefined && inPlace.hash !== blockHash;
}

function agreeOnOutcomes(records: readonly (BatchRecord | null)[]): BatchRecord | null {
  const first = records[0] ?? null;
  if (first === null) return null;
  const text = (record: BatchRecord | null) =>
    record?.items.map((item) => `${item.withdrawalId}:${item.outcome}`).join() ?? null;
  return records.every((record) => text(record) === text(first)) ? first : null;
}

/**
 * One byte for each outcome. Every item of the batch that is known must stand in the record at its place; a batch that
 * `naru recover` restored may have others beside them.
 */
export function encodeOutcomes(
  chainTx: Pick<OpenChainTx, 'id' | 'itemCount'>,
  places: readonly { id: string; position: number }[],
  record: BatchRecord,
): Uint8Array {
  assert(
    record.items.length === chainTx.itemCount &&
      places.every(({ id, position }) => record.items[position]?.withdrawalId === id),
    `chain transaction ${chainTx.id}: the contract's record names other items`,
  );
  return Uint8Array.from(record.items, (item) => item.outcome);
}
