import type { Tx } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { recordAudit, setAuditContext } from '../audit/audit.store.ts';
import type { AuditContext } from '../audit/audit.ts';
import { type AccountKind, ensureAccounts } from './ledger.store.ts';
import { postTransfers, type TransferReason } from './ledger.ts';

/** What happened on a chain without us, and is booked by a person: debited, credited. */
export type Booking = {
  debit: Exclude<AccountKind, 'CUSTOMER'>;
  credit: Exclude<AccountKind, 'CUSTOMER'>;
  reason: TransferReason;
};

/**
 * BOOKED now; KNOWN: the same was booked before; TAKEN: the id names another booking; NOT_COVERED: what is debited may not
 * be overdrawn.
 */
export type BookingOutcome = 'BOOKED' | 'KNOWN' | 'TAKEN' | 'NOT_COVERED';

/**
 * Books an amount (smallest unit) between two accounts of an asset that are ours. `id` (UUID) names the event: booked twice
 * it counts once. `action`: in the audit log.
 */
export async function bookOnce(
  tx: Tx,
  booked: { id: string; assetId: string; amount: bigint; what: string; booking: Booking },
  audit: AuditContext & { action: string },
): Promise<BookingOutcome> {
  const { id, assetId, amount, what, booking } = booked;
  const [debited, credited] = await ensureAccounts(tx, [
    { kind: booking.debit, assetId },
    { kind: booking.credit, assetId },
  ]);
  const [outcome] = await postTransfers(tx, [
    {
      id,
      kind: 'SINGLE',
      debitAccountId: assertPresent(debited, `${booking.debit} account`),
      creditAccountId: assertPresent(credited, `${booking.credit} account`),
      amount,
      reason: booking.reason,
      referenceId: null,
    },
  ]);
  if (outcome === 'EXISTS') return 'KNOWN';
  if (outcome === 'CONFLICT') return 'TAKEN';
  if (outcome === 'OVERDRAFT') return 'NOT_COVERED';
  assert(outcome === 'POSTED', `booking ${id}: ${outcome}`);
  const { action, ...context } = audit;
  await setAuditContext(tx, context);
  const after = { what, assetId, amount: String(amount) };
  await recordAudit(tx, { action, subject: `ledger_transfer ${id}`, after });
  return 'BOOKED';
}
