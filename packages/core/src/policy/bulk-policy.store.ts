import type { Queryable, Tx } from '@naru/db/database.ts';
import { type RawBuilder, sql } from 'kysely';
import type { AssetValue } from '../exchange-rate/value-in-krw.ts';

/** A row of a file whose address cannot be paid: the first of how many. */
export type BadDestination = { row: number; to: string; count: number; since: Date | null };

async function firstOf(db: Queryable, rows: RawBuilder<unknown>): Promise<BadDestination | null> {
  const found = await sql<BadDestination>`
    SELECT b.row, b.address AS "to", b.since, count(*) OVER ()::integer AS count
      FROM (${rows}) AS b (row, address, since) ORDER BY b.row LIMIT 1`.execute(db);
  return found.rows[0] ?? null;
}

export async function findBlockedDraft(db: Queryable, bulkId: string): Promise<BadDestination | null> {
  return await firstOf(
    db,
    sql`SELECT d.row, d.to_address, NULL::timestamptz FROM bulk_draft d
         WHERE d.bulk_id = ${bulkId}
           AND EXISTS (SELECT 1 FROM blocked_address b WHERE b.address = d.to_address
                          AND (b.chain_id IS NULL OR b.chain_id = d.chain_id))`,
  );
}

/** A row whose address is not in the book, or for so short a time that it is cooling off. */
export async function findDraftOutsideBook(
  db: Queryable,
  draft: { bulkId: string; organisationId: string },
  addedBefore: Date,
): Promise<BadDestination | null> {
  return await firstOf(
    db,
    sql`SELECT d.row, d.to_address, e.created_at FROM bulk_draft d
          LEFT JOIN address_book_entry e ON e.organisation_id = ${draft.organisationId} AND e.chain_id = d.chain_id
                AND e.address = d.to_address AND e.removed_at IS NULL
         WHERE d.bulk_id = ${draft.bulkId} AND (e.id IS NULL OR e.created_at > ${addedBefore})`,
  );
}

/** Rows and values of an asset as arrays: without numerator where the asset has no value. */
function valuesTable(values: ReadonlyMap<string, AssetValue>): RawBuilder<unknown> {
  const list = [...values];
  const part = (name: 'numerator' | 'denominator') =>
    list.map(([, value]) => (value.kind === 'valued' ? value[name].toString() : null));
  return sql`unnest(${list.map(([assetId]) => assetId)}::text[], ${part('numerator')}::numeric[],
                    ${part('denominator')}::numeric[]) AS v (asset_id, numerator, denominator)`;
}

/** As `roundUpToWon`: a quotient of whole numbers, rounded up. */
const KRW = sql`div(d.amount * v.numerator + v.denominator - 1, v.denominator)`;

/** Null: some row has no value. */
export async function sumDraftValues(
  db: Queryable,
  bulkId: string,
  values: ReadonlyMap<string, AssetValue>,
): Promise<{ amountKrw: bigint; largestKrw: bigint | null }> {
  const { rows } = await sql<{ amountKrw: bigint; largestKrw: bigint | null }>`
    SELECT coalesce(sum(${KRW}), 0) AS "amountKrw", max(${KRW}) AS "largestKrw"
      FROM bulk_draft d JOIN ${valuesTable(values)} ON v.asset_id = d.asset_id
     WHERE d.bulk_id = ${bulkId}`.execute(db);
  return rows[0] ?? { amountKrw: 0n, largestKrw: null };
}

/** Keeps what each row is worth, once the withdrawals are there. */
export async function insertDraftValues(
  tx: Tx,
  bulk: { bulkId: string; organisationId: string; tierCode: string | null },
  values: ReadonlyMap<string, AssetValue>,
  rates: ReadonlyMap<string, string>,
  at: Date,
): Promise<void> {
  await sql`
    INSERT INTO withdrawal_value (withdrawal_id, organisation_id, amount_krw, rates, tier_code, counted_on)
    SELECT d.withdrawal_id, ${bulk.organisationId}, ${KRW}, r.rates, ${bulk.tierCode},
           (${at.toISOString()}::timestamptz AT TIME ZONE 'Asia/Seoul')::date
      FROM bulk_draft d
      JOIN ${valuesTable(values)} ON v.asset_id = d.asset_id
      JOIN unnest(${[...rates.keys()]}::text[], ${[...rates.values()]}::json[]) AS r (asset_id, rates)
        ON r.asset_id = d.asset_id
     WHERE d.bulk_id = ${bulk.bulkId}`.execute(tx);
}
