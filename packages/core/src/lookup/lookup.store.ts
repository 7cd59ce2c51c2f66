import type { Queryable } from '@naru/db/database.ts';
import { sql } from 'kysely';
import { LETTERED_ROWS_MAX } from './lookup.limits.ts';

/** Of a chain, of a code, or all. */
export async function listAssetsOf(
  db: Queryable,
  { chain, asset }: { chain?: string | undefined; asset?: string | undefined },
): Promise<{ id: string; decimals: number }[]> {
  const { rows } = await sql<{ id: string; decimals: number }>`
    SELECT id, decimals FROM asset
     WHERE (${chain ?? null}::text IS NULL OR chain_id = ${chain ?? null})
       AND (${asset ?? null}::text IS NULL OR code = ${asset ?? null}) ORDER BY id`.execute(db);
  return rows;
}

/** Accounts with this address, one on each chain at the most. `address`: EIP-55. */
export async function listSubAccountsAt(db: Queryable, address: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`SELECT id FROM sub_account WHERE address = ${address}`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

/** Withdrawals that an open dead letter is about: itself, its transaction, or its review. */
export async function findLetteredWithdrawals(db: Queryable): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    WITH letter AS MATERIALIZED (
      SELECT kind, CASE WHEN kind IN ('WITHDRAWAL', 'CHAIN_TX', 'REVIEW') THEN subject::uuid END AS subject
        FROM dead_letter WHERE state = 'OPEN'
    )
    SELECT subject AS id FROM letter WHERE kind = 'WITHDRAWAL'
    UNION SELECT w.id FROM letter l JOIN withdrawal w ON w.chain_tx_id = l.subject WHERE l.kind = 'CHAIN_TX'
    UNION SELECT r.withdrawal_id FROM letter l JOIN withdrawal_review r ON r.id = l.subject WHERE l.kind = 'REVIEW'
    ORDER BY id DESC LIMIT ${LETTERED_ROWS_MAX}`.execute(db);
  return rows.map(({ id }) => id);
}

export async function readOrganisationNames(
  db: Queryable,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; name: string }>`
    SELECT id, name FROM organisation WHERE id = ANY (${[...new Set(ids)]}::uuid[])`.execute(db);
  return new Map(rows.map(({ id, name }) => [id, name]));
}
