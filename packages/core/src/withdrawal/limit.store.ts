import type { Queryable } from '@naru/db/database.ts';
import { sql } from 'kysely';
import { lowestUuidAt } from './withdrawal.reader.ts';
import { startOfSeoulDay } from './withdrawal.store.ts';

/** The ceilings of an organisation for an asset with the usage of the day (Asia/Seoul) that holds `at`; null: it has none. */
export async function readLimit(
  db: Queryable,
  of: { organisationId: string; assetId: string },
  at: Date,
): Promise<{ perWithdrawalMax: bigint; dailyMax: bigint; used: bigint } | null> {
  const { rows } = await sql<{ perWithdrawalMax: bigint; dailyMax: bigint; used: bigint }>`
    SELECT l.per_withdrawal_max AS "perWithdrawalMax", l.daily_max AS "dailyMax", coalesce(u.amount, (
             SELECT coalesce(sum(w.amount), 0) FROM withdrawal w
              WHERE w.organisation_id = l.organisation_id AND w.asset_id = l.asset_id
                AND w.state NOT IN ('CANCELED', 'FAILED') AND w.id >= ${lowestUuidAt(startOfSeoulDay(at))})) AS used
      FROM withdrawal_limit l
      LEFT JOIN withdrawal_usage u ON u.organisation_id = l.organisation_id AND u.asset_id = l.asset_id
       AND u.day = (${at.toISOString()}::timestamptz AT TIME ZONE 'Asia/Seoul')::date
     WHERE l.organisation_id = ${of.organisationId} AND l.asset_id = ${of.assetId}`.execute(db);
  return rows[0] ?? null;
}

/** Sets the ceilings of an organisation for an asset, in its smallest unit; they hold from the next request on. */
export async function upsertLimit(
  db: Queryable,
  limit: { organisationId: string; assetId: string; perWithdrawalMax: bigint; dailyMax: bigint },
): Promise<void> {
  await sql`
    INSERT INTO withdrawal_limit (organisation_id, asset_id, per_withdrawal_max, daily_max)
    VALUES (${limit.organisationId}, ${limit.assetId}, ${limit.perWithdrawalMax}, ${limit.dailyMax})
    ON CONFLICT (organisation_id, asset_id) DO UPDATE
       SET per_withdrawal_max = excluded.per_withdrawal_max, daily_max = excluded.daily_max`.execute(db);
}
