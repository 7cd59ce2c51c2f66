import type { Queryable, Tx } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';

/**
 * CUSTOMER: what we owe an organisation. HOUSE: what is ours. HOT_WALLET: what the sub-accounts hold. GAS: gas burnt.
 * FEE: what withdrawals have brought. DEPOSIT_WALLET: what deposit addresses hold. SUSPENSE: what arrived there and is
 * credited to nobody yet. TREASURY: what the Safe holds.
 */
export type AccountKind =
  | 'CUSTOMER'
  | 'HOUSE'
  | 'HOT_WALLET'
  | 'GAS'
  | 'FEE'
  | 'DEPOSIT_WALLET'
  | 'SUSPENSE'
  | 'TREASURY';

export type AccountKey =
  | { kind: 'CUSTOMER'; organisationId: string; assetId: string }
  | { kind: Exclude<AccountKind, 'CUSTOMER'>; assetId: string };

function organisationOf(key: AccountKey): string | null {
  return key.kind === 'CUSTOMER' ? key.organisationId : null;
}

export function accountKeyText(key: AccountKey): string {
  return `${key.kind}/${organisationOf(key) ?? '-'}/${key.assetId}`;
}

/** Ids of the accounts, made when absent; in the order asked. */
export async function ensureAccounts(tx: Tx, keys: readonly AccountKey[]): Promise<string[]> {
  if (keys.length === 0) return [];
  const kinds = keys.map((key) => key.kind);
  const organisations = keys.map(organisationOf);
  const assets = keys.map((key) => key.assetId);
  const found = await findAccounts(tx, keys);
  if (found.every((id) => id !== null)) return found.map((id) => assertPresent(id, 'ledger account'));
  await sql`
    INSERT INTO ledger_account (id, kind, organisation_id, asset_id, may_overdraw)
    SELECT r.id, r.kind, r.organisation_id, r.asset_id,
           r.kind IN ('HOT_WALLET', 'GAS', 'DEPOSIT_WALLET', 'TREASURY')
      FROM unnest(${keys.map(() => newUuid())}::uuid[], ${kinds}::text[], ${organisations}::uuid[], ${assets}::text[])
        AS r (id, kind, organisation_id, asset_id)
     ORDER BY r.kind, r.organisation_id, r.asset_id
    ON CONFLICT (kind, organisation_id, asset_id) DO NOTHING`.execute(tx);
  const made = await findAccounts(tx, keys);
  return made.map((id, index) =>
    assertPresent(id, `ledger account ${accountKeyText(assertPresent(keys[index], 'key'))}`),
  );
}

/** Balances, credits less debits, posted ones; in the order asked, 0 for an account that was never used. */
export async function findAccountTotals(db: Queryable, keys: readonly AccountKey[]): Promise<bigint[]> {
  const ids = await findAccounts(db, keys);
  const { rows } = await sql<{ id: string; balance: bigint }>`
    SELECT id, credits_posted - debits_posted AS balance FROM ledger_account
     WHERE id = ANY (${ids.filter((id) => id !== null)}::uuid[])`.execute(db);
  const balances = new Map(rows.map(({ id, balance }) => [id, balance]));
  return ids.map((id) => (id === null ? 0n : (balances.get(id) ?? 0n)));
}

/** Takes the locks that several calls of postTransfers in one transaction will need, in the one order that is safe. */
export async function lockAccounts(tx: Tx, ids: readonly string[]): Promise<void> {
  await sql`SELECT 1 FROM ledger_account WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`.execute(
    tx,
  );
}

/** The same, with what each can still be debited by: from here on nobody else can change it. */
export async function lockAvailable(tx: Tx, ids: readonly string[]): Promise<Map<string, bigint>> {
  const { rows } = await sql<{ id: string; available: bigint }>`
    SELECT id, credits_posted - debits_posted - debits_pending AS available
      FROM ledger_account WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`.execute(tx);
  return new Map(rows.map((row) => [row.id, row.available]));
}

/** The locks of the accounts that these holds are between, and of others, in the order of ids. */
export async function lockAccountsOfHolds(
  tx: Tx,
  holdIds: readonly string[],
  others: readonly string[],
): Promise<void> {
  await sql`
    SELECT 1 FROM ledger_account
     WHERE id IN (SELECT unnest(ARRAY[debit_account_id, credit_account_id]) FROM ledger_transfer
                   WHERE id = ANY (${holdIds}::uuid[]))
        OR id = ANY (${others}::uuid[])
     ORDER BY id FOR NO KEY UPDATE`.execute(tx);
}

/** Ids of the accounts in the order asked; null for one that was never used. */
export async function findAccounts(db: Queryable, keys: readonly AccountKey[]): Promise<(string | null)[]> {
  const { rows } = await sql<{ id: string | null }>`
    SELECT a.id
      FROM unnest(${keys.map((key) => key.kind)}::text[], ${keys.map(organisationOf)}::uuid[],
                  ${keys.map((key) => key.assetId)}::text[])
           WITH ORDINALITY AS r (kind, organisation_id, asset_id, n)
      -- Two branches, because IS NOT DISTINCT FROM uses no index.
      LEFT JOIN LATERAL (
        SELECT id FROM ledger_account
         WHERE kind = r.kind AND organisation_id = r.organisation_id AND asset_id = r.asset_id
        UNION ALL
        SELECT id FROM ledger_account
         WHERE r.organisation_id IS NULL AND kind = r.kind AND organisation_id IS NULL AND asset_id = r.asset_id
      ) a ON true
     ORDER BY r.n`.execute(db);
  return rows.map((row) => row.id);
}

export type AccountBalance = { available: bigint; reserved: bigint; posted: bigint };

/** What an organisation can still withdraw of each asset (available) and what open withdrawals hold (reserved). */
export async function readCustomerBalances(
  db: Queryable,
  organisationId: string,
): Promise<(AccountBalance & { assetId: string })[]> {
  const { rows } = await sql<{ asset_id: string; available: bigint; reserved: bigint; posted: bigint }>`
    SELECT asset_id, credits_posted - debits_posted - debits_pending AS available, debits_pending AS reserved,
           credits_posted - debits_posted AS posted
      FROM ledger_account WHERE kind = 'CUSTOMER' AND organisation_id = ${organisationId}
     ORDER BY asset_id`.execute(db);
  return rows.map(({ asset_id, ...balance }) => ({ assetId: asset_id, ...balance }));
}

export type LedgerProblem = { invariant: string; subject: string; detail: string };

/** Replays the whole ledger against its accounts. No problem = every invariant holds. */
export async function checkLedger(db: Queryable): Promise<LedgerProblem[]> {
  const { rows } = await sql<LedgerProblem>`SELECT invariant, subject, detail FROM ledger_check()`.execute(
    db,
  );
  return rows;
}

export type LedgerRow = {
  id: string;
  kind: string;
  amount: bigint;
  assetId: string;
  debit: string;
  credit: string;
  at: Date;
};

/**
 * Every ledger row that a withdrawal, chain transaction or command caused: for each debited account in the order of its
 * versions, which is the order in which they happened. `at` is for people and orders nothing.
 */
export async function listTransfersOf(db: Queryable, referenceId: string): Promise<LedgerRow[]> {
  const { rows } = await sql<LedgerRow>`
    SELECT t.id, t.kind, t.amount, t.asset_id AS "assetId", d.kind AS debit, c.kind AS credit, t.created_at AS at
      FROM ledger_transfer t
      JOIN ledger_account d ON d.id = t.debit_account_id
      JOIN ledger_account c ON c.id = t.credit_account_id
     WHERE t.reference_id = ${referenceId} ORDER BY t.debit_account_id, t.debit_version`.execute(db);
  return rows;
}
