import type { Database, Queryable } from '@naru/db/database.ts';
import { type Clock, systemClock } from '@naru/kit/clock.ts';
import { readPairs } from '../exchange-rate/exchange-rate.store.ts';
import type { QuotedPair } from '../exchange-rate/exchange-rate.ts';
import { RULES_AGE_MS_MAX } from './policy.limits.ts';
import { readPresence, readVersionsInForce } from './policy.store.ts';
import type { PolicyVersion, Tier } from './policy.ts';
import { readTiersOfOrganisations } from './tier.store.ts';

/** What a process keeps of the rules, a second old at most. */
export type Rules = {
  /** Some version has governed, or will: what waits to be taken up may have one. */
  hasPolicies: boolean;
  /** In force now or soon, or ended lately. */
  versions: readonly PolicyVersion[];
  /** By organisation. */
  tiers: ReadonlyMap<string, Tier>;
  pairs: readonly QuotedPair[];
  hasBlocked: boolean;
  /**
   * The moment by the database's clock: what it was when these were read, and what has passed since. A machine whose clock
   * is wrong applies the same rules at the same rates as all others, and needs no statement to know the time.
   */
  now: () => Date;
};

/** Where nobody has any, and the database was not asked: in tests and tools. */
export const noRules: Rules = {
  hasPolicies: false,
  versions: [],
  tiers: new Map(),
  pairs: [],
  hasBlocked: false,
  now: () => systemClock.now(),
};

/** Nobody has a tier or a policy, and no address is blocked: nothing costs anything. */
export function isWithoutRules(rules: Rules): boolean {
  return !rules.hasPolicies && rules.tiers.size === 0 && !rules.hasBlocked;
}

export async function readRules(db: Queryable): Promise<Rules> {
  const { hasPolicies, hasTiers, hasBlocked, at } = await readPresence(db);
  const readAtMs = systemClock.monotonicMs();
  const now = () => new Date(at.getTime() + systemClock.monotonicMs() - readAtMs);
  if (!hasPolicies && !hasTiers) return { ...noRules, hasBlocked, now };
  const [versions, tiers, pairs] = [
    await readVersionsInForce(db),
    await readTiersOfOrganisations(db),
    await readPairs(db),
  ];
  return { hasPolicies, hasBlocked, versions, tiers, pairs, now };
}

/** The rules for the hot path. Concurrent readers share one read; a failed one fails its readers. */
export function createRulesCache(deps: { db: Database; clock: Clock }): () => Promise<Rules> {
  let readAtMs = Number.NEGATIVE_INFINITY;
  let current: Promise<Rules> | null = null;
  return () => {
    if (current === null || deps.clock.monotonicMs() - readAtMs > RULES_AGE_MS_MAX) {
      readAtMs = deps.clock.monotonicMs();
      const reading = readRules(deps.db);
      reading.catch(() => {
        if (current === reading) current = null;
      });
      current = reading;
    }
    return current;
  };
}

/** The version in force for an organisation at a moment: its own, else the default, else null. */
export function versionAt(
  versions: readonly PolicyVersion[],
  organisationId: string,
  at: Date,
): PolicyVersion | null {
  const isInForce = ({ effectiveAt, endsAt }: PolicyVersion) =>
    effectiveAt !== null && effectiveAt <= at && (endsAt === null || endsAt > at);
  const of = (owner: string | null) =>
    versions.find((version) => version.organisationId === owner && isInForce(version));
  return of(organisationId) ?? of(null) ?? null;
}
