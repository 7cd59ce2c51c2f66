import type { Database, Queryable } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { sql } from 'kysely';
import { readWithoutGaps } from '../withdrawal/event-log.reader.ts';
import type { DepositState } from './deposit.machine.ts';

/** Deposits of a token that the catalogue does not have. */
const UNKNOWN_ASSET = 'unknown';

export type OpenDeposits = {
  chain: string;
  asset: string;
  state: 'DETECTED' | 'UNCREDITED';
  count: number;
  /** Since it was first seen, of the oldest. */
  oldestAgeSeconds: number;
};

/** Deposits that are not at their end: as many as the present has, whatever the history. */
export async function readOpenDeposits(db: Queryable): Promise<OpenDeposits[]> {
  const { rows } = await sql<OpenDeposits>`
    SELECT d.chain_id AS chain, coalesce(a.code, ${UNKNOWN_ASSET}) AS asset, d.state, count(*)::integer AS count,
           extract(epoch FROM now() - min(d.detected_at))::float8 AS "oldestAgeSeconds"
      FROM (SELECT chain_id, asset_id, state, detected_at FROM deposit WHERE state = 'DETECTED'
            UNION ALL
            SELECT chain_id, asset_id, state, detected_at FROM deposit WHERE state = 'UNCREDITED') d
      LEFT JOIN asset a ON a.id = d.asset_id
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`.execute(db);
  return rows;
}

export type Unswept = { chain: string; asset: string; decimals: number; addresses: number; held: bigint };

/** What lies at deposit addresses by the final chain's logs, smallest unit. */
export async function readUnswept(db: Queryable): Promise<Unswept[]> {
  const { rows } = await sql<Unswept>`
    SELECT a.chain_id AS chain, a.code AS asset, a.decimals, count(*)::integer AS addresses,
           sum(h.received - h.swept) AS held
      FROM deposit_holding h JOIN asset a ON a.id = h.asset_id
     WHERE h.received > h.swept
     GROUP BY a.id ORDER BY a.id`.execute(db);
  return rows;
}

export type ScanLag = { chain: string; lagBlocks: number };

/** Blocks that are final and not read for deposits yet; the head is what the monitor saw last. */
export async function readScanLag(db: Queryable): Promise<ScanLag[]> {
  const { rows } = await sql<ScanLag>`
    SELECT c.id AS chain, greatest(0, h.head_number - c.confirmations + 1 - d.final_number)::float8 AS "lagBlocks"
      FROM deposit_cursor d JOIN chain c ON c.id = d.chain_id JOIN chain_cursor h ON h.chain_id = d.chain_id
     WHERE c.deposit_factory IS NOT NULL ORDER BY c.id`.execute(db);
  return rows;
}

export type DepositChange = { position: bigint; chain: string; asset: string; state: DepositState };

/** Where a new reader of the changes begins. */
export async function readDepositLogEnd(db: Queryable): Promise<bigint> {
  const { rows } = await sql<{ end: bigint }>`
    SELECT coalesce(max(position), 0) AS end FROM deposit_event`.execute(db);
  return rows[0]?.end ?? 0n;
}

/** Changes after a position, oldest first, each once, as events of withdrawals are read. */
export async function readDepositChanges(
  db: Database,
  after: bigint,
  limit: number,
): Promise<DepositChange[]> {
  return await readWithoutGaps(db, after, async () => {
    const { rows } = await sql<
      { oldestOpen: bigint } & { [Key in keyof DepositChange]: DepositChange[Key] | null }
    >`
      SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS "oldestOpen", l.*
        FROM (SELECT 1) one
        LEFT JOIN (SELECT e.position, d.chain_id AS chain, coalesce(a.code, ${UNKNOWN_ASSET}) AS asset, e.to_state AS state
                     FROM deposit_event e JOIN deposit d ON d.id = e.deposit_id LEFT JOIN asset a ON a.id = d.asset_id
                    WHERE e.position > ${after} ORDER BY e.position LIMIT ${limit}) l ON true
       ORDER BY l.position`.execute(db);
    const { oldestOpen } = assertPresent(rows[0], 'snapshot');
    const found = rows.flatMap(({ oldestOpen: _, ...change }) =>
      change.position === null ? [] : [change as DepositChange],
    );
    return { rows: found, oldestOpen };
  });
}
