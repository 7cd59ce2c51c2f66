import type { Tx } from '@naru/db/database.ts';
import { sql } from 'kysely';

/** What an organisation has asked for in a day and a month of Seoul. */
export type TierUsage = {
  organisationId: string;
  day: { count: bigint; amountKrw: bigint };
  month: { count: bigint; amountKrw: bigint };
};

/** A period of which an organisation has no usage yet, and what it was asked for in it before it had a tier. */
export type UsageSeed = {
  organisationId: string;
  period: 'DAY' | 'MONTH';
  /** Null: there was nothing. */
  asset: { id: string; code: string; decimals: number } | null;
  count: bigint;
  amount: bigint;
};

const today = (at: Date) => sql`(${at.toISOString()}::timestamptz AT TIME ZONE 'Asia/Seoul')::date`;
const periods = (
  at: Date,
) => sql`(VALUES ('DAY', ${today(at)}), ('MONTH', date_trunc('month', ${today(at)})::date))
  AS p (period, starts_on)`;

/**
 * What the organisations were asked for so far in those periods of `at` that have no row yet, by asset: a ceiling that is
 * set at noon counts the morning too. A period without any comes with a null asset.
 */
export async function readUsageSeeds(
  tx: Tx,
  organisationIds: readonly string[],
  at: Date,
): Promise<UsageSeed[]> {
  type Row = Omit<UsageSeed, 'asset'> & { assetId: string | null; code: string; decimals: number };
  const { rows } = await sql<Row>`
    SELECT o.id AS "organisationId", p.period, w.asset_id AS "assetId", coalesce(w.count, 0)::bigint AS count,
           coalesce(w.amount, 0) AS amount, a.code, a.decimals
      FROM unnest(${organisationIds}::uuid[]) AS o (id)
     CROSS JOIN ${periods(at)}
      LEFT JOIN LATERAL (
             SELECT asset_id, count(*) AS count, sum(amount) AS amount FROM withdrawal
              WHERE organisation_id = o.id AND state NOT IN ('CANCELED', 'FAILED')
                -- The lowest UUIDv7 of the moment: the index of organisation and id bounds what is read.
                AND id >= (lpad(to_hex((extract(epoch FROM p.starts_on::timestamp AT TIME ZONE 'Asia/Seoul') * 1000)::bigint),
                                12, '0') || '70008000000000000000')::uuid
              GROUP BY asset_id) w ON true
      LEFT JOIN asset a ON a.id = w.asset_id
     WHERE NOT EXISTS (SELECT 1 FROM tier_usage u
                        WHERE u.organisation_id = o.id AND u.period = p.period AND u.starts_on = p.starts_on)`.execute(
    tx,
  );
  return rows.map(({ assetId, code, decimals, ...seed }) => ({
    ...seed,
    asset: assetId === null ? null : { id: assetId, code, decimals },
  }));
}

export async function insertUsages(
  tx: Tx,
  usages: readonly { organisationId: string; period: 'DAY' | 'MONTH'; count: bigint; amountKrw: bigint }[],
  at: Date,
): Promise<void> {
  if (usages.length === 0) return;
  await sql`
    INSERT INTO tier_usage (organisation_id, period, starts_on, count, amount_krw)
    SELECT r.organisation_id, r.period, p.starts_on, r.count, r.amount_krw
      FROM unnest(${usages.map((one) => one.organisationId)}::uuid[], ${usages.map((one) => one.period)}::text[],
                  ${usages.map((one) => one.count.toString())}::bigint[],
                  ${usages.map((one) => one.amountKrw.toString())}::numeric[])
        AS r (organisation_id, period, count, amount_krw)
      JOIN ${periods(at)} ON p.period = r.period
     ORDER BY 1, 2, 3
    ON CONFLICT DO NOTHING`.execute(tx);
}

/** Locks the usage of the day and the month of `at` until the commit, organisations in order. */
export async function lockTierUsage(
  tx: Tx,
  organisationIds: readonly string[],
  at: Date,
): Promise<TierUsage[]> {
  const { rows } = await sql<{
    organisationId: string;
    period: 'DAY' | 'MONTH';
    count: bigint;
    amountKrw: bigint;
  }>`
    SELECT u.organisation_id AS "organisationId", u.period, u.count, u.amount_krw AS "amountKrw"
      FROM tier_usage u JOIN ${periods(at)} ON p.period = u.period AND p.starts_on = u.starts_on
     WHERE u.organisation_id = ANY (${organisationIds}::uuid[])
     ORDER BY u.organisation_id, u.period, u.starts_on FOR UPDATE OF u`.execute(tx);
  return organisationIds.flatMap((organisationId) => {
    const of = (period: 'DAY' | 'MONTH') =>
      rows.find((row) => row.organisationId === organisationId && row.period === period);
    const [day, month] = [of('DAY'), of('MONTH')];
    return day === undefined || month === undefined ? [] : [{ organisationId, day, month }];
  });
}

export async function addTierUsage(
  tx: Tx,
  changes: readonly { organisationId: string; count: bigint; amountKrw: bigint }[],
  at: Date,
): Promise<void> {
  if (changes.length === 0) return;
  await sql`
    UPDATE tier_usage u SET count = u.count + r.count, amount_krw = u.amount_krw + r.amount_krw
      FROM (SELECT c.organisation_id, p.period, p.starts_on, sum(c.count) AS count, sum(c.amount_krw) AS amount_krw
              FROM unnest(${changes.map((one) => one.organisationId)}::uuid[],
                          ${changes.map((one) => one.count.toString())}::bigint[],
                          ${changes.map((one) => one.amountKrw.toString())}::numeric[])
                AS c (organisation_id, count, amount_krw) CROSS JOIN ${periods(at)} GROUP BY 1, 2, 3) r
     WHERE u.organisation_id = r.organisation_id AND u.period = r.period AND u.starts_on = r.starts_on`.execute(
    tx,
  );
}

/**
 * What ended unpaid no longer counts against the ceilings of its day and month. Called wherever a withdrawal ends so, in
 * that transaction; withdrawals that no tier counted are left alone.
 */
export async function giveBackTierUsage(tx: Tx, withdrawalIds: readonly string[]): Promise<void> {
  if (withdrawalIds.length === 0) return;
  await sql`
    WITH gone AS (
      SELECT v.organisation_id, p.period, p.starts_on, count(*) AS count, coalesce(sum(v.amount_krw), 0) AS amount_krw
        FROM withdrawal_value v
       CROSS JOIN LATERAL (VALUES ('DAY', v.counted_on), ('MONTH', date_trunc('month', v.counted_on)::date))
                       AS p (period, starts_on)
       WHERE v.withdrawal_id = ANY (${withdrawalIds}::uuid[]) AND v.tier_code IS NOT NULL
       GROUP BY 1, 2, 3
    ), locked AS (
      SELECT u.organisation_id, u.period, u.starts_on, g.count, g.amount_krw
        FROM tier_usage u JOIN gone g USING (organisation_id, period, starts_on)
       ORDER BY u.organisation_id, u.period, u.starts_on FOR UPDATE OF u
    )
    UPDATE tier_usage u SET count = greatest(0, u.count - l.count), amount_krw = greatest(0, u.amount_krw - l.amount_krw)
      FROM locked l
     WHERE u.organisation_id = l.organisation_id AND u.period = l.period AND u.starts_on = l.starts_on`.execute(
    tx,
  );
}
