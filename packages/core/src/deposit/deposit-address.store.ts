import type { Queryable, Tx } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { sql } from 'kysely';
import type { DepositAddress } from './deposit.ts';

const columns = sql`id, organisation_id AS "organisationId", chain_id AS "chainId", factory, address, label,
  takes_coin AS "takesCoin", state, created_at AS "createdAt"`;

export async function insertDepositAddress(
  tx: Tx,
  row: Omit<DepositAddress, 'state' | 'createdAt'>,
): Promise<DepositAddress> {
  const { rows } = await sql<DepositAddress>`
    INSERT INTO deposit_address (id, organisation_id, chain_id, factory, address, label, takes_coin)
    VALUES (${row.id}, ${row.organisationId}, ${row.chainId}, ${row.factory}, ${row.address}, ${row.label},
            ${row.takesCoin})
    RETURNING ${columns}`.execute(tx);
  return rows[0] as DepositAddress;
}

/** Those of an organisation on a chain, the rows that would be too many not counted. */
export async function countAddresses(
  db: Queryable,
  owner: { organisationId: string; chainId: string },
  limit: number,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::integer AS count
      FROM (SELECT 1 FROM deposit_address
             WHERE organisation_id = ${owner.organisationId} AND chain_id = ${owner.chainId} LIMIT ${limit}) a`.execute(
    db,
  );
  return rows[0]?.count ?? 0;
}

export async function readDepositAddress(
  db: Queryable,
  organisationId: string,
  id: string,
): Promise<DepositAddress | null> {
  const { rows } = await sql<DepositAddress>`
    SELECT ${columns} FROM deposit_address WHERE organisation_id = ${organisationId} AND id = ${id}`.execute(
    db,
  );
  return rows[0] ?? null;
}

/** Newest first, before the address `after`. */
export async function listDepositAddresses(
  db: Queryable,
  filter: { organisationId: string | null; chainId: string | null },
  page: { limit: number; after: string | null },
): Promise<DepositAddress[]> {
  const { rows } = await sql<DepositAddress>`
    SELECT ${columns} FROM deposit_address
     WHERE (${filter.organisationId}::uuid IS NULL OR organisation_id = ${filter.organisationId})
       AND (${filter.chainId}::text IS NULL OR chain_id = ${filter.chainId})
       AND (${page.after}::uuid IS NULL OR id < ${page.after})
     ORDER BY id DESC LIMIT ${page.limit}`.execute(db);
  return rows;
}

export type Watched = { id: string; address: Hex; factory: Hex };

/** All addresses of a chain: what its logs are read for. */
export async function listWatched(db: Queryable, chainId: string): Promise<Watched[]> {
  const { rows } = await sql<Watched>`
    SELECT id, address, factory FROM deposit_address WHERE chain_id = ${chainId} ORDER BY id`.execute(db);
  return rows;
}

/** Addresses whose forwarder is to be made, the oldest first, and not by a sweep that is under way. */
export async function listUndeployed(
  db: Queryable,
  chainId: string,
  limit: number,
): Promise<{ id: string; address: Hex; factory: Hex }[]> {
  const { rows } = await sql<{ id: string; address: Hex; factory: Hex }>`
    SELECT a.id, a.address, a.factory FROM deposit_address a
     WHERE a.chain_id = ${chainId} AND a.state = 'OPEN' AND a.takes_coin
       AND NOT EXISTS (
         SELECT 1 FROM deposit_sweep s JOIN chain_tx x ON x.id = s.chain_tx_id
          WHERE s.deposit_address_id = a.id AND x.state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED'))
     ORDER BY a.factory, a.id LIMIT ${limit}`.execute(db);
  return rows;
}

export async function markDeployed(
  tx: Tx,
  chainId: string,
  created: readonly { factory: Hex; forwarder: Hex }[],
): Promise<void> {
  if (created.length === 0) return;
  await sql`
    UPDATE deposit_address a SET state = 'DEPLOYED'
      FROM unnest(${created.map((one) => one.factory)}::text[], ${created.map((one) => one.forwarder)}::text[])
        AS c (factory, forwarder)
     WHERE a.chain_id = ${chainId} AND a.address = c.forwarder AND a.factory = c.factory AND a.state = 'OPEN'`.execute(
    tx,
  );
}

/** Of these (chain, address) pairs, those that are deposit addresses, as `chain/0x…` in the form given. One statement. */
export async function selectDepositAddresses(
  db: Queryable,
  pairs: readonly { chainId: string; address: Hex }[],
): Promise<Set<string>> {
  if (pairs.length === 0) return new Set();
  const { rows } = await sql<{ name: string }>`
    SELECT a.chain_id || '/' || a.address AS name
      FROM (SELECT DISTINCT * FROM unnest(${pairs.map((pair) => pair.chainId)}::text[],
                                          ${pairs.map((pair) => pair.address)}::text[]) AS p (chain_id, address)) p
      JOIN deposit_address a ON a.chain_id = p.chain_id AND a.address = p.address`.execute(db);
  return new Set(rows.map((row) => row.name));
}
