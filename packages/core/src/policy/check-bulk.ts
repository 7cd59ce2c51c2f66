import type { Tx } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { Asset } from '../chain/chain.ts';
import { type AssetValue, valueAsset } from '../exchange-rate/value-in-krw.ts';
import type { Refusal } from '../withdrawal/withdrawal.errors.ts';
import {
  type BadDestination,
  findBlockedDraft,
  findDraftOutsideBook,
  insertDraftValues,
  sumDraftValues,
} from './bulk-policy.store.ts';
import { addressBlocked, findBookProblem, isAllowOnly, openUsages, ratesOf } from './check-at-submit.ts';
import { findLimitProblem } from './judge-limits.ts';
import type { Tier } from './policy.ts';
import { isWithoutRules, type Rules, versionAt } from './rules.ts';
import { addTierUsage } from './tier-usage.store.ts';

export type BulkFile = { bulkId: string; organisationId: string; total: number; assets: readonly Asset[] };

/** What the rows of a file are worth, to be kept once it is accepted; null: no rules touch it. */
export type BulkValued = {
  file: BulkFile;
  values: ReadonlyMap<string, AssetValue>;
  tier: Tier | null;
  amountKrw: bigint;
};

/**
 * As `judgeAtSubmit`, for a file as a whole, by the rules in force when it is accepted: a few statements however long it
 * is. Locks the usage of a tier.
 */
export async function judgeBulk(
  tx: Tx,
  rules: Rules,
  file: BulkFile,
  at: Date,
): Promise<{ refusal: Refusal } | { refusal: null; valued: BulkValued | null }> {
  if (isWithoutRules(rules)) return { refusal: null, valued: null };
  const { organisationId, bulkId } = file;
  if (rules.hasBlocked) {
    const blocked = await findBlockedDraft(tx, bulkId);
    if (blocked !== null) return { refusal: ofRow(blocked, addressBlocked(blocked.to)) };
  }
  const version = versionAt(rules.versions, organisationId, at);
  if (version !== null && isAllowOnly(version)) {
    const addedBefore = new Date(at.getTime() - version.document.addressBook.coolingOffHours * 3_600_000);
    const outside = await findDraftOutsideBook(tx, file, addedBefore);
    const problem =
      outside === null ? null : findBookProblem(version, { to: outside.to, createdAt: at }, outside.since);
    if (outside !== null && problem !== null) return { refusal: ofRow(outside, problem) };
  }
  const tier = rules.tiers.get(organisationId) ?? null;
  if (tier === null && version === null) return { refusal: null, valued: null };
  const values = new Map(file.assets.map((asset) => [asset.id, valueAsset(rules.pairs, asset, at)]));
  const { amountKrw, largestKrw } = await sumDraftValues(tx, bulkId, values);
  const valued = { file, values, tier, amountKrw };
  if (tier === null) return { refusal: null, valued };
  const usages = await openUsages(tx, rules, [file], at);
  const usage = assertPresent(usages.get(organisationId), `usage of ${organisationId}`);
  const refusal = findLimitProblem(tier, usage, { count: BigInt(file.total), amountKrw, largestKrw }, at);
  return refusal === null ? { refusal: null, valued } : { refusal };
}

/** Counts an accepted file and keeps what its rows are worth. */
export async function recordBulkValued(tx: Tx, valued: BulkValued | null, at: Date): Promise<void> {
  if (valued === null) return;
  const { file, values, tier, amountKrw } = valued;
  const { organisationId } = file;
  if (tier !== null) await addTierUsage(tx, [{ organisationId, count: BigInt(file.total), amountKrw }], at);
  const rates = new Map([...values].map(([assetId, value]) => [assetId, JSON.stringify(ratesOf(value))]));
  await insertDraftValues(tx, { ...file, tierCode: tier?.code ?? null }, values, rates, at);
}

function ofRow({ row, count }: BadDestination, refusal: Refusal): Refusal {
  const others = count === 1 ? '' : ` ${count} rows of the file have such an address.`;
  const othersKo = count === 1 ? '' : ` 파일에 이런 주소가 ${count}개 있어요.`;
  return {
    ...refusal,
    message: `Row ${row}: ${refusal.message}${others}`,
    messageKo: `${row}번째 행: ${refusal.messageKo ?? refusal.message}${othersKo}`,
  };
}
