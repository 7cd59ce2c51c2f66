import { type Database, withTransaction } from '@naru/db/database.ts';
import type { AuditContext } from '../audit/audit.ts';
import { type Booking, bookOnce } from '../ledger/book-once.ts';
import { TreasuryError } from './treasury.errors.ts';
import { findTreasury } from './treasury.store.ts';

/** What happens to a Safe that no proposal of ours says. */
export const bookings = {
  /** Money of ours came in. */
  received: { debit: 'TREASURY', credit: 'HOUSE', reason: 'FUNDING' },
  /** Its owners paid somebody by themselves. */
  paid: { debit: 'HOUSE', credit: 'TREASURY', reason: 'ADJUSTMENT' },
  /** Its owners paid an account of ours by themselves. */
  moved: { debit: 'HOT_WALLET', credit: 'TREASURY', reason: 'ADJUSTMENT' },
} as const satisfies Record<string, Booking>;
export type TreasuryBooking = keyof typeof bookings;

/**
 * Books what happened to a treasury elsewhere, so that the books say again what the chain says. `id` (UUID) names the
 * event: booked twice it counts once. `amount` in the smallest unit.
 * @returns false when it was booked before
 * @throws {TreasuryError} treasury_not_found; booking_exists; booking_not_covered: the house has less than was paid
 */
export async function bookElsewhere(
  deps: { db: Database },
  input: { id: string; chainId: string; assetId: string; amount: bigint; what: TreasuryBooking },
  audit: AuditContext,
): Promise<boolean> {
  const { chainId, ...booked } = input;
  return await withTransaction(deps.db, async (tx) => {
    if ((await findTreasury(tx, chainId)) === null)
      throw new TreasuryError('treasury_not_found', `${chainId} has no treasury. Nothing was booked.`);
    const outcome = await bookOnce(
      tx,
      { ...booked, booking: bookings[input.what] },
      { ...audit, action: 'treasury.book' },
    );
    switch (outcome) {
      case 'BOOKED':
        return true;
      case 'KNOWN':
        return false;
      case 'TAKEN':
        throw new TreasuryError(
          'booking_exists',
          `${input.id} names another booking. Nothing was booked: take a new id.`,
        );
      case 'NOT_COVERED':
        throw new TreasuryError(
          'booking_not_covered',
          'The house has less than that: what was paid belonged to somebody else, or has not been booked as received. Nothing was booked.',
        );
    }
  });
}
