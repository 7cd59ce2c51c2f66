import type { Queryable, Tx } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { sql } from 'kysely';
import { ENTRIES_LISTED_MAX } from './address-book.limits.ts';
import type { AddressBookEntry } from './address-book.ts';

const COLUMNS = sql`id, chain_id AS chain, address, label, added_by AS "addedBy", created_at AS "createdAt"`;

/** False: the address stands in the book. */
export async function insertEntry(
  tx: Tx,
  organisationId: string,
  entry: { id: string; chain: string; address: Hex; label: string; addedBy: string },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    INSERT INTO address_book_entry (id, organisation_id, chain_id, address, label, added_by)
    VALUES (${entry.id}, ${organisationId}, ${entry.chain}, ${entry.address}, ${entry.label}, ${entry.addedBy})
    ON CONFLICT DO NOTHING`.execute(tx);
  return numAffectedRows === 1n;
}

/** False: the organisation has no such entry. */
export async function removeEntry(tx: Tx, organisationId: string, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE address_book_entry SET removed_at = clock_timestamp()
     WHERE id = ${id} AND organisation_id = ${organisationId} AND removed_at IS NULL`.execute(tx);
  return numAffectedRows === 1n;
}

export async function countEntries(tx: Tx, organisationId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::integer AS count FROM address_book_entry
     WHERE organisation_id = ${organisationId} AND removed_at IS NULL`.execute(tx);
  return rows[0]?.count ?? 0;
}

/** Removed or not: a repeated command is answered with what it made. */
export async function readEntry(
  db: Queryable,
  organisationId: string,
  id: string,
): Promise<AddressBookEntry | null> {
  const { rows } = await sql<AddressBookEntry>`
    SELECT ${COLUMNS} FROM address_book_entry WHERE id = ${id} AND organisation_id = ${organisationId}`.execute(
    db,
  );
  return rows[0] ?? null;
}

/** The newest first. */
export async function listEntries(
  db: Queryable,
  organisationId: string,
  page: { limit: number; after: string | null },
): Promise<AddressBookEntry[]> {
  const { rows } = await sql<AddressBookEntry>`
    SELECT ${COLUMNS} FROM address_book_entry
     WHERE organisation_id = ${organisationId} AND removed_at IS NULL
       AND (${page.after}::uuid IS NULL OR id < ${page.after})
     ORDER BY id DESC LIMIT ${Math.min(page.limit, ENTRIES_LISTED_MAX + 1)}`.execute(db);
  return rows;
}

/** Since when each destination stands in its organisation's book, by `organisation/chain/address`. */
export async function findInBook(
  db: Queryable,
  destinations: readonly { organisationId: string; chainId: string; address: string }[],
): Promise<Map<string, Date>> {
  if (destinations.length === 0) return new Map();
  const { rows } = await sql<{ organisationId: string; chainId: string; address: string; since: Date }>`
    SELECT DISTINCT e.organisation_id AS "organisationId", e.chain_id AS "chainId", e.address, e.created_at AS since
      FROM unnest(${destinations.map((one) => one.organisationId)}::uuid[],
                  ${destinations.map((one) => one.chainId)}::text[],
                  ${destinations.map((one) => one.address)}::text[]) AS r (organisation_id, chain_id, address)
      JOIN address_book_entry e ON e.organisation_id = r.organisation_id AND e.chain_id = r.chain_id
                               AND e.address = r.address AND e.removed_at IS NULL`.execute(db);
  return new Map(rows.map((row) => [`${row.organisationId}/${row.chainId}/${row.address}`, row.since]));
}
