import { type Database, withTransaction } from '@naru/db/database.ts';
import { formatAmount } from '@naru/kit/money.ts';
import { setAuditContext } from '../audit/audit.store.ts';
import type { AuditContext } from '../audit/audit.ts';
import type { Asset } from '../chain/chain.ts';
import { AccountError } from './account-manager.errors.ts';
import { deleteThreshold, type ThresholdKey, upsertThreshold } from './account-threshold.store.ts';
import type { Levels } from './account-threshold.ts';

/** Sets how much an account, or every account of a role, should hold. Takes effect at the next look. */
export async function setThreshold(
  deps: { db: Database },
  asset: Asset,
  key: ThresholdKey,
  levels: Levels,
  audit: AuditContext & { reason: string },
): Promise<void> {
  const problem = findLevelsProblem(asset, key, levels);
  if (problem !== null) throw new AccountError('threshold_invalid', `nothing was changed: ${problem}`);
  await withTransaction(deps.db, async (tx) => {
    await setAuditContext(tx, audit);
    await upsertThreshold(tx, key, levels);
  });
}

/** False: there was none. */
export async function removeThreshold(
  deps: { db: Database },
  key: ThresholdKey,
  audit: AuditContext & { reason: string },
): Promise<boolean> {
  return await withTransaction(deps.db, async (tx) => {
    await setAuditContext(tx, audit);
    return await deleteThreshold(tx, key);
  });
}

export function findLevelsProblem(asset: Asset, key: ThresholdKey, levels: Levels): string | null {
  const { low, target, high } = levels;
  const show = (units: bigint) => `${formatAmount(units, asset.decimals)} ${asset.code}`;
  if (low >= target) return `low (${show(low)}) must be below target (${show(target)})`;
  if (high !== null && high <= target) return `high (${show(high)}) must be above target (${show(target)})`;
  if (key.purpose === 'BALANCE') return null;
  if (asset.address !== null) return `gas is paid in the chain's coin, and ${asset.code} is a token`;
  return high === null
    ? null
    : 'gas money has no high: what an account has too much of is a matter of its balance';
}
