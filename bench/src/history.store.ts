import type { Database } from '@naru/db/database.ts';
import { withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { sql } from 'kysely';

/** Withdrawals in one chain transaction of the made-up history. */
const BATCH = 200;
/** Each recipient was paid this often, whatever the size: a search by recipient then finds as many in both sizes. */
export const PAYMENTS_OF_A_RECIPIENT = 5;

/**
 * Writes `count` withdrawals in final states straight into the tables, with the chain transactions that paid them:
 * 97 % CONFIRMED, 2 % FAILED, 1 % CANCELED, the newest a minute ago, 10 ms apart. Triggers and foreign keys are off for
 * this session (history needs no proof of its steps); constraints and indexes are not. No events and no ledger rows:
 * lists read neither. `organisationId`: UUID. `first`: number of the first one; counts on from an earlier call.
 */
export async function insertHistory(
  db: Database,
  history: { organisationId: string; chainId: string; assetId: string; first: number; count: number },
): Promise<void> {
  const { organisationId, chainId, assetId, first, count } = history;
  const last = first + count - 1;
  await withTransaction(db, async (tx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(tx);
    await sql`SET LOCAL statement_timeout = '10min'`.execute(tx);
    await sql`
      INSERT INTO chain_tx (id, chain_id, sub_account_id, nonce, kind, asset_id, priority, item_count, amount, to_address,
                            data, value_wei, gas, gas_per_item, state, block_number, block_hash, mined_attempt, outcomes)
      SELECT md5('tx' || n)::uuid, ${chainId}, s.id, 1000000 + n, 'PAYOUT', ${assetId}, 'STANDARD', ${BATCH}, 1,
             '0x' || repeat('1', 40), ''::bytea, 0, 1000000, 100000, 'EXECUTED', n, '0x' || md5('block' || n), 1,
             decode(repeat('01', ${BATCH}), 'hex')
        FROM generate_series(${first}::integer / ${BATCH}, ${last}::integer / ${BATCH}) AS n,
             (SELECT id FROM sub_account ORDER BY address LIMIT 1) s`.execute(tx);
    await sql`
      INSERT INTO chain_tx_attempt (chain_tx_id, number, purpose, hash, raw, fee_per_gas_wei_max, tip_per_gas_wei)
      SELECT md5('tx' || n)::uuid, 1, 'PAY', '0x' || md5('a' || n) || md5('b' || n), ''::bytea, 1, 1
        FROM generate_series(${first}::integer / ${BATCH}, ${last}::integer / ${BATCH}) AS n`.execute(tx);
    await sql`
      INSERT INTO withdrawal (id, organisation_id, chain_id, asset_id, to_address, amount, priority, reference, state,
                              version, chain_tx_id, chain_tx_position, plan_count, failure_code, failure_message,
                              failure_retryable, created_at, updated_at, confirmed_at)
      SELECT r.id, ${organisationId}, ${chainId}, ${assetId}, r.to_address, 1000000 + r.n, 'STANDARD', 'order-' || r.n,
             r.state, 9, CASE WHEN r.state <> 'CANCELED' THEN md5('tx' || r.n / ${BATCH})::uuid END,
             CASE WHEN r.state <> 'CANCELED' THEN r.n % ${BATCH} END, 1,
             CASE WHEN r.state = 'FAILED' THEN 'transfer_rejected' END,
             CASE WHEN r.state = 'FAILED' THEN 'The transfer was refused.' END,
             CASE WHEN r.state = 'FAILED' THEN true END, t.at, t.at, CASE WHEN r.state = 'CONFIRMED' THEN t.at END
        FROM (SELECT n, uuidv7(-(interval '1 minute' + (${last}::integer - n) * interval '10 milliseconds')) AS id,
                     -- Digits only: such an address is its own EIP-55 form.
                     '0x' || translate(left(md5('to' || n / ${PAYMENTS_OF_A_RECIPIENT}::integer)
                                            || md5('too' || n / ${PAYMENTS_OF_A_RECIPIENT}::integer), 40), 'abcdef', '123456')
                       AS to_address,
                     CASE WHEN n % 100 = 99 THEN 'CANCELED' WHEN n % 100 >= 97 THEN 'FAILED' ELSE 'CONFIRMED' END AS state
                FROM generate_series(${first}::integer, ${last}::integer) AS n) r,
             LATERAL (SELECT uuid_extract_timestamp(r.id) AS at) t`.execute(tx);
  });
  // What autovacuum would have done by the time such a history has come together.
  await sql`VACUUM (ANALYZE) withdrawal`.execute(db);
  await sql`VACUUM (ANALYZE) chain_tx`.execute(db);
  await sql`VACUUM (ANALYZE) chain_tx_attempt`.execute(db);
}

/**
 * Adds to a history what lists do not read, but writers go past: the first and the last event of each withdrawal that
 * has none, and its hold and resolution, between two ledger accounts of their own.
 */
export async function insertHistoryBooks(db: Database, assetId: string): Promise<void> {
  const [payer, payee] = await makeHistoryAccounts(db, assetId);
  await withTransaction(db, async (tx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(tx);
    await sql`SET LOCAL statement_timeout = '10min'`.execute(tx);
    await sql`
      CREATE TEMPORARY TABLE fresh ON COMMIT DROP AS
      SELECT w.id, w.amount, w.state, w.created_at, row_number() OVER (ORDER BY w.id) AS n
        FROM withdrawal w
       WHERE NOT EXISTS (SELECT 1 FROM withdrawal_event e WHERE e.withdrawal_id = w.id)`.execute(tx);
    await sql`
      INSERT INTO withdrawal_event (withdrawal_id, version, from_state, to_state, actor, reason, at)
      SELECT f.id, s.version, s.from_state, s.to_state, 'system:monitor', 'history', f.created_at
        FROM fresh f
       CROSS JOIN LATERAL (VALUES (1, NULL, 'PENDING'), (9, 'CONFIRMING', f.state)) AS s (version, from_state, to_state)
       ORDER BY f.id`.execute(tx);
    await sql`
      INSERT INTO ledger_transfer (id, kind, pending_id, debit_account_id, credit_account_id, asset_id, amount,
                                   debit_version, credit_version, reason, reference_id, created_at)
      SELECT CASE s.kind WHEN 'PENDING' THEN f.id ELSE md5('end' || f.id)::uuid END, s.kind,
             CASE s.kind WHEN 'PENDING' THEN NULL ELSE f.id END, ${payer}, ${payee}, ${assetId}, f.amount,
             b.before + 2 * f.n + s.step, b.before + 2 * f.n + s.step, 'WITHDRAWAL', f.id, f.created_at
        FROM fresh f
       CROSS JOIN (SELECT coalesce(max(debit_version), 0) AS before FROM ledger_transfer WHERE debit_account_id = ${payer}) b
       CROSS JOIN LATERAL (VALUES ('PENDING', 0), (CASE f.state WHEN 'CONFIRMED' THEN 'POST' ELSE 'VOID' END, 1))
         AS s (kind, step)
       ORDER BY f.id`.execute(tx);
  });
  await sql`VACUUM (ANALYZE) withdrawal_event`.execute(db);
  await sql`VACUUM (ANALYZE) ledger_transfer`.execute(db);
}

async function makeHistoryAccounts(db: Database, assetId: string): Promise<[string, string]> {
  const ids: string[] = [];
  for (const name of ['History, payer', 'History, payee']) {
    await sql`
      INSERT INTO organisation (id, name) VALUES (uuidv7(), ${name}) ON CONFLICT (name) DO NOTHING`.execute(
      db,
    );
    await sql`
      INSERT INTO ledger_account (id, kind, organisation_id, asset_id, may_overdraw)
      SELECT uuidv7(), 'CUSTOMER', o.id, ${assetId}, false FROM organisation o WHERE o.name = ${name}
      ON CONFLICT (kind, organisation_id, asset_id) DO NOTHING`.execute(db);
    const { rows } = await sql<{ id: string }>`
      SELECT a.id FROM ledger_account a JOIN organisation o ON o.id = a.organisation_id
       WHERE o.name = ${name} AND a.asset_id = ${assetId}`.execute(db);
    ids.push(assertPresent(rows[0], name).id);
  }
  return [assertPresent(ids[0], 'payer'), assertPresent(ids[1], 'payee')];
}

/** Some withdrawals, spread evenly over all of them: what to search for. */
export async function sampleHistory(
  db: Database,
  total: number,
  count: number,
): Promise<{ id: string; to: string; reference: string }[]> {
  const wanted = Array.from({ length: count }, (_, index) => `order-${Math.floor((index * total) / count)}`);
  const { rows } = await sql<{ id: string; to: string; reference: string }>`
    SELECT id, to_address AS "to", reference FROM withdrawal WHERE reference = ANY (${wanted}::text[])`.execute(
    db,
  );
  return rows;
}
