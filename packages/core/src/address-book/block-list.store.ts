import type { Queryable, Tx } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { sql } from 'kysely';
import { BLOCKED_LISTED_MAX } from './address-book.limits.ts';
import type { BlockedAddress } from './address-book.ts';

/** Why each of the addresses is blocked, by `chain/address`; those that are not are absent. */
export async function findBlocked(
  db: Queryable,
  addresses: readonly { chainId: string; address: string }[],
): Promise<Map<string, string>> {
  if (addresses.length === 0) return new Map();
  const { rows } = await sql<{ chainId: string; address: string; reason: string }>`
    SELECT DISTINCT ON (r.chain_id, r.address) r.chain_id AS "chainId", r.address, b.reason
      FROM unnest(${addresses.map((one) => one.chainId)}::text[], ${addresses.map((one) => one.address)}::text[])
        AS r (chain_id, address)
      JOIN blocked_address b ON b.address = r.address AND (b.chain_id IS NULL OR b.chain_id = r.chain_id)`.execute(
    db,
  );
  return new Map(rows.map((row) => [`${row.chainId}/${row.address}`, row.reason]));
}

/** False: it is blocked already. */
export async function insertBlocked(
  tx: Tx,
  blocked: Omit<BlockedAddress, 'createdAt' | 'address'> & { address: Hex },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    INSERT INTO blocked_address (id, chain_id, address, reason, added_by)
    VALUES (${blocked.id}, ${blocked.chainId}, ${blocked.address}, ${blocked.reason}, ${blocked.addedBy})
    ON CONFLICT DO NOTHING`.execute(tx);
  return numAffectedRows === 1n;
}

export async function deleteBlocked(tx: Tx, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`DELETE FROM blocked_address WHERE id = ${id}`.execute(tx);
  return numAffectedRows === 1n;
}

const COLUMNS = sql`id, chain_id AS "chainId", address, reason, added_by AS "addedBy", created_at AS "createdAt"`;

export async function readBlocked(db: Queryable, id: string): Promise<BlockedAddress | null> {
  const { rows } = await sql<BlockedAddress>`SELECT ${COLUMNS} FROM blocked_address WHERE id = ${id}`.execute(
    db,
  );
  return rows[0] ?? null;
}

/** The newest first; only those of an address when one is given. */
export async function listBlocked(
  db: Queryable,
  filter: { address?: string | undefined; after?: string | null },
): Promise<BlockedAddress[]> {
  const { rows } = await sql<BlockedAddress>`
    SELECT ${COLUMNS} FROM blocked_address
     WHERE (${filter.address ?? null}::text IS NULL OR address = ${filter.address ?? null})
       AND (${filter.after ?? null}::uuid IS NULL OR id < ${filter.after ?? null})
     ORDER BY id DESC LIMIT ${BLOCKED_LISTED_MAX}`.execute(db);
  return rows;
}
