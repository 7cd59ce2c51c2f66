import type { Database, Queryable, Tx } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { sql } from 'kysely';
import type { Priority } from './withdrawal.ts';

export type DraftRow = {
  row: number;
  withdrawalId: string;
  chainId: string;
  assetId: string;
  to: Hex;
  amount: bigint;
  fee: bigint;
  feeScheduleId: string | null;
  priority: Priority;
  reference: string | null;
};

/** Keeps checked rows of a file that is still being read. Drafts reserve nothing and nobody pays them. */
export async function stageDrafts(db: Database, bulkId: string, rows: readonly DraftRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    INSERT INTO bulk_draft (bulk_id, row, withdrawal_id, chain_id, asset_id, to_address, amount, priority, reference,
                            fee, fee_schedule_id)
    SELECT ${bulkId}::uuid, r.*
      FROM unnest(${rows.map((row) => row.row)}::integer[], ${rows.map((row) => row.withdrawalId)}::uuid[],
                  ${rows.map((row) => row.chainId)}::text[], ${rows.map((row) => row.assetId)}::text[],
                  ${rows.map((row) => row.to)}::text[], ${rows.map((row) => row.amount.toString())}::numeric[],
                  ${rows.map((row) => row.priority)}::text[], ${rows.map((row) => row.reference)}::text[],
                  ${rows.map((row) => row.fee.toString())}::numeric[], ${rows.map((row) => row.feeScheduleId)}::uuid[]) AS r`.execute(
    db,
  );
}

export async function dropDrafts(db: Queryable, bulkId: string): Promise<void> {
  await sql`DELETE FROM bulk_draft WHERE bulk_id = ${bulkId}`.execute(db);
}

/** Drafts of readers that died before they could clean up. */
export async function dropAbandonedDrafts(db: Queryable, olderThanMs: number): Promise<void> {
  await sql`DELETE FROM bulk_draft WHERE staged_at < now() - ${olderThanMs} * interval '1 millisecond'`.execute(
    db,
  );
}

export type DraftSum = { assetId: string; amount: bigint; fee: bigint };

export async function sumDrafts(db: Queryable, bulkId: string): Promise<DraftSum[]> {
  const { rows } = await sql<DraftSum>`
    SELECT asset_id AS "assetId", sum(amount) AS amount, sum(fee) AS fee FROM bulk_draft WHERE bulk_id = ${bulkId}
     GROUP BY asset_id ORDER BY asset_id`.execute(db);
  return rows;
}

/**
 * Holds the amounts of the rows first … last of a file, in their order, by `ledger_post`, without a row leaving the
 * database. `accounts`: those of each asset, locked before. Returns how many were held now.
 */
export async function holdDrafts(
  tx: Tx,
  bulkId: string,
  accounts: readonly { assetId: string; customer: string; hotWallet: string }[],
  rows: { first: number; last: number },
): Promise<number> {
  const { rows: counts } = await sql<{ held: number }>`
    SELECT count(*) FILTER (WHERE p.outcome = 'POSTED')::integer AS held
      FROM (SELECT array_agg(d.withdrawal_id ORDER BY d.row) AS ids, array_agg(a.customer ORDER BY d.row) AS debits,
                   array_agg(a.hot_wallet ORDER BY d.row) AS credits, array_agg(d.amount ORDER BY d.row) AS amounts,
                   count(*)::integer AS total
              FROM bulk_draft d
              JOIN unnest(${accounts.map(({ assetId }) => assetId)}::text[],
                          ${accounts.map(({ customer }) => customer)}::uuid[],
                          ${accounts.map(({ hotWallet }) => hotWallet)}::uuid[])
                AS a (asset_id, customer, hot_wallet) ON a.asset_id = d.asset_id
             WHERE d.bulk_id = ${bulkId} AND d.row BETWEEN ${rows.first} AND ${rows.last}) list
     CROSS JOIN LATERAL ledger_post(
             list.ids, array_fill('PENDING'::text, ARRAY[list.total]), array_fill(NULL::uuid, ARRAY[list.total]),
             list.debits, list.credits, list.amounts, array_fill('WITHDRAWAL'::text, ARRAY[list.total]), list.ids) p
     WHERE list.total > 0`.execute(tx);
  return counts[0]?.held ?? 0;
}

/** Holds the fees of the rows first … last that have one, as `holdDrafts` holds their amounts. */
export async function holdDraftFees(
  tx: Tx,
  bulkId: string,
  accounts: readonly { assetId: string; customer: string; fee: string | null }[],
  rows: { first: number; last: number },
): Promise<{ held: number; wanted: number }> {
  const { rows: counts } = await sql<{ held: number; wanted: number }>`
    SELECT count(*) FILTER (WHERE p.outcome = 'POSTED')::integer AS held, count(*)::integer AS wanted
      FROM (SELECT array_agg(fee_hold_id(d.withdrawal_id) ORDER BY d.row) AS ids,
                   array_agg(d.withdrawal_id ORDER BY d.row) AS withdrawals,
                   array_agg(a.customer ORDER BY d.row) AS debits, array_agg(a.fee ORDER BY d.row) AS credits,
                   array_agg(d.fee ORDER BY d.row) AS fees, count(*)::integer AS total
              FROM bulk_draft d
              JOIN unnest(${accounts.map(({ assetId }) => assetId)}::text[],
                          ${accounts.map(({ customer }) => customer)}::uuid[],
                          ${accounts.map(({ fee }) => fee)}::uuid[])
                AS a (asset_id, customer, fee) ON a.asset_id = d.asset_id
             WHERE d.bulk_id = ${bulkId} AND d.row BETWEEN ${rows.first} AND ${rows.last} AND d.fee > 0) list
     CROSS JOIN LATERAL ledger_post(
             list.ids, array_fill('PENDING'::text, ARRAY[list.total]), array_fill(NULL::uuid, ARRAY[list.total]),
             list.debits, list.credits, list.fees, array_fill('FEE'::text, ARRAY[list.total]), list.withdrawals) p
     WHERE list.total > 0`.execute(tx);
  return counts[0] ?? { held: 0, wanted: 0 };
}

/** The largest amount of each asset: to compare with the ceiling for one withdrawal. */
export async function largestDrafts(db: Queryable, bulkId: string): Promise<Map<string, bigint>> {
  const { rows } = await sql<{ assetId: string; amount: bigint }>`
    SELECT asset_id AS "assetId", max(amount) AS amount FROM bulk_draft WHERE bulk_id = ${bulkId}
     GROUP BY asset_id`.execute(db);
  return new Map(rows.map((row) => [row.assetId, row.amount]));
}

/** Makes withdrawals of all drafts of a file, with their first events. */
export async function acceptDrafts(
  tx: Tx,
  bulk: { id: string; organisationId: string; total: number; actor: string },
): Promise<void> {
  await sql`INSERT INTO bulk_withdrawal (id, organisation_id, total)
            VALUES (${bulk.id}, ${bulk.organisationId}, ${bulk.total})`.execute(tx);
  await sql`
    INSERT INTO withdrawal (id, organisation_id, chain_id, asset_id, to_address, amount, priority, reference, bulk_id,
                            bulk_row, created_at, updated_at, fee, fee_schedule_id)
    SELECT d.withdrawal_id, ${bulk.organisationId}, d.chain_id, d.asset_id, d.to_address, d.amount, d.priority,
           d.reference, d.bulk_id, d.row, t.at, t.at, d.fee, d.fee_schedule_id
      FROM bulk_draft d,
           LATERAL (SELECT uuid_extract_timestamp(d.withdrawal_id) AS at) t
     WHERE d.bulk_id = ${bulk.id} ORDER BY d.row`.execute(tx);
  await sql`
    INSERT INTO withdrawal_event (withdrawal_id, version, from_state, to_state, actor, reason)
    SELECT d.withdrawal_id, 1, NULL, 'PENDING', ${bulk.actor}, 'accepted in a bulk file'
      FROM bulk_draft d WHERE d.bulk_id = ${bulk.id} ORDER BY d.row`.execute(tx);
}

export type DoneBulk = {
  id: string;
  organisationId: string;
  total: number;
  createdAt: Date;
  completedAt: Date;
  counts: Record<string, number>;
};

/**
 * Looks at open files for a row that is not at its end, each from the first that was open at the last look: all looks at a
 * file together read it once. Those without any are completed, as they stand then.
 */
export async function completeOpenBulks(
  tx: Tx,
  page: { after: string | null; limit: number },
): Promise<{ looked: string[]; done: DoneBulk[] }> {
  const { rows: open } = await sql<{ id: string; row: number; openRow: number | null }>`
    SELECT b.id, b.open_row AS row, r.row AS "openRow"
      FROM (SELECT id, open_row FROM bulk_withdrawal
             WHERE completed_at IS NULL AND (${page.after}::uuid IS NULL OR id > ${page.after})
             ORDER BY id LIMIT ${page.limit} FOR UPDATE SKIP LOCKED) b
      LEFT JOIN LATERAL (SELECT w.bulk_row AS row FROM withdrawal w
                          WHERE w.bulk_id = b.id AND w.bulk_row >= b.open_row
                            AND w.state NOT IN ('CONFIRMED', 'FAILED', 'CANCELED')
                          ORDER BY w.bulk_row LIMIT 1) r ON true
     ORDER BY b.id`.execute(tx);
  const looked = open.map(({ id }) => id);
  const moved = open.filter(({ row, openRow }) => openRow !== null && openRow !== row);
  if (moved.length > 0)
    await sql`
      UPDATE bulk_withdrawal b SET open_row = n.open_row
        FROM unnest(${moved.map(({ id }) => id)}::uuid[], ${moved.map(({ openRow }) => openRow)}::integer[])
          AS n (id, open_row) WHERE b.id = n.id`.execute(tx);
  const ended = open.filter(({ openRow }) => openRow === null).map(({ id }) => id);
  if (ended.length === 0) return { looked, done: [] };
  const { rows: done } = await sql<DoneBulk>`
    UPDATE bulk_withdrawal b SET completed_at = r.ended_at
      FROM unnest(${ended}::uuid[]) AS n (id)
      CROSS JOIN LATERAL (
        SELECT max(s.ended_at) AS ended_at, jsonb_object_agg(s.state, s.count) AS counts
          FROM (SELECT state, count(*)::integer AS count, max(updated_at) AS ended_at
                  FROM withdrawal WHERE bulk_id = n.id GROUP BY state) s) r
     WHERE b.id = n.id
    RETURNING b.id, b.organisation_id AS "organisationId", b.total, b.created_at AS "createdAt",
              b.completed_at AS "completedAt", r.counts`.execute(tx);
  return { looked, done };
}
