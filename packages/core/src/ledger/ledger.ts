import type { Tx } from '@naru/db/database.ts';
import { assert } from '@naru/kit/assert.ts';
import { POST_TRANSFERS_MAX } from './ledger.limits.ts';
import { callLedgerPost } from './ledger-post.store.ts';

export type TransferReason =
  | 'WITHDRAWAL'
  | 'CREDIT'
  | 'FUNDING'
  | 'GAS'
  | 'ADJUSTMENT'
  | 'FEE'
  | 'DEPOSIT'
  | 'SWEEP'
  | 'TREASURY';

type Identity = {
  /** UUID, the caller's: posting the same transfer again is answered EXISTS and changes nothing. */
  id: string;
  reason: TransferReason;
  /** The withdrawal, chain transaction or command behind it. */
  referenceId: string | null;
};

export type NewTransfer = Identity &
  (
    | {
        /** SINGLE moves at once; PENDING holds the amount until a POST or VOID of it. */
        kind: 'SINGLE' | 'PENDING';
        debitAccountId: string;
        creditAccountId: string;
        /** Smallest unit; from 1 to `TRANSFER_UNITS_MAX`, anything else is answered AMOUNT_INVALID. */
        amount: bigint;
      }
    | {
        /** Moves what was held, or less: the rest is released. */
        kind: 'POST';
        pendingId: string;
        /** Smallest unit; null: all that is held. */
        amount: bigint | null;
      }
    | {
        /** Releases all that was held. */
        kind: 'VOID';
        pendingId: string;
        amount?: null;
      }
  );

/**
 * The first that applies, in this order:
 * - `EXISTS` done before with the same content (a second time it changes nothing); `CONFLICT` the id was used for
 *   another transfer.
 * - `AMOUNT_INVALID` zero, negative or above `TRANSFER_UNITS_MAX`.
 * - POST and VOID: `HOLD_NOT_FOUND` no hold has that id; `HOLD_RESOLVED` by an earlier POST or VOID;
 *   `AMOUNT_OVER_HOLD`.
 * - SINGLE and PENDING: `SAME_ACCOUNT` debited and credited; `ACCOUNT_NOT_FOUND`; `ASSET_MISMATCH` between the two;
 *   `OVERDRAFT` the debited account has less available (posted − held).
 * - `POSTED` done now.
 */
export const transferOutcomes = [
  'EXISTS',
  'CONFLICT',
  'AMOUNT_INVALID',
  'HOLD_NOT_FOUND',
  'HOLD_RESOLVED',
  'AMOUNT_OVER_HOLD',
  'SAME_ACCOUNT',
  'ACCOUNT_NOT_FOUND',
  'ASSET_MISMATCH',
  'OVERDRAFT',
  'POSTED',
] as const;
export type TransferOutcome = (typeof transferOutcomes)[number];

/**
 * Posts a list of transfers in the caller's transaction and answers one outcome for each. Answers and effects are those
 * of posting them one after the other in the order given: a transfer may repeat the id of an earlier one or resolve its
 * hold; a refused one changes nothing and does not hinder the others. Accounts are locked in the order of their ids and,
 * in a list that does not refer to itself, updated once each, however many transfers touch them.
 *
 * Call it once in a transaction, or take all locks first with `lockAccounts`: the locks of a second call are taken in an
 * order that another transaction may reverse.
 * Run the transaction by `withTransaction`: sessions that use the same ids for different accounts can deadlock.
 */
export async function postTransfers(tx: Tx, transfers: readonly NewTransfer[]): Promise<TransferOutcome[]> {
  if (transfers.length === 0) return [];
  assert(transfers.length <= POST_TRANSFERS_MAX, `${transfers.length} transfers in one list`);
  const moves = transfers.map((transfer) =>
    'pendingId' in transfer
      ? { pendingId: transfer.pendingId, debit: null, credit: null, amount: transfer.amount ?? null }
      : {
          pendingId: null,
          debit: transfer.debitAccountId,
          credit: transfer.creditAccountId,
          amount: transfer.amount,
        },
  );
  const outcomes = await callLedgerPost(tx, {
    ids: transfers.map((transfer) => transfer.id),
    kinds: transfers.map((transfer) => transfer.kind),
    pendingIds: moves.map((move) => move.pendingId),
    debitIds: moves.map((move) => move.debit),
    creditIds: moves.map((move) => move.credit),
    amounts: moves.map((move) => move.amount?.toString() ?? null),
    reasons: transfers.map((transfer) => transfer.reason),
    referenceIds: transfers.map((transfer) => transfer.referenceId),
  });
  assert(
    outcomes.length === transfers.length,
    `${outcomes.length} outcomes for ${transfers.length} transfers`,
  );
  return outcomes;
}

/** For movements that the surrounding step has already earned: anything but POSTED or EXISTS is a bug and rolls back. */
export async function postTransfersOrFail(tx: Tx, transfers: readonly NewTransfer[]): Promise<void> {
  const outcomes = await postTransfers(tx, transfers);
  for (const [index, outcome] of outcomes.entries())
    assert(
      outcome === 'POSTED' || outcome === 'EXISTS',
      `ledger transfer ${transfers[index]?.id} (${transfers[index]?.kind}): ${outcome}`,
    );
}
