import type { Tx } from '@naru/db/database.ts';
import { sql } from 'kysely';

export type NewValue = {
  withdrawalId: string;
  organisationId: string;
  amountKrw: bigint | null;
  rates: Record<string, unknown>;
  tierCode: string | null;
};

/** What accepted withdrawals are worth, and the day of `at` on which a tier counted them. */
export async function insertValues(tx: Tx, values: readonly NewValue[], at: Date): Promise<void> {
  await sql`
    INSERT INTO withdrawal_value (withdrawal_id, organisation_id, amount_krw, rates, tier_code, counted_on)
    SELECT r.*, (${at.toISOString()}::timestamptz AT TIME ZONE 'Asia/Seoul')::date
      FROM unnest(${values.map((one) => one.withdrawalId)}::uuid[], ${values.map((one) => one.organisationId)}::uuid[],
                  ${values.map((one) => one.amountKrw?.toString() ?? null)}::numeric[],
                  ${values.map((one) => JSON.stringify(one.rates))}::json[],
                  ${values.map((one) => one.tierCode)}::text[]) AS r`.execute(tx);
}
