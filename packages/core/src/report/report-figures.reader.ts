import type { Queryable } from '@naru/db/database.ts';
import { sql } from 'kysely';
import { latencyBounds } from '../overview/latency-bins.ts';
import { findPositionAt } from '../withdrawal/event-log.reader.ts';
import type { WithdrawalState } from '../withdrawal/withdrawal.machine.ts';

/*
 * What a report is made of, each from the rows that say it: the log of events, the ledger, the chain's transactions.
 * Nothing here has an index of its own: the log is bounded by its positions, the ledger by the versions of each account.
 */

export type Span = { from: Date; to: Date };

/** A step of the log may be written this long after the moment that it tells: see `TIME_SKEW_MS` of the log. */
const LATE_MS = 60_000;

/** Withdrawals that did the same in an hour. Amounts in the smallest unit. */
export type FlowRow = {
  slot: Date;
  assetId: string;
  from: WithdrawalState | null;
  to: WithdrawalState;
  failureCode: string | null;
  bin: number | null;
  count: number;
  amount: bigint;
  fee: bigint;
};

/** What was submitted and what ended in a span, by hour, asset and end. */
export async function readFlows(db: Queryable, { from, to }: Span): Promise<FlowRow[]> {
  const low = await findPositionAt(db, from);
  const high = await findPositionAt(db, new Date(to.getTime() + LATE_MS));
  const { rows } = await sql<FlowRow>`
    SELECT date_trunc('hour', e.at) AS slot, w.asset_id AS "assetId", e.from_state AS "from", e.to_state AS "to",
           CASE e.to_state WHEN 'FAILED' THEN w.failure_code END AS "failureCode",
           CASE e.to_state WHEN 'CONFIRMED' THEN width_bucket(
             extract(epoch FROM e.at)::float8
               - ('x' || translate(left(e.withdrawal_id::text, 13), '-', ''))::bit(48)::bigint / 1000.0::float8,
             ${[...latencyBounds]}::float8[]) END AS bin,
           count(*)::integer AS count, sum(w.amount) AS amount, sum(w.fee) AS fee
      FROM withdrawal_event e JOIN withdrawal w ON w.id = e.withdrawal_id
     WHERE e.position > ${low} AND e.position <= ${high} AND e.at >= ${from} AND e.at < ${to}
       AND (e.from_state IS NULL OR e.to_state IN ('CONFIRMED', 'FAILED', 'CANCELED'))
     GROUP BY 1, 2, 3, 4, 5, 6`.execute(db);
  return rows;
}

export type OpenRow = { assetId: string; count: number; amount: bigint };

/** What was open at a moment: of what is open now, and of what has ended since, that which was there by then. */
export async function readOpenAt(db: Queryable, at: Date): Promise<OpenRow[]> {
  const low = await findPositionAt(db, at);
  const { rows } = await sql<OpenRow>`
    SELECT w.asset_id AS "assetId", count(*)::integer AS count, sum(w.amount) AS amount
      FROM (SELECT id FROM withdrawal
             WHERE state IN ('PENDING', 'VALIDATING', 'REVIEW', 'SIGNING', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'CONFIRMING')
            UNION ALL
            SELECT e.withdrawal_id FROM withdrawal_event e
             WHERE e.position > ${low} AND e.at >= ${at} AND e.to_state IN ('CONFIRMED', 'FAILED', 'CANCELED')) o
      JOIN withdrawal w ON w.id = o.id
      JOIN LATERAL (SELECT 1 FROM withdrawal_event b
                     WHERE b.withdrawal_id = o.id AND b.from_state IS NULL AND b.at < ${at} LIMIT 1) b ON true
     GROUP BY w.asset_id`.execute(db);
  return rows;
}

/** Accounts of one kind, asset and reason: what came in and went out in a span, posted. */
export type MovementRow = { assetId: string; holder: string; reason: string; in: bigint; out: bigint };
export type BalanceRow = { assetId: string; holder: string; balance: bigint };

export async function readMovements(db: Queryable, { from, to }: Span): Promise<MovementRow[]> {
  const { rows } = await sql<MovementRow>`
    WITH a AS MATERIALIZED (
      SELECT id, kind, asset_id, ledger_version_at(id, version, ${from}) AS first,
             ledger_version_at(id, version, ${to}) AS after
        FROM ledger_account WHERE version > 0)
    SELECT a.asset_id AS "assetId", a.kind AS holder, t.reason, sum(t.credit) AS "in", sum(t.debit) AS "out"
      FROM a CROSS JOIN LATERAL (
        SELECT reason, 0 AS credit, amount AS debit FROM ledger_transfer
         WHERE debit_account_id = a.id AND debit_version >= a.first AND debit_version < a.after
           AND kind IN ('SINGLE', 'POST')
        UNION ALL
        SELECT reason, amount, 0 FROM ledger_transfer
         WHERE credit_account_id = a.id AND credit_version >= a.first AND credit_version < a.after
           AND kind IN ('SINGLE', 'POST')) t
     GROUP BY 1, 2, 3`.execute(db);
  return rows;
}

/** What the accounts had at a moment: what they say now, less what the rows have moved since. */
export async function readBalancesAt(db: Queryable, at: Date): Promise<BalanceRow[]> {
  const { rows } = await sql<BalanceRow>`
    WITH a AS MATERIALIZED (
      SELECT id, kind, asset_id, credits_posted - debits_posted AS balance,
             ledger_version_at(id, version, ${at}) AS after
        FROM ledger_account)
    SELECT a.asset_id AS "assetId", a.kind AS holder, sum(a.balance - since.moved) AS balance
      FROM a CROSS JOIN LATERAL (
        SELECT coalesce(sum(amount), 0) AS moved FROM (
          SELECT amount FROM ledger_transfer
           WHERE credit_account_id = a.id AND credit_version >= a.after AND kind IN ('SINGLE', 'POST')
          UNION ALL
          SELECT -amount FROM ledger_transfer
           WHERE debit_account_id = a.id AND debit_version >= a.after AND kind IN ('SINGLE', 'POST')) t) since
     GROUP BY 1, 2`.execute(db);
  return rows;
}

/** What the rows before a moment add up to: the opening of the first day that is reported. */
export async function replayBefore(db: Queryable, at: Date): Promise<BalanceRow[]> {
  const moves = await readMovements(db, { from: new Date(0), to: at });
  const sums = new Map<string, BalanceRow>();
  for (const { assetId, holder, in: credit, out: debit } of moves) {
    const key = `${assetId} ${holder}`;
    const balance = (sums.get(key)?.balance ?? 0n) + credit - debit;
    sums.set(key, { assetId, holder, balance });
  }
  return [...sums.values()];
}

export type ChainTxRow = { chain: string; transactions: number; items: number; gasUsed: bigint };

export async function readFinalTransactions(db: Queryable, { from, to }: Span): Promise<ChainTxRow[]> {
  const { rows } = await sql<ChainTxRow>`
    SELECT c.id AS chain, count(*)::integer AS transactions,
           coalesce(sum(x.item_count) FILTER (WHERE x.kind = 'PAYOUT' AND x.state = 'EXECUTED'), 0)::integer AS items,
           coalesce(sum(x.gas_used), 0)::bigint AS "gasUsed"
      FROM chain c JOIN chain_tx x ON x.chain_id = c.id AND x.final_at >= ${from} AND x.final_at < ${to}
     GROUP BY c.id`.execute(db);
  return rows;
}

export async function readCreditedDeposits(db: Queryable, { from, to }: Span): Promise<OpenRow[]> {
  const { rows } = await sql<OpenRow>`
    SELECT asset_id AS "assetId", count(*)::integer AS count, sum(amount) AS amount FROM deposit
     WHERE credited_at >= ${from} AND credited_at < ${to} AND asset_id IS NOT NULL GROUP BY asset_id`.execute(
    db,
  );
  return rows;
}

export type AssetRow = { assetId: string; chain: string; code: string; decimals: number; isCoin: boolean };

export async function readReportAssets(db: Queryable): Promise<AssetRow[]> {
  const { rows } = await sql<AssetRow>`
    SELECT id AS "assetId", chain_id AS chain, code, decimals, address IS NULL AS "isCoin" FROM asset
     ORDER BY chain_id, code`.execute(db);
  return rows;
}
