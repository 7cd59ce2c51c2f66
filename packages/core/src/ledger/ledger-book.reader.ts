import type { Queryable } from '@naru/db/database.ts';
import { sql } from 'kysely';
import type { AccountKind } from './ledger.store.ts';
import type { TransferReason } from './ledger.ts';

export type LedgerAccountFilter = {
  kind?: AccountKind;
  chain?: string;
  asset?: string;
  organisationId?: string;
};

/** An account as it was at a moment; amounts in the smallest unit. */
export type LedgerAccountState = {
  id: string;
  kind: AccountKind;
  organisationId: string | null;
  chain: string;
  asset: string;
  decimals: number;
  /** Credits less debits, both posted. */
  balance: bigint;
  /** What open holds take away from it. */
  reserved: bigint;
  /** What open holds will bring. */
  incoming: bigint;
  /** Transfers that had touched it. */
  version: bigint;
};

/**
 * What each row of an account from a version on has changed, by the account's index on each side. A POST or VOID takes
 * from what is pending all that its hold held, whatever it posts.
 */
const changesSince = (account: ReturnType<typeof sql>, from: ReturnType<typeof sql>) => sql`
  SELECT t.credit_version AS version, t.id, t.kind, t.amount, t.reason, t.reference_id, t.created_at,
         t.debit_account_id AS other, 'CREDIT' AS side,
         CASE WHEN t.kind IN ('SINGLE', 'POST') THEN t.amount ELSE 0 END AS moved, 0::numeric AS held,
         CASE t.kind WHEN 'PENDING' THEN t.amount WHEN 'SINGLE' THEN 0 ELSE -h.amount END AS coming
    FROM ledger_transfer t LEFT JOIN ledger_transfer h ON h.id = t.pending_id
   WHERE t.credit_account_id = ${account} AND t.credit_version >= ${from}
  UNION ALL
  SELECT t.debit_version, t.id, t.kind, t.amount, t.reason, t.reference_id, t.created_at,
         t.credit_account_id, 'DEBIT',
         CASE WHEN t.kind IN ('SINGLE', 'POST') THEN -t.amount ELSE 0 END,
         CASE t.kind WHEN 'PENDING' THEN t.amount WHEN 'SINGLE' THEN 0 ELSE -h.amount END, 0::numeric
    FROM ledger_transfer t LEFT JOIN ledger_transfer h ON h.id = t.pending_id
   WHERE t.debit_account_id = ${account} AND t.debit_version >= ${from}`;

/**
 * Accounts in the order of their ids. `at`: as they were before a moment, which is what they are now less what came since;
 * the further back, the more rows are read. Null: as they are.
 */
export async function listLedgerAccounts(
  db: Queryable,
  filter: LedgerAccountFilter,
  page: { at: Date | null; limit: number; after: string | null },
): Promise<{ data: LedgerAccountState[]; next: string | null }> {
  const { kind, chain, asset, organisationId } = filter;
  const conditions = [sql`true`];
  if (kind !== undefined) conditions.push(sql`a.kind = ${kind}`);
  if (chain !== undefined) conditions.push(sql`s.chain_id = ${chain}`);
  if (asset !== undefined) conditions.push(sql`s.code = ${asset}`);
  if (organisationId !== undefined) conditions.push(sql`a.organisation_id = ${organisationId}`);
  if (page.after !== null) conditions.push(sql`a.id > ${page.after}`);
  const rows = await readStates(db, sql.join(conditions, sql` AND `), page.at, page.limit + 1);
  const data = rows.slice(0, page.limit);
  return { data, next: rows.length > page.limit ? (data.at(-1)?.id ?? null) : null };
}

/** Null: there is none of this id. */
export async function readLedgerAccount(
  db: Queryable,
  id: string,
  at: Date | null,
): Promise<LedgerAccountState | null> {
  const [found] = await readStates(db, sql`a.id = ${id}`, at, 1);
  return found ?? null;
}

async function readStates(
  db: Queryable,
  condition: ReturnType<typeof sql>,
  at: Date | null,
  limit: number,
): Promise<LedgerAccountState[]> {
  const end = at === null ? sql`a.version + 1` : sql`ledger_version_at(a.id, a.version, ${at})`;
  const { rows } = await sql<LedgerAccountState>`
    WITH a AS MATERIALIZED (
      SELECT a.*, s.chain_id, s.code, s.decimals, ${end} AS "end"
        FROM ledger_account a JOIN asset s ON s.id = a.asset_id
       WHERE ${condition} ORDER BY a.id LIMIT ${limit})
    SELECT a.id, a.kind, a.organisation_id AS "organisationId", a.chain_id AS chain, a.code AS asset, a.decimals,
           a.credits_posted - a.debits_posted - since.moved AS balance, a.debits_pending - since.held AS reserved,
           a.credits_pending - since.coming AS incoming, a."end" - 1 AS version
      FROM a CROSS JOIN LATERAL (
        SELECT coalesce(sum(c.moved), 0) AS moved, coalesce(sum(c.held), 0) AS held,
               coalesce(sum(c.coming), 0) AS coming
          FROM (${changesSince(sql`a.id`, sql`a."end"`)}) c WHERE c.version <= a.version) since
     ORDER BY a.id`.execute(db);
  return rows;
}

export type LedgerPosting = {
  version: bigint;
  transferId: string;
  kind: 'SINGLE' | 'PENDING' | 'POST' | 'VOID';
  side: 'DEBIT' | 'CREDIT';
  amount: bigint;
  /** What the balance, the reserved and the incoming have become by it. */
  balance: bigint;
  reserved: bigint;
  incoming: bigint;
  other: { id: string; kind: AccountKind; organisationId: string | null };
  reason: TransferReason;
  referenceId: string | null;
  at: Date;
};

/**
 * The rows of an account before a version, newest first, each with what the account was after it. `next`: the version to
 * go on before. Rows never change and versions have no gaps, so pages fit together whatever is booked meanwhile.
 */
export async function listLedgerPostings(
  db: Queryable,
  accountId: string,
  page: { before: bigint; limit: number },
): Promise<{ data: LedgerPosting[]; next: bigint | null }> {
  const { before } = page;
  const first = before - BigInt(page.limit);
  const { rows } = await sql<LedgerPosting>`
    WITH a AS MATERIALIZED (SELECT * FROM ledger_account WHERE id = ${accountId}),
         later AS (
           SELECT coalesce(sum(c.moved), 0) AS moved, coalesce(sum(c.held), 0) AS held,
                  coalesce(sum(c.coming), 0) AS coming
             FROM a CROSS JOIN LATERAL (${changesSince(sql`a.id`, sql`${before}::bigint`)}) c
            WHERE c.version <= a.version),
         shown AS (
           SELECT c.* FROM a CROSS JOIN LATERAL (${changesSince(sql`a.id`, sql`${first}::bigint`)}) c
            WHERE c.version < ${before}::bigint AND c.version <= a.version)
    SELECT c.version, c.id AS "transferId", c.kind, c.side, c.amount,
           -- What the account is now, less all that came after the row.
           a.credits_posted - a.debits_posted - later.moved - sum(c.moved) OVER since + c.moved AS balance,
           a.debits_pending - later.held - sum(c.held) OVER since + c.held AS reserved,
           a.credits_pending - later.coming - sum(c.coming) OVER since + c.coming AS incoming,
           json_build_object('id', o.id, 'kind', o.kind, 'organisationId', o.organisation_id) AS other,
           c.reason, c.reference_id AS "referenceId", c.created_at AS at
      FROM shown c CROSS JOIN a CROSS JOIN later JOIN ledger_account o ON o.id = c.other
    WINDOW since AS (ORDER BY c.version DESC)
     ORDER BY c.version DESC`.execute(db);
  return { data: rows, next: first > 1n ? first : null };
}
