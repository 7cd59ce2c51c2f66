import type { Tx } from '@naru/db/database.ts';
import { organisationExists } from '../access/access.store.ts';
import { Refused } from '../command/run-keyed.ts';
import { TIERS_MAX } from './policy.limits.ts';
import type { Tier } from './policy.ts';
import { assignTier, deleteTier, listTiers, upsertTier } from './tier.store.ts';

/** Writes a tier's ceilings: they hold for every organisation in it from the next second on. */
export async function setTier(tx: Tx, tier: Tier): Promise<void> {
  const ordered = [
    ['perWithdrawalKrwMax', 'dailyKrwMax'],
    ['dailyKrwMax', 'monthlyKrwMax'],
    ['dailyCountMax', 'monthlyCountMax'],
  ] as const;
  for (const [smaller, larger] of ordered) {
    const [one, other] = [tier[smaller], tier[larger]];
    if (one === null || other === null || one <= other) continue;
    const message = `${smaller} is more than ${larger}, so it could never be reached.`;
    throw new Refused('validation_failed', message, {
      details: { errors: [{ pointer: `/${smaller}`, code: 'malformed', message }] },
    });
  }
  await upsertTier(tx, tier);
  if ((await listTiers(tx)).length > TIERS_MAX) {
    const message = `There can be ${TIERS_MAX} tiers at most.`;
    throw new Refused('validation_failed', message, {
      details: { errors: [{ pointer: '/code', code: 'malformed', message }] },
    });
  }
}

/** Puts an organisation into a tier; null: into none. What it asked for today and this month counts already. */
export async function changeTierOf(
  tx: Tx,
  input: { organisationId: string; code: string | null },
): Promise<void> {
  if (!(await organisationExists(tx, input.organisationId)))
    throw new Refused('organisation_not_found', 'There is no such organisation.');
  if (input.code !== null && !(await listTiers(tx)).some((tier) => tier.code === input.code))
    throw new Refused('tier_not_found', `There is no tier "${input.code}".`);
  await assignTier(tx, input.organisationId, input.code);
}

/** Ends a tier that no organisation is in: a ceiling is never lifted by the way. */
export async function removeTier(tx: Tx, code: string): Promise<void> {
  const found = (await listTiers(tx)).find((tier) => tier.code === code);
  if (found === undefined) throw new Refused('tier_not_found', `There is no tier "${code}".`);
  if (found.organisations > 0) {
    const message = `${found.organisations} organisations are in the tier "${code}"; put them into another one first.`;
    throw new Refused('validation_failed', message, {
      details: { errors: [{ pointer: '/code', code: 'value_not_allowed', message }] },
    });
  }
  await deleteTier(tx, code);
}
