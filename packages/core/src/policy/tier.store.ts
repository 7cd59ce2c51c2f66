import type { Queryable, Tx } from '@naru/db/database.ts';
import { sql } from 'kysely';
import type { Tier } from './policy.ts';

const COLUMNS = sql`t.code, t.name, t.per_withdrawal_krw_max AS "perWithdrawalKrwMax", t.daily_krw_max AS "dailyKrwMax",
  t.monthly_krw_max AS "monthlyKrwMax", t.daily_count_max AS "dailyCountMax", t.monthly_count_max AS "monthlyCountMax"`;

export async function listTiers(db: Queryable): Promise<(Tier & { organisations: number })[]> {
  const { rows } = await sql<Tier & { organisations: number }>`
    SELECT ${COLUMNS}, (SELECT count(*)::integer FROM organisation_tier o WHERE o.tier_code = t.code) AS organisations
      FROM tier t ORDER BY t.code`.execute(db);
  return rows;
}

export async function upsertTier(tx: Tx, tier: Tier): Promise<void> {
  await sql`
    INSERT INTO tier (code, name, per_withdrawal_krw_max, daily_krw_max, monthly_krw_max, daily_count_max,
                      monthly_count_max)
    VALUES (${tier.code}, ${tier.name}, ${tier.perWithdrawalKrwMax}, ${tier.dailyKrwMax}, ${tier.monthlyKrwMax},
            ${tier.dailyCountMax}, ${tier.monthlyCountMax})
    ON CONFLICT (code) DO UPDATE SET
      name = excluded.name, per_withdrawal_krw_max = excluded.per_withdrawal_krw_max,
      daily_krw_max = excluded.daily_krw_max, monthly_krw_max = excluded.monthly_krw_max,
      daily_count_max = excluded.daily_count_max, monthly_count_max = excluded.monthly_count_max,
      updated_at = now()`.execute(tx);
}

/** The database refuses it while an organisation is in it. */
export async function deleteTier(tx: Tx, code: string): Promise<void> {
  await sql`DELETE FROM tier WHERE code = ${code}`.execute(tx);
}

/** Null: no tier, so no ceilings in won. */
export async function assignTier(tx: Tx, organisationId: string, code: string | null): Promise<void> {
  if (code === null) {
    await sql`DELETE FROM organisation_tier WHERE organisation_id = ${organisationId}`.execute(tx);
    return;
  }
  await sql`
    INSERT INTO organisation_tier (organisation_id, tier_code) VALUES (${organisationId}, ${code})
    ON CONFLICT (organisation_id) DO UPDATE SET tier_code = excluded.tier_code, assigned_at = now()`.execute(
    tx,
  );
}

export async function readTiersOfOrganisations(db: Queryable): Promise<Map<string, Tier>> {
  const { rows } = await sql<Tier & { organisationId: string }>`
    SELECT o.organisation_id AS "organisationId", ${COLUMNS}
      FROM organisation_tier o JOIN tier t ON t.code = o.tier_code`.execute(db);
  return new Map(rows.map(({ organisationId, ...tier }) => [organisationId, tier]));
}

/** Tier of one organisation with what it has used; null without a tier. */
export async function readTierOf(
  db: Queryable,
  organisationId: string,
): Promise<{ tier: Tier; day: UsedSoFar; month: UsedSoFar } | null> {
  const { rows } = await sql<
    Tier & { dayCount: bigint; dayKrw: bigint; monthCount: bigint; monthKrw: bigint }
  >`
    SELECT ${COLUMNS}, coalesce(d.count, 0) AS "dayCount", coalesce(d.amount_krw, 0) AS "dayKrw",
           coalesce(m.count, 0) AS "monthCount", coalesce(m.amount_krw, 0) AS "monthKrw"
      FROM organisation_tier o JOIN tier t ON t.code = o.tier_code
     CROSS JOIN (SELECT (now() AT TIME ZONE 'Asia/Seoul')::date AS today) c
      LEFT JOIN tier_usage d ON d.organisation_id = o.organisation_id AND d.period = 'DAY' AND d.starts_on = c.today
      LEFT JOIN tier_usage m ON m.organisation_id = o.organisation_id AND m.period = 'MONTH'
            AND m.starts_on = date_trunc('month', c.today)::date
     WHERE o.organisation_id = ${organisationId}`.execute(db);
  const row = rows[0];
  if (row === undefined) return null;
  const { dayCount, dayKrw, monthCount, monthKrw, ...tier } = row;
  return {
    tier,
    day: { count: dayCount, amountKrw: dayKrw },
    month: { count: monthCount, amountKrw: monthKrw },
  };
}

export type UsedSoFar = { count: bigint; amountKrw: bigint };
