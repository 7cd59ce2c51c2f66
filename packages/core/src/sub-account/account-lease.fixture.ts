import type { Database } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { type AccountLease, holdAccounts } from './account-lease.store.ts';
import { listHeldAccounts } from './sub-account.store.ts';

export const TEST_OWNER = 'host/test#1';
const LEASE_MS = 3_600_000;

/** Holds all accounts of `localhost` as the one processor there is, and gives the lease of the first, or of `accountId`. */
export async function leaseOfTest(db: Database, accountId?: string): Promise<AccountLease> {
  const claim = { chainId: 'localhost', owner: TEST_OWNER };
  await holdAccounts(db, { ...claim, leaseMs: LEASE_MS });
  const held = await listHeldAccounts(db, claim);
  const account = held.find(({ id }) => accountId === undefined || id === accountId);
  const { id, epoch } = assertPresent(account, 'an active account');
  return { accountId: id, owner: TEST_OWNER, epoch };
}
