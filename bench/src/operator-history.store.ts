import type { Database } from '@naru/db/database.ts';
import { withTransaction } from '@naru/db/database.ts';
import { sql } from 'kysely';

/** Withdrawals in one chain transaction of the made-up history. */
const BATCH = 200;
/** Rows of a made-up bulk file. */
const FILE_ROWS = 10_000;
/** Organisations beside the one that calls. */
export const OTHER_ORGANISATIONS = 50;

/**
 * Writes `count` withdrawals of many organisations straight into the tables, laid out so that each filter of the
 * operators' list has a value that nearly all rows have, one that few have, and one that only the oldest have: those are
 * what a list that is read from its newest end finds last. No events and no ledger rows.
 */
export async function insertOperatorHistory(
  db: Database,
  history: { assetIds: readonly [string, string, string]; first: number; count: number; total: number },
): Promise<void> {
  const { assetIds, first, count, total } = history;
  const last = first + count - 1;
  await withTransaction(db, async (tx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(tx);
    await sql`SET LOCAL statement_timeout = '20min'`.execute(tx);
    await sql`
      INSERT INTO organisation (id, name)
      SELECT md5('organisation' || n)::uuid, 'Desk ' || n FROM generate_series(0, ${OTHER_ORGANISATIONS}::integer - 1) n
      ON CONFLICT DO NOTHING`.execute(tx);
    await sql`
      INSERT INTO sub_account (id, chain_id, address)
      SELECT md5('payer' || n)::uuid, 'localhost', '0x' || repeat('7', 39) || n FROM generate_series(0, 4) n
      ON CONFLICT DO NOTHING`.execute(tx);
    await sql`
      INSERT INTO bulk_withdrawal (id, organisation_id, total, completed_at)
      SELECT md5('file' || n)::uuid, md5('organisation0')::uuid, ${FILE_ROWS}, now()
        FROM generate_series(${first}::integer / ${FILE_ROWS}, ${last}::integer / ${FILE_ROWS}) AS n
      ON CONFLICT DO NOTHING`.execute(tx);
    await sql`
      INSERT INTO chain_tx (id, chain_id, sub_account_id, nonce, kind, asset_id, priority, item_count, amount, to_address,
                            data, value_wei, gas, gas_per_item, state, block_number, block_hash, mined_attempt, outcomes)
      SELECT md5('tx' || n)::uuid, 'localhost', md5('payer' || CASE WHEN n < 10 THEN 4 ELSE n % 4 END)::uuid, n, 'PAYOUT',
             ${assetIds[0]}, 'STANDARD', ${BATCH}, 1, '0x' || repeat('1', 40), ''::bytea, 0, 1000000, 100000, 'EXECUTED',
             n, '0x' || md5('block' || n), 1, decode(repeat('01', ${BATCH}), 'hex')
        FROM generate_series(${first}::integer / ${BATCH}, ${last}::integer / ${BATCH}) AS n`.execute(tx);
    await sql`
      INSERT INTO chain_tx_attempt (chain_tx_id, number, purpose, hash, raw, fee_per_gas_wei_max, tip_per_gas_wei)
      SELECT md5('tx' || n)::uuid, 1, 'PAY', '0x' || md5('a' || n) || md5('b' || n), ''::bytea, 1, 1
        FROM generate_series(${first}::integer / ${BATCH}, ${last}::integer / ${BATCH}) AS n`.execute(tx);
    await sql`
      INSERT INTO withdrawal (id, organisation_id, chain_id, asset_id, to_address, amount, priority, reference, state,
                              version, bulk_id, bulk_row, chain_tx_id, chain_tx_position, plan_count, failure_code,
                              failure_message, failure_retryable, created_at, updated_at, confirmed_at)
      SELECT r.id,
             md5('organisation' || CASE WHEN r.n % 100 < 85 THEN 0 ELSE r.n % ${OTHER_ORGANISATIONS} END)::uuid,
             split_part(r.asset_id, ':', 1), r.asset_id, r.to_address, r.amount, r.priority, r.reference, r.state, 9,
             CASE WHEN r.n / ${FILE_ROWS}::integer % 4 = 1 THEN md5('file' || r.n / ${FILE_ROWS})::uuid END,
             CASE WHEN r.n / ${FILE_ROWS}::integer % 4 = 1 THEN r.n % ${FILE_ROWS} + 1 END,
             CASE WHEN r.planned THEN md5('tx' || r.n / ${BATCH})::uuid END, CASE WHEN r.planned THEN r.n % ${BATCH} END, 1,
             CASE WHEN r.state = 'FAILED' THEN r.failure END,
             CASE WHEN r.state = 'FAILED' THEN 'The transfer was refused.' END,
             CASE WHEN r.state = 'FAILED' THEN true END, t.at, t.at, CASE WHEN r.state = 'CONFIRMED' THEN t.at END
        FROM (SELECT s.*, s.state NOT IN ('PENDING', 'VALIDATING', 'REVIEW', 'CANCELED') AS planned
                FROM (SELECT n, uuidv7(-(interval '1 minute' + (${last}::integer - n) * interval '10 milliseconds')) AS id,
                             CASE WHEN n < ${total}::integer / 20 THEN ${assetIds[1]} WHEN n % 2000 = 7 THEN ${assetIds[2]}
                                  ELSE ${assetIds[0]} END AS asset_id,
                             CASE WHEN n % 20 = 3 THEN '0x' || repeat('9', 40)
                                  ELSE '0x' || translate(left(md5('to' || n / 5) || md5('too' || n / 5), 40), 'abcdef', '123456')
                             END AS to_address,
                             1000000 + ('x' || left(md5('amount' || n), 7))::bit(28)::bigint AS amount,
                             CASE WHEN n < 1000 THEN 'EMERGENCY' WHEN n % 50 = 9 THEN 'VIP' ELSE 'STANDARD' END AS priority,
                             CASE WHEN n < ${total}::integer / 10 THEN 'legacy-' || n ELSE 'order-' || n END AS reference,
                             CASE WHEN n < 100 THEN 'attempts_exhausted' ELSE 'transfer_rejected' END AS failure,
                             CASE WHEN ${total}::integer - n <= 5000
                                  THEN (ARRAY['PENDING', 'VALIDATING', 'REVIEW', 'SIGNING', 'SIGNED', 'BROADCASTING',
                                              'BROADCASTED', 'CONFIRMING'])[1 + n % 8]
                                  WHEN n % 100 = 99 THEN 'CANCELED' WHEN n % 100 >= 97 THEN 'FAILED'
                                  ELSE 'CONFIRMED' END AS state
                        FROM generate_series(${first}::integer, ${last}::integer) AS n) s) r,
             LATERAL (SELECT uuid_extract_timestamp(r.id) AS at) t`.execute(tx);
    await sql`
      INSERT INTO dead_letter (id, kind, subject, cause, detail)
      SELECT uuidv7(), 'WITHDRAWAL', w.id::text, 'attempts_exhausted', 'history'
        FROM withdrawal w
       WHERE w.state = 'FAILED' AND w.reference IN (SELECT 'legacy-' || n FROM generate_series(0, 1000) n)
      ON CONFLICT DO NOTHING`.execute(tx);
  });
  for (const table of ['withdrawal', 'chain_tx', 'chain_tx_attempt'])
    await sql`VACUUM (ANALYZE) ${sql.table(table)}`.execute(db);
}

/** Some withdrawals, spread evenly over all of them: what to search for. */
export async function sampleOperatorHistory(
  db: Database,
  total: number,
  count: number,
): Promise<{ id: string; to: string; reference: string; bulkId: string | null; hash: string | null }[]> {
  const wanted = Array.from({ length: count }, (_, index) => Math.floor((index * total) / count));
  const { rows } = await sql<{
    id: string;
    to: string;
    reference: string;
    bulkId: string | null;
    hash: string | null;
  }>`
    SELECT w.id, w.to_address AS "to", w.reference, w.bulk_id AS "bulkId", t.hash
      FROM withdrawal w LEFT JOIN chain_tx_attempt t ON t.chain_tx_id = w.chain_tx_id
     WHERE w.reference IN (SELECT CASE WHEN n < ${total}::integer / 10 THEN 'legacy-' || n ELSE 'order-' || n END
                             FROM unnest(${wanted}::integer[]) n)`.execute(db);
  return rows;
}
