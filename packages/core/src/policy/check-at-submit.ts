import type { Tx } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { findInBook } from '../address-book/address-book.store.ts';
import { findBlocked } from '../address-book/block-list.store.ts';
import type { Asset } from '../chain/chain.ts';
import { type AssetValue, valueAsset, valueInKrw } from '../exchange-rate/value-in-krw.ts';
import type { Refusal } from '../withdrawal/withdrawal.errors.ts';
import { coolingOffEnd } from './evaluate.ts';
import { findLimitProblem } from './judge-limits.ts';
import type { PolicyVersion, Tier } from './policy.ts';
import { isWithoutRules, type Rules, versionAt } from './rules.ts';
import {
  addTierUsage,
  insertUsages,
  lockTierUsage,
  readUsageSeeds,
  type TierUsage,
} from './tier-usage.store.ts';
import { insertValues } from './value.store.ts';

export type Submitted = {
  id: string;
  organisationId: string;
  asset: Asset;
  to: string;
  amount: bigint;
  createdAt: Date;
};

/** What a request is worth, to be kept once it is accepted. */
export type Valued = { submitted: Submitted; value: AssetValue; amountKrw: bigint | null; tier: Tier | null };

/** `refused`, `valued` (it has a tier or a policy), or `free`: no rules touch it. */
export type SubmitJudgement =
  | { kind: 'free' }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'valued'; valued: Valued };

/**
 * What can be said of requests at once and for certain: blocked addresses, the address book, the tier's ceilings, in the
 * order of the list (each that passes counts for those after it). Locks the usage of tiers: before ledger accounts,
 * after the usage of assets. Without rules it makes no statement, with rules a few for the whole list.
 */
export async function judgeAtSubmit(
  tx: Tx,
  rules: Rules,
  list: readonly Submitted[],
  at: Date,
): Promise<SubmitJudgement[]> {
  if (isWithoutRules(rules) || list.length === 0) return list.map(() => ({ kind: 'free' }));
  const versions = list.map((one) => versionAt(rules.versions, one.organisationId, one.createdAt));
  const blocked = rules.hasBlocked
    ? await findBlocked(
        tx,
        list.map(({ asset, to }) => ({ chainId: asset.chainId, address: to })),
      )
    : new Map<string, string>();
  const inBook = await findInBook(
    tx,
    list.flatMap(({ organisationId, asset, to }, index) =>
      isAllowOnly(versions[index]) ? [{ organisationId, chainId: asset.chainId, address: to }] : [],
    ),
  );
  const addressProblems = list.map((one, index) => {
    const place = `${one.asset.chainId}/${one.to}`;
    if (blocked.has(place)) return addressBlocked(one.to);
    return findBookProblem(
      versions[index] ?? null,
      one,
      inBook.get(`${one.organisationId}/${place}`) ?? null,
    );
  });
  const withTier = list.filter(
    (one, index) => addressProblems[index] === null && rules.tiers.has(one.organisationId),
  );
  const usages = await openUsages(tx, rules, withTier, at);
  return list.map((one, index): SubmitJudgement => {
    const problem = addressProblems[index] ?? null;
    if (problem !== null) return { kind: 'refused', refusal: problem };
    const tier = rules.tiers.get(one.organisationId) ?? null;
    if (tier === null && (versions[index] ?? null) === null) return { kind: 'free' };
    const value = valueAsset(rules.pairs, one.asset, at);
    const amountKrw = valueInKrw(one.amount, value);
    const valued = { submitted: one, value, amountKrw, tier };
    if (tier === null) return { kind: 'valued', valued };
    const usage = assertPresent(usages.get(one.organisationId), `usage of ${one.organisationId}`);
    const refusal = findLimitProblem(tier, usage, { count: 1n, amountKrw, largestKrw: amountKrw }, at);
    if (refusal !== null) return { kind: 'refused', refusal };
    for (const period of [usage.day, usage.month]) {
      period.count += 1n;
      period.amountKrw += amountKrw ?? 0n;
    }
    return { kind: 'valued', valued };
  });
}

/** Counts what was accepted in the end, and keeps what it was worth. After the rows of the withdrawals. */
export async function recordValued(tx: Tx, accepted: readonly Valued[], at: Date): Promise<void> {
  if (accepted.length === 0) return;
  await addTierUsage(
    tx,
    accepted
      .filter(({ tier }) => tier !== null)
      .map(({ submitted, amountKrw }) => ({
        organisationId: submitted.organisationId,
        count: 1n,
        amountKrw: amountKrw ?? 0n,
      })),
    at,
  );
  await insertValues(
    tx,
    accepted.map(({ submitted, value, amountKrw, tier }) => ({
      withdrawalId: submitted.id,
      organisationId: submitted.organisationId,
      amountKrw,
      rates: ratesOf(value),
      tierCode: tier?.code ?? null,
    })),
    at,
  );
}

export function ratesOf(value: AssetValue): Record<string, unknown> {
  return value.kind === 'valued'
    ? { staleness: value.staleness, rates: value.rates }
    : { staleness: 'none', why: value.why, rates: value.rates };
}

export function isAllowOnly(version: PolicyVersion | null | undefined): boolean {
  return version?.document.addressBook.mode === 'ALLOW_ONLY';
}

export function addressBlocked(to: string): Refusal {
  return {
    code: 'address_blocked',
    message: `The address ${to} is blocked here; nothing is paid to it.`,
    messageKo: `${to} 주소로는 출금할 수 없게 막혀 있어요.`,
    retryable: false,
  };
}

export function findBookProblem(
  version: PolicyVersion | null,
  { to, createdAt }: Pick<Submitted, 'to' | 'createdAt'>,
  since: Date | null,
): Refusal | null {
  if (version === null || !isAllowOnly(version)) return null;
  if (since === null)
    return {
      code: 'address_not_allowed',
      message: `Your organisation pays only addresses of its address book, and ${to} does not stand there.`,
      messageKo: `주소록에 있는 주소로만 출금할 수 있는데, ${to} 주소는 주소록에 없어요.`,
      retryable: false,
    };
  const until = coolingOffEnd(version.document.addressBook, since);
  if (createdAt >= until) return null;
  return {
    code: 'address_cooling_off',
    message: `The address ${to} was added to the address book at ${since.toISOString()} and can be paid from ${until.toISOString()} on.`,
    messageKo: `${to} 주소는 ${since.toISOString()}에 주소록에 추가됐고, ${until.toISOString()}부터 출금할 수 있어요.`,
    retryable: false,
  };
}

/** The usage of every organisation in the list that has a tier, locked. */
export async function openUsages(
  tx: Tx,
  rules: Pick<Rules, 'pairs'>,
  list: readonly { organisationId: string }[],
  at: Date,
): Promise<Map<string, TierUsage>> {
  const organisationIds = [...new Set(list.map((one) => one.organisationId))].sort();
  if (organisationIds.length === 0) return new Map();
  const usages = await lockTierUsage(tx, organisationIds, at);
  if (usages.length === organisationIds.length) return byOrganisation(usages);
  await insertUsages(tx, await seedUsages(tx, rules, organisationIds, at), at);
  return byOrganisation(await lockTierUsage(tx, organisationIds, at));
}

/** A new day or month begins with what was accepted in it before there was a tier, at the rates of now. */
async function seedUsages(tx: Tx, rules: Pick<Rules, 'pairs'>, organisationIds: readonly string[], at: Date) {
  const seeds = await readUsageSeeds(tx, organisationIds, at);
  const usages = new Map<
    string,
    { organisationId: string; period: 'DAY' | 'MONTH'; count: bigint; amountKrw: bigint }
  >();
  for (const { organisationId, period, asset, count, amount } of seeds) {
    const name = `${organisationId}/${period}`;
    const usage = usages.get(name) ?? { organisationId, period, count: 0n, amountKrw: 0n };
    usage.count += count;
    if (asset !== null) usage.amountKrw += valueInKrw(amount, valueAsset(rules.pairs, asset, at)) ?? 0n;
    usages.set(name, usage);
  }
  return [...usages.values()];
}

function byOrganisation(usages: readonly TierUsage[]): Map<string, TierUsage> {
  return new Map(
    usages.map(({ organisationId, day, month }) => [
      organisationId,
      { organisationId, day: { ...day }, month: { ...month } },
    ]),
  );
}
