import { openWithdrawalStates } from '@naru/core/withdrawal/withdrawal.machine.ts';
import type { Database } from '@naru/db/database.ts';
import { sql } from 'kysely';

/** A withdrawal that came to CONFIRMED: when, by its event, and in which block it was paid. */
export type Confirmation = { id: string; atMs: number; blockNumber: number };

/** The confirmations of a bulk file in their order. `bulkId`: UUID. */
export async function readConfirmations(db: Database, bulkId: string): Promise<Confirmation[]> {
  const { rows } = await sql<Confirmation>`
    SELECT w.id, (extract(epoch FROM e.at) * 1000)::float8 AS "atMs", x.block_number::integer AS "blockNumber"
      FROM withdrawal w
      JOIN withdrawal_event e ON e.withdrawal_id = w.id AND e.to_state = 'CONFIRMED'
      JOIN chain_tx x ON x.id = w.chain_tx_id
     WHERE w.bulk_id = ${bulkId}
     ORDER BY e.at`.execute(db);
  return rows;
}

/** The moments of confirmations since `sinceMs`, ascending. Both in milliseconds of the epoch. */
export async function readConfirmationTimes(db: Database, sinceMs: number): Promise<number[]> {
  const { rows } = await sql<{ atMs: number }>`
    SELECT DISTINCT (extract(epoch FROM e.at) * 1000)::float8 AS "atMs"
      FROM withdrawal_event e
     WHERE e.to_state = 'CONFIRMED' AND e.at >= to_timestamp(${sinceMs / 1_000}) ORDER BY 1`.execute(db);
  return rows.map((row) => row.atMs);
}

/** How many withdrawals, and chain transactions, have not come to their end. */
export async function countOpen(db: Database): Promise<{ withdrawals: number; chainTxs: number }> {
  const { rows } = await sql<{ withdrawals: number; chainTxs: number }>`
    SELECT (SELECT count(*)::integer FROM withdrawal
             WHERE state = ANY (${openWithdrawalStates}::text[])) AS withdrawals,
           (SELECT count(*)::integer FROM chain_tx
             WHERE state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED')) AS "chainTxs"`.execute(
    db,
  );
  return rows[0] ?? { withdrawals: 0, chainTxs: 0 };
}

/** Ids of all withdrawals of an organisation by their state. */
export async function readIdsByState(db: Database, organisationId: string): Promise<Map<string, string[]>> {
  const { rows } = await sql<{ state: string; ids: string[] }>`
    SELECT state, array_agg(id::text) AS ids FROM withdrawal
     WHERE organisation_id = ${organisationId} GROUP BY state`.execute(db);
  return new Map(rows.map((row) => [row.state, row.ids]));
}

export async function countWithdrawals(db: Database): Promise<number> {
  const { rows } = await sql<{ count: number }>`SELECT count(*)::integer AS count FROM withdrawal`.execute(
    db,
  );
  return rows[0]?.count ?? 0;
}

/** `PostgreSQL 18.4` */
export async function readServerVersion(db: Database): Promise<string> {
  const { rows } = await sql<{ version: string }>`SELECT version() AS version`.execute(db);
  return rows[0]?.version.split(' ').slice(0, 2).join(' ') ?? 'unknown';
}
