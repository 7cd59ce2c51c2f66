import type { Queryable } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { sql } from 'kysely';

/** How far the monitor has read a chain, and who holds the right to go on. Null: no monitor has ever run for it. */
export async function readCursor(
  db: Queryable,
  chainId: string,
): Promise<{ scanned: bigint; liveOwner: string | null } | null> {
  const { rows } = await sql<{ scanned: bigint; liveOwner: string | null }>`
    SELECT scanned_number AS scanned, CASE WHEN lease_until > now() THEN lease_owner END AS "liveOwner"
      FROM chain_cursor WHERE chain_id = ${chainId}`.execute(db);
  return rows[0] ?? null;
}

/** Roles with a connection to this database now, by the name they give to PostgreSQL, with their number. */
export async function listConnectedRoles(db: Queryable): Promise<{ role: string; connections: number }[]> {
  const { rows } = await sql<{ role: string; connections: number }>`
    SELECT regexp_replace(application_name, '^naru-|-signals$', '', 'g') AS role, count(*)::integer AS connections
      FROM pg_stat_activity
     WHERE datname = current_database() AND application_name ~ '(processor|broadcaster|monitor|accounts|naru-jobs|naru-api)'
     GROUP BY 1 ORDER BY 1`.execute(db);
  return rows;
}

/**
 * Batches that were restored from the chain (no attempt of ours is stored) and that have fewer withdrawals here than
 * items: payments of which the database knows nothing may be among the rest.
 */
export async function listIncompleteRestored(
  db: Queryable,
  chainId: string,
): Promise<{ id: string; payer: Hex; assetId: string; blockNumber: bigint; blockHash: Hex }[]> {
  const { rows } = await sql<{
    id: string;
    payer: Hex;
    assetId: string;
    blockNumber: bigint;
    blockHash: Hex;
  }>`
    SELECT x.id, s.address AS payer, x.asset_id AS "assetId", x.block_number AS "blockNumber",
           x.block_hash AS "blockHash"
      FROM chain_tx x JOIN sub_account s ON s.id = x.sub_account_id
     WHERE x.chain_id = ${chainId} AND x.kind = 'PAYOUT' AND x.block_number IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM chain_tx_attempt t WHERE t.chain_tx_id = x.id)
       AND x.item_count > (SELECT count(*) FROM withdrawal w WHERE w.chain_tx_id = x.id)
     ORDER BY x.block_number, x.id`.execute(db);
  return rows;
}

/** Those of the ids that are withdrawals here. */
export async function findKnownWithdrawals(db: Queryable, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM withdrawal WHERE id = ANY (${ids}::uuid[])`.execute(db);
  return new Set(rows.map((row) => row.id));
}

/** Chain transactions that are not final, by chain. */
export async function countOpenChainTxs(db: Queryable): Promise<Map<string, number>> {
  const { rows } = await sql<{ chainId: string; count: number }>`
    SELECT chain_id AS "chainId", count(*)::integer AS count FROM chain_tx
     WHERE state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED') GROUP BY chain_id`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.chainId, row.count]));
}
