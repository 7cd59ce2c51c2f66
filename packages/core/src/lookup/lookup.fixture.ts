import { type Database, withTransaction } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { upsertAsset } from '../chain/chain.store.ts';

/** Rows of `withdrawal` that `insertVariety` makes. */
export const VARIETY_ROWS = 120;
export const BUSY: string = `0x${'9'.repeat(40)}`;

/**
 * Withdrawals of three organisations in every state, with everything that can be filtered for, straight into the tables:
 * how they came to their states is no matter of a list.
 */
export async function insertVariety(db: Database): Promise<void> {
  await upsertAsset(db, {
    chainId: 'polygon-amoy',
    code: 'USDC',
    symbol: 'USDC',
    address: '0x000000000000000000000000000000000000c0de',
    decimals: 2,
    minimum: 1n,
    enabled: true,
    gasPerItem: 27_500n,
    transferGasMax: 100_000n,
  });
  await withTransaction(db, async (tx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(tx);
    await sql`
      INSERT INTO organisation (id, name)
      SELECT md5('organisation' || n)::uuid, 'Desk ' || n FROM generate_series(0, 2) n`.execute(tx);
    await sql`
      INSERT INTO sub_account (id, chain_id, address)
      SELECT md5('payer' || n)::uuid, 'localhost', '0x' || repeat('7', 39) || n FROM generate_series(0, 1) n`.execute(
      tx,
    );
    await sql`
      INSERT INTO chain_tx (id, chain_id, sub_account_id, nonce, kind, asset_id, priority, item_count, amount, to_address,
                            data, value_wei, gas, gas_per_item, state)
      SELECT md5('tx' || n)::uuid, 'localhost', md5('payer' || n % 2)::uuid, n, 'PAYOUT', 'localhost:USDC', 'STANDARD', 1, 1,
             ${BUSY}, ''::bytea, 0, 1000000, 100000, 'BROADCASTED'
        FROM generate_series(0, ${VARIETY_ROWS}::integer) AS n`.execute(tx);
    await sql`
      INSERT INTO chain_tx_attempt (chain_tx_id, number, purpose, hash, raw, fee_per_gas_wei_max, tip_per_gas_wei)
      SELECT md5('tx' || n)::uuid, 1, 'PAY', '0x' || md5('a' || n) || md5('b' || n), ''::bytea, 1, 1
        FROM generate_series(0, ${VARIETY_ROWS}::integer) AS n`.execute(tx);
    await sql`
      INSERT INTO withdrawal (id, organisation_id, chain_id, asset_id, to_address, amount, priority, reference, state,
                              bulk_id, bulk_row, chain_tx_id, chain_tx_position, failure_code, failure_message,
                              failure_retryable, created_at, confirmed_at)
      SELECT r.id, md5('organisation' || r.n % 3)::uuid, split_part(r.asset_id, ':', 1), r.asset_id,
             CASE WHEN r.n % 4 = 0 THEN ${BUSY} ELSE '0x' || lpad((1000 + r.n / 2)::text, 40, '1') END, 100 * (1 + r.n % 50),
             (ARRAY['STANDARD', 'STANDARD', 'VIP', 'EMERGENCY'])[1 + r.n / 3 % 4],
             (ARRAY[NULL, 'order-' || r.n, 'Order-' || r.n, '주문-' || r.n, 'order-1'])[1 + r.n % 5], r.state,
             CASE WHEN r.n % 6 = 0 THEN md5('file')::uuid END, CASE WHEN r.n % 6 = 0 THEN r.n END,
             CASE WHEN r.planned THEN md5('tx' || r.n)::uuid END, CASE WHEN r.planned THEN 0 END,
             CASE WHEN r.state = 'FAILED' THEN (ARRAY['transfer_rejected', 'released'])[1 + r.n / 11 % 2] END,
             CASE WHEN r.state = 'FAILED' THEN 'why' END, CASE WHEN r.state = 'FAILED' THEN true END,
             uuid_extract_timestamp(r.id), CASE WHEN r.state = 'CONFIRMED' THEN now() END
        FROM (SELECT s.*, s.state NOT IN ('PENDING', 'VALIDATING', 'REVIEW', 'CANCELED') AS planned
                FROM (SELECT n, uuidv7(-(interval '1 hour' - n * interval '10 seconds')) AS id,
                             (ARRAY['localhost:USDC', 'localhost:ETH', 'polygon-amoy:USDC'])[1 + n / 7 % 3] AS asset_id,
                             (ARRAY['PENDING', 'VALIDATING', 'REVIEW', 'SIGNING', 'SIGNED', 'BROADCASTING', 'BROADCASTED',
                                    'CONFIRMING', 'CONFIRMED', 'FAILED', 'CANCELED'])[1 + n % 11] AS state
                        FROM generate_series(1, ${VARIETY_ROWS}::integer) n) s) r`.execute(tx);
    await sql`
      INSERT INTO dead_letter (id, kind, subject, cause, detail, state, closed_at, closed_by, close_reason)
      SELECT uuidv7(), l.kind, l.subject, 'attempts_exhausted', 'in a test',
             CASE WHEN l.open THEN 'OPEN' ELSE 'CLOSED' END, CASE WHEN l.open THEN NULL ELSE now() END,
             CASE WHEN l.open THEN NULL ELSE 'me' END, CASE WHEN l.open THEN NULL ELSE 'done' END
        FROM (SELECT 'WITHDRAWAL' AS kind, w.id::text AS subject, row_number() OVER (ORDER BY w.id) > 3 AS open
                FROM withdrawal w WHERE w.state = 'FAILED'
              UNION ALL SELECT 'CHAIN_TX', md5('tx' || 3)::uuid::text, true
              UNION ALL SELECT 'QUEUE', 'localhost:USDC VALIDATING', true) l`.execute(tx);
    await sql`
      INSERT INTO idempotency_record (organisation_id, key, command, input_hash, resource_id)
      SELECT organisation_id, 'the-key', 'create-withdrawal', sha256('x'), id FROM withdrawal
       WHERE organisation_id = md5('organisation1')::uuid ORDER BY id LIMIT 1`.execute(tx);
    await sql`
      INSERT INTO api_key (id, organisation_id, name, network, prefix, key_hash, scopes, requests_per_minute_max)
      VALUES (${newUuid()}, md5('organisation1')::uuid, 'till', 'test', 'nk_test_ab', sha256('k'), '{admin}', 60)`.execute(
      tx,
    );
  });
}
