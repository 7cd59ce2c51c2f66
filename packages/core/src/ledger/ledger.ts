import type { Tx } from '@naru/db/database.ts';
import { assert } from '@naru/kit/assert.ts';
import { sql } from 'kysely';
import { POST_TRANSFERS_MAX } from './ledger.limits.ts';

export type TransferReason = 'WITHDRAWAL' | 'CREDIT' | 'FUNDING' | 'GAS' | 'ADJUSTMENT';

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
        /** Smallest unit, > 0. */
        amount: bigint;
      }
    | {
        /** POST moves what was held (or less: the rest is released), VOID releases all of it. */
        kind: 'POST' | 'VOID';
        pendingId: string;
        /** POST only; null: all that is held. */
        amount: bigint | null;
      }
  );

/**
 * - `POSTED` done now; `EXISTS` done before, same content.
 * - `OVERDRAFT` the debited account has less available (posted − held).
 * - `CONFLICT` the id was used for another transfer; the others say what is wrong with the reference.
 */
export type TransferOutcome =
  | 'POSTED'
  | 'EXISTS'
  | 'CONFLICT'
  | 'OVERDRAFT'
  | 'HOLD_NOT_FOUND'
  | 'HOLD_RESOLVED'
  | 'AMOUNT_OVER_HOLD'
  | 'ACCOUNT_NOT_FOUND'
  | 'ASSET_MISMATCH';

/**
 * Posts a list of transfers in the order given, in the caller's transaction, and answers one outcome for each.
 * A refused transfer changes nothing and does not hinder the others. Accounts are locked in the order of their ids
 * and updated once each, however many transfers of the list touch them.
 *
 * Call it once in a transaction: the locks of a second call are taken in an order that another transaction may reverse.
 */
export async function postTransfers(tx: Tx, transfers: readonly NewTransfer[]): Promise<TransferOutcome[]> {
  if (transfers.length === 0) return [];
  assert(transfers.length <= POST_TRANSFERS_MAX, `${transfers.length} transfers in one list`);
  const moves = transfers.map((transfer) =>
    'pendingId' in transfer
      ? { pendingId: transfer.pendingId, debit: null, credit: null, amount: transfer.amount }
      : {
          pendingId: null,
          debit: transfer.debitAccountId,
          credit: transfer.creditAccountId,
          amount: transfer.amount,
        },
  );
  const { rows } = await sql<{ outcome: TransferOutcome }>`
    SELECT outcome FROM ledger_post(
      ${transfers.map((transfer) => transfer.id)}::uuid[],
      ${transfers.map((transfer) => transfer.kind)}::text[],
      ${moves.map((move) => move.pendingId)}::uuid[],
      ${moves.map((move) => move.debit)}::uuid[],
      ${moves.map((move) => move.credit)}::uuid[],
      ${moves.map((move) => move.amount?.toString() ?? null)}::numeric[],
      ${transfers.map((transfer) => transfer.reason)}::text[],
      ${transfers.map((transfer) => transfer.referenceId)}::uuid[]
    ) ORDER BY ordinal`.execute(tx);
  assert(rows.length === transfers.length, `${rows.length} outcomes for ${transfers.length} transfers`);
  return rows.map((row) => row.outcome);
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
