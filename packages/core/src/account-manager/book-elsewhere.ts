import { type Database, withTransaction } from '@naru/db/database.ts';
import type { AuditContext } from '../audit/audit.ts';
import type { Asset } from '../chain/chain.ts';
import { type Booking, bookOnce } from '../ledger/book-once.ts';
import { AccountError } from './account-manager.errors.ts';

/** What happens to our accounts that no transaction in the books says. */
export const bookings = {
  /** Money of ours came in: coin for gas, a top-up from outside. */
  received: { debit: 'HOT_WALLET', credit: 'HOUSE', reason: 'FUNDING' },
  /** Gas was burnt by a transaction that a restored database has forgotten. */
  burnt: { debit: 'GAS', credit: 'HOT_WALLET', reason: 'GAS' },
} as const satisfies Record<string, Booking>;
export type AccountBooking = keyof typeof bookings;

/**
 * Books what happened to the accounts of a chain elsewhere, so that the books say again what the chain says. `id` (UUID)
 * names the event: booked twice it counts once. `amount` in the smallest unit.
 * @returns false when it was booked before
 * @throws {AccountError} booking_exists; asset_not_supported: gas is burnt in the coin
 */
export async function bookElsewhere(
  deps: { db: Database },
  input: { id: string; asset: Asset; amount: bigint; what: AccountBooking },
  audit: AuditContext,
): Promise<boolean> {
  const { asset, ...booked } = input;
  if (input.what === 'burnt' && asset.address !== null)
    throw new AccountError(
      'asset_not_supported',
      `Gas is burnt in the coin, and ${asset.code} is a token. Nothing was booked.`,
    );
  const outcome = await withTransaction(deps.db, (tx) =>
    bookOnce(
      tx,
      { ...booked, assetId: asset.id, booking: bookings[input.what] },
      { ...audit, action: 'account.book' },
    ),
  );
  if (outcome === 'TAKEN')
    throw new AccountError(
      'booking_exists',
      `${input.id} names another booking. Nothing was booked: take a new id.`,
    );
  return outcome === 'BOOKED';
}
