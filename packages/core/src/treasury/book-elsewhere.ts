import { type Database, withTransaction } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { recordAudit, setAuditContext } from '../audit/audit.store.ts';
import type { AuditContext } from '../audit/audit.ts';
import { type AccountKind, ensureAccounts } from '../ledger/ledger.store.ts';
import { postTransfers, type TransferReason } from '../ledger/ledger.ts';
import { TreasuryError } from './treasury.errors.ts';
import { findTreasury } from './treasury.store.ts';

/** What happens to a Safe that no proposal of ours says, and how it is booked: debited, credited. */
export const bookings = {
  /** Money of ours came in. */
  received: { debit: 'TREASURY', credit: 'HOUSE', reason: 'FUNDING' },
  /** Its owners paid somebody by themselves. */
  paid: { debit: 'HOUSE', credit: 'TREASURY', reason: 'ADJUSTMENT' },
  /** Its owners paid an account of ours by themselves. */
  moved: { debit: 'HOT_WALLET', credit: 'TREASURY', reason: 'ADJUSTMENT' },
} as const satisfies Record<string, { debit: AccountKind; credit: AccountKind; reason: TransferReason }>;
export type Booking = keyof typeof bookings;

/**
 * Books what happened to a treasury elsewhere, so that the books say again what the chain says. `id` (UUID) names the
 * event: booked twice it counts once. `amount` in the smallest unit.
 * @returns false when it was booked before
 * @throws {TreasuryError} treasury_not_found; booking_not_covered: the house has less than was paid
 */
export async function bookElsewhere(
  deps: { db: Database },
  booking: { id: string; chainId: string; assetId: string; amount: bigint; what: Booking },
  audit: AuditContext,
): Promise<boolean> {
  const { id, chainId, assetId, amount, what } = booking;
  const { debit, credit, reason } = bookings[what];
  return await withTransaction(deps.db, async (tx) => {
    if ((await findTreasury(tx, chainId)) === null)
      throw new TreasuryError('treasury_not_found', `${chainId} has no treasury. Nothing was booked.`);
    const [debited, credited] = await ensureAccounts(tx, [
      { kind: debit, assetId },
      { kind: credit, assetId },
    ]);
    const [outcome] = await postTransfers(tx, [
      {
        id,
        kind: 'SINGLE',
        debitAccountId: assertPresent(debited, `${debit} account`),
        creditAccountId: assertPresent(credited, `${credit} account`),
        amount,
        reason,
        referenceId: null,
      },
    ]);
    if (outcome === 'EXISTS') return false;
    if (outcome === 'OVERDRAFT')
      throw new TreasuryError(
        'booking_not_covered',
        'The house has less than that: what was paid belonged to somebody else, or has not been booked as received. Nothing was booked.',
      );
    if (outcome === 'CONFLICT')
      throw new TreasuryError(
        'booking_exists',
        `${id} names another booking. Nothing was booked: take a new id.`,
      );
    assert(outcome === 'POSTED', `booking ${id}: ${outcome}`);
    await setAuditContext(tx, audit);
    const after = { what, chainId, assetId, amount: String(amount) };
    await recordAudit(tx, { action: 'treasury.book', subject: `ledger_transfer ${id}`, after });
    return true;
  });
}
