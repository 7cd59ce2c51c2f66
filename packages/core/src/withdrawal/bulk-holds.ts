import type { Queryable, Tx } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { POST_TRANSFERS_MAX } from '../ledger/ledger.limits.ts';
import {
  type AccountKey,
  ensureAccounts,
  lockAccounts,
  readCustomerBalances,
} from '../ledger/ledger.store.ts';
import { type DraftSum, holdDraftFees, holdDrafts, largestDrafts } from './bulk.store.ts';
import type { Refusal } from './withdrawal.errors.ts';
import { lockUsage } from './withdrawal.store.ts';

/** Ceilings for one withdrawal and for a day; locks the day's usage. `assetIds`: those that have a ceiling. */
export async function checkLimits(
  tx: Tx,
  organisationId: string,
  bulkId: string,
  sums: readonly DraftSum[],
  at: Date,
): Promise<{ refusal: Refusal | null; assetIds: ReadonlySet<string> }> {
  const pairs = sums.map(({ assetId }) => ({ organisationId, assetId }));
  const usages = await lockUsage(tx, pairs, at);
  const assetIds = new Set(usages.map((usage) => usage.assetId));
  if (usages.length === 0) return { refusal: null, assetIds };
  const largest = await largestDrafts(tx, bulkId);
  for (const usage of usages) {
    const sum = sums.find(({ assetId }) => assetId === usage.assetId)?.amount ?? 0n;
    const isOneTooLarge = (largest.get(usage.assetId) ?? 0n) > usage.perWithdrawalMax;
    if (!isOneTooLarge && usage.used + sum <= usage.dailyMax) continue;
    const which = isOneTooLarge ? 'one withdrawal' : 'a day';
    const message = `The file exceeds your limit for ${which} of ${usage.assetId.split(':')[1]}.`;
    return { refusal: { code: 'limit_exceeded', message, retryable: false }, assetIds };
  }
  return { refusal: null, assetIds };
}

/** Does the balance cover the sums and their fees? Final where the accounts are locked, an outlook elsewhere. */
export async function checkCover(
  db: Queryable,
  organisationId: string,
  sums: readonly DraftSum[],
): Promise<Refusal | null> {
  const balances = await readCustomerBalances(db, organisationId);
  for (const { assetId, amount, fee } of sums) {
    const available = balances.find((balance) => balance.assetId === assetId)?.available ?? 0n;
    if (available >= amount + fee) continue;
    const [chain, code] = assetId.split(':');
    return {
      code: 'insufficient_balance',
      message: `Your available balance of ${code} on ${chain} does not cover the sum of this file${fee > 0n ? ' and its fees' : ''}.`,
      retryable: false,
    };
  }
  return null;
}

/** `fee`: where the file has fees of that asset. */
type AssetAccounts = { assetId: string; customer: string; hotWallet: string; fee: string | null };

/** The accounts of each asset, locked in the order of ids: the holds that follow take several calls. */
export async function openAccounts(
  tx: Tx,
  organisationId: string,
  sums: readonly DraftSum[],
): Promise<AssetAccounts[]> {
  const withFees = sums.filter(({ fee }) => fee > 0n);
  const keys = [
    ...sums.flatMap(({ assetId }): AccountKey[] => [
      { kind: 'CUSTOMER', organisationId, assetId },
      { kind: 'HOT_WALLET', assetId },
    ]),
    ...withFees.map(({ assetId }): AccountKey => ({ kind: 'FEE', assetId })),
  ];
  const ids = await ensureAccounts(tx, keys);
  await lockAccounts(tx, ids);
  const feeOf = new Map(withFees.map(({ assetId }, index) => [assetId, ids[2 * sums.length + index]]));
  return sums.map(({ assetId }, index) => ({
    assetId,
    customer: assertPresent(ids[2 * index], 'customer account'),
    hotWallet: assertPresent(ids[2 * index + 1], 'hot wallet account'),
    fee: feeOf.get(assetId) ?? null,
  }));
}

/** One hold for each row, and one for each fee; all of them, or the transaction ends. */
export async function holdAll(
  tx: Tx,
  accounts: readonly AssetAccounts[],
  bulk: { bulkId: string; total: number },
): Promise<void> {
  let held = 0;
  for (let first = 1; first <= bulk.total; first += POST_TRANSFERS_MAX)
    held += await holdDrafts(tx, bulk.bulkId, accounts, { first, last: first + POST_TRANSFERS_MAX - 1 });
  assert(held === bulk.total, `bulk ${bulk.bulkId}: ${held} holds for ${bulk.total} rows`);
  if (accounts.every(({ fee }) => fee === null)) return;
  for (let first = 1; first <= bulk.total; first += POST_TRANSFERS_MAX) {
    const fees = await holdDraftFees(tx, bulk.bulkId, accounts, {
      first,
      last: first + POST_TRANSFERS_MAX - 1,
    });
    assert(fees.held === fees.wanted, `bulk ${bulk.bulkId}: ${fees.held} of ${fees.wanted} fees held`);
  }
}
