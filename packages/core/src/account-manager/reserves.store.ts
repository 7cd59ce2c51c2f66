import type { Database, Queryable, Tx } from '@naru/db/database.ts';
import { sql } from 'kysely';
import type { SubAccount } from '../sub-account/sub-account.store.ts';
import { WAITING_ROWS_MAX } from './account-manager.limits.ts';
import { readThresholds } from './account-threshold.store.ts';
import type { Threshold } from './account-threshold.ts';
import type { AccountTransferState, TransferPurpose } from './account-transfer.machine.ts';
import { readNewestNumber } from './account-transfer.store.ts';
import type { Waiting } from './decide-moves.ts';

/** What the database knows of a chain's accounts, all in one snapshot, as of the block up to which the monitor has read. */
export type ReserveFacts = {
  block: bigint;
  /** Of the newest transfer. */
  number: bigint;
  /** The highest block that holds the end of a transfer; null: none. Balances older than this would be decided on twice. */
  newestEndBlock: bigint | null;
  accounts: (SubAccount & { openCount: number })[];
  /** Under way out of an account and not in `block`, transfers that wait to be planned included; smallest unit. */
  outgoing: { accountId: string; assetId: string; amount: bigint }[];
  /** Coin that transactions not in `block` may burn. */
  gas: { accountId: string; wei: bigint }[];
  /** Transfers under way to an account and not in `block`. */
  incoming: { accountId: string; assetId: string; purpose: TransferPurpose; amount: bigint }[];
  thresholds: Threshold[];
  waiting: ({ assetId: string } & Waiting)[];
  /** The newest transfer of each subject, asset and purpose. */
  newest: {
    subjectId: string;
    assetId: string;
    purpose: TransferPurpose;
    state: AccountTransferState;
    failuresBefore: number;
    endedMsAgo: number | null;
  }[];
};

/** Is there anything to look after? Cheap, for every look: most chains have payout accounts only. */
export async function isManaged(db: Queryable, chainId: string): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM sub_account
     WHERE chain_id = ${chainId} AND state IN ('ACTIVE', 'PAUSED') AND (role <> 'PAYOUT' OR drain_at IS NOT NULL)
     LIMIT 1`.execute(db);
  return rows.length > 0;
}

/** Null: no monitor has read the chain so far. */
export async function readReserveFacts(db: Database, chainId: string): Promise<ReserveFacts | null> {
  return await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      const block = await readScanned(tx, chainId);
      if (block === null) return null;
      return {
        block,
        number: await readNewestNumber(tx, chainId),
        newestEndBlock: await readNewestEndBlock(tx, chainId),
        accounts: await readAccounts(tx, chainId),
        ...(await readUnderWay(tx, chainId, block)),
        thresholds: await readThresholds(tx, chainId),
        waiting: await readWaiting(tx, chainId),
        newest: await readNewest(tx, chainId),
      };
    });
}

async function readScanned(tx: Tx, chainId: string): Promise<bigint | null> {
  const { rows } = await sql<{ scanned: bigint }>`
    SELECT scanned_number AS scanned FROM chain_cursor WHERE chain_id = ${chainId}`.execute(tx);
  return rows[0]?.scanned ?? null;
}

async function readNewestEndBlock(tx: Tx, chainId: string): Promise<bigint | null> {
  const { rows } = await sql<{ block: bigint | null }>`
    SELECT max(x.block_number) AS block
      FROM (SELECT DISTINCT ON (subject_account_id, asset_id, purpose) chain_tx_id FROM account_transfer
             WHERE chain_id = ${chainId} AND chain_tx_id IS NOT NULL
             ORDER BY subject_account_id, asset_id, purpose, number DESC) t
      JOIN chain_tx x ON x.id = t.chain_tx_id AND x.final_at IS NOT NULL`.execute(tx);
  return rows[0]?.block ?? null;
}

async function readAccounts(tx: Tx, chainId: string): Promise<ReserveFacts['accounts']> {
  const { rows } = await sql<ReserveFacts['accounts'][number]>`
    SELECT s.id, s.chain_id AS "chainId", s.address, s.next_nonce AS "nextNonce", s.role, s.state,
           s.pause_reason AS "pauseReason", s.drain_at AS "drainAt",
           (SELECT count(*) FROM chain_tx x WHERE x.chain_id = s.chain_id AND x.sub_account_id = s.id
               AND x.state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED'))::integer
           + (SELECT count(*) FROM account_transfer t WHERE t.chain_id = s.chain_id AND t.state IN ('PENDING', 'PLANNED')
                 AND s.id IN (t.from_account_id, t.to_account_id))::integer AS "openCount"
      FROM sub_account s WHERE s.chain_id = ${chainId} AND s.state IN ('ACTIVE', 'PAUSED') ORDER BY s.address`.execute(
    tx,
  );
  return rows;
}

async function readUnderWay(
  tx: Tx,
  chainId: string,
  block: bigint,
): Promise<Pick<ReserveFacts, 'outgoing' | 'gas' | 'incoming'>> {
  const isAhead = sql`(x.block_number IS NULL OR x.block_number > ${block})`;
  const isOpen = sql`x.state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED')`;
  const outgoing = await sql<ReserveFacts['outgoing'][number]>`
    SELECT "accountId", "assetId", sum(amount) AS amount FROM (
      SELECT x.sub_account_id AS "accountId", x.asset_id AS "assetId", x.amount FROM chain_tx x
       WHERE x.chain_id = ${chainId} AND ${isOpen} AND ${isAhead}
      UNION ALL
      SELECT from_account_id, asset_id, amount FROM account_transfer
       WHERE chain_id = ${chainId} AND state = 'PENDING') m
     GROUP BY 1, 2`.execute(tx);
  const gas = await sql<ReserveFacts['gas'][number]>`
    SELECT x.sub_account_id AS "accountId", coalesce(sum(x.gas * f.fee), 0) AS wei
      FROM chain_tx x
      JOIN LATERAL (SELECT max(fee_per_gas_wei_max) AS fee FROM chain_tx_attempt WHERE chain_tx_id = x.id) f ON true
     WHERE x.chain_id = ${chainId} AND ${isOpen} AND ${isAhead} GROUP BY 1`.execute(tx);
  const incoming = await sql<ReserveFacts['incoming'][number]>`
    SELECT t.to_account_id AS "accountId", t.asset_id AS "assetId", t.purpose, sum(t.amount) AS amount
      FROM account_transfer t LEFT JOIN chain_tx x ON x.id = t.chain_tx_id
     WHERE t.chain_id = ${chainId} AND t.state IN ('PENDING', 'PLANNED') AND ${isAhead} GROUP BY 1, 2, 3`.execute(
    tx,
  );
  return { outgoing: outgoing.rows, gas: gas.rows, incoming: incoming.rows };
}

async function readWaiting(tx: Tx, chainId: string): Promise<ReserveFacts['waiting']> {
  const { rows } = await sql<ReserveFacts['waiting'][number]>`
    SELECT a.id AS "assetId", count(w.amount)::integer AS count, coalesce(sum(w.amount), 0) AS total,
           coalesce(max(w.amount), 0) AS largest
      FROM asset a
     CROSS JOIN LATERAL (
           SELECT amount FROM withdrawal WHERE state = 'VALIDATING' AND chain_id = ${chainId} AND asset_id = a.id
              AND not_before <= now() LIMIT ${WAITING_ROWS_MAX}) w
     WHERE a.chain_id = ${chainId} AND a.enabled GROUP BY a.id`.execute(tx);
  return rows;
}

async function readNewest(tx: Tx, chainId: string): Promise<ReserveFacts['newest']> {
  const { rows } = await sql<ReserveFacts['newest'][number]>`
    SELECT s.id AS "subjectId", a.id AS "assetId", p.purpose, t.state, t.failures_before AS "failuresBefore",
           (extract(epoch FROM clock_timestamp() - t.ended_at) * 1000)::float8 AS "endedMsAgo"
      FROM sub_account s
      JOIN asset a ON a.chain_id = s.chain_id
     CROSS JOIN unnest(ARRAY['TOP_UP', 'SWEEP', 'GAS', 'DRAIN']) AS p (purpose)
      JOIN LATERAL (SELECT * FROM account_transfer t WHERE t.subject_account_id = s.id AND t.asset_id = a.id
                       AND t.purpose = p.purpose ORDER BY t.number DESC LIMIT 1) t ON true
     WHERE s.chain_id = ${chainId} AND s.state IN ('ACTIVE', 'PAUSED')`.execute(tx);
  return rows;
}

/** ACTIVE → DRAINED for draining accounts of which nothing is under way. Returns the addresses. */
export async function markDrained(tx: Tx, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<{ address: string }>`
    UPDATE sub_account s SET state = 'DRAINED'
     WHERE s.id = ANY (${[...ids]}::uuid[]) AND s.state = 'ACTIVE' AND s.drain_at IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM chain_tx x WHERE x.chain_id = s.chain_id AND x.sub_account_id = s.id
                          AND x.state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED'))
       AND NOT EXISTS (SELECT 1 FROM account_transfer t WHERE t.chain_id = s.chain_id
                          AND t.state IN ('PENDING', 'PLANNED') AND s.id IN (t.from_account_id, t.to_account_id))
    RETURNING s.address`.execute(tx);
  return rows.map((row) => row.address);
}
