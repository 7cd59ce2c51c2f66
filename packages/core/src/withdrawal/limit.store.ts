import type { Queryable } from '@naru/db/database.ts';
import { sql } from 'kysely';

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
