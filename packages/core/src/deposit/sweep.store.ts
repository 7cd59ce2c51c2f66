import type { Queryable, Tx } from '@naru/db/database.ts';
import { depositSalt } from '@naru/evm/deposit-address.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { sql } from 'kysely';

export type Holding = { addressId: string; address: Hex; factory: Hex; assetId: string; amount: bigint };

/**
 * What addresses of a chain hold of an asset by the books, the most first, those left out that an open sweep is for.
 */
export async function listHoldings(
  db: Queryable,
  of: { chainId: string; assetId: string; least: bigint },
  limit: number,
): Promise<Holding[]> {
  const { rows } = await sql<Holding>`
    SELECT a.id AS "addressId", a.address, a.factory, h.asset_id AS "assetId", h.received - h.swept AS amount
      FROM deposit_holding h JOIN deposit_address a ON a.id = h.deposit_address_id
     WHERE h.asset_id = ${of.assetId} AND a.chain_id = ${of.chainId} AND h.received > h.swept
       AND h.received - h.swept >= ${of.least}
       AND NOT EXISTS (
         SELECT 1 FROM deposit_sweep s JOIN chain_tx x ON x.id = s.chain_tx_id
          WHERE s.deposit_address_id = a.id AND x.asset_id = h.asset_id
            AND x.state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED'))
     ORDER BY h.received - h.swept DESC, a.id LIMIT ${limit}`.execute(db);
  return rows;
}

/** Is a sweep of this asset under way on the chain? One at a time: two could burn gas for the same addresses. */
export async function hasOpenSweep(db: Queryable, chainId: string, assetId: string): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM chain_tx WHERE chain_id = ${chainId} AND asset_id = ${assetId} AND kind = 'DEPOSIT_SWEEP'
       AND state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED') LIMIT 1`.execute(db);
  return rows.length > 0;
}

/** Whoever else would plan a sweep on the chain waits for this transaction. */
export async function lockSweeps(tx: Tx, chainId: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('deposit_sweep/' || ${chainId}::text, 0))`.execute(
    tx,
  );
}

export async function insertSweepAddresses(
  tx: Tx,
  chainTxId: string,
  addressIds: readonly string[],
): Promise<void> {
  await sql`
    INSERT INTO deposit_sweep (chain_tx_id, position, deposit_address_id)
    SELECT ${chainTxId}, n - 1, id FROM unnest(${addressIds}::uuid[]) WITH ORDINALITY AS a (id, n)`.execute(
    tx,
  );
}

/** Salts of a sweep, in its order. */
export async function readSweepSalts(db: Queryable, chainTxId: string): Promise<Hex[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT deposit_address_id AS id FROM deposit_sweep WHERE chain_tx_id = ${chainTxId} ORDER BY position`.execute(
    db,
  );
  return rows.map((row) => depositSalt(row.id));
}

export type SweepRow = {
  id: string;
  chainId: string;
  assetId: string;
  state: string;
  addresses: number;
  hash: Hex | null;
  createdAt: Date;
};

/** The newest sweeps. */
export async function listSweeps(db: Queryable, chainId: string | null, limit: number): Promise<SweepRow[]> {
  const { rows } = await sql<SweepRow>`
    SELECT x.id, x.chain_id AS "chainId", x.asset_id AS "assetId", x.state, x.created_at AS "createdAt",
           (SELECT count(*)::integer FROM deposit_sweep s WHERE s.chain_tx_id = x.id) AS addresses,
           (SELECT hash FROM chain_tx_attempt t WHERE t.chain_tx_id = x.id ORDER BY number DESC LIMIT 1) AS hash
      FROM chain_tx x
     WHERE x.kind = 'DEPOSIT_SWEEP' AND (${chainId}::text IS NULL OR x.chain_id = ${chainId})
     ORDER BY x.id DESC LIMIT ${limit}`.execute(db);
  return rows;
}
