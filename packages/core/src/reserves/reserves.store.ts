import type { Queryable, Tx } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { type Hex, toBuffer } from '@naru/kit/hex.ts';
import { sql } from 'kysely';
import type { ReservesReport } from './reserves.ts';

/** Everything that the transaction reads is of one moment. First statement of the transaction. */
export async function freezeMoment(tx: Tx): Promise<void> {
  await sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`.execute(tx);
}

export type LedgerTotals = {
  assetId: string;
  decimals: number;
  customers: bigint;
  customersReserved: bigint;
  suspense: bigint;
  house: bigint;
  /** What the ledger says is on the chain. */
  hotWallet: bigint;
  depositWallet: bigint;
  treasury: bigint;
  arriving: bigint;
};

export async function readLedgerTotals(db: Queryable, chainId: string): Promise<LedgerTotals[]> {
  const { rows } = await sql<LedgerTotals>`
    SELECT a.id AS "assetId", a.decimals,
           coalesce(sum(l.credits_posted - l.debits_posted) FILTER (WHERE l.kind = 'CUSTOMER'), 0) AS customers,
           coalesce(sum(l.debits_pending) FILTER (WHERE l.kind = 'CUSTOMER'), 0) AS "customersReserved",
           coalesce(sum(l.credits_posted - l.debits_posted) FILTER (WHERE l.kind = 'SUSPENSE'), 0) AS suspense,
           coalesce(sum(l.credits_posted - l.debits_posted) FILTER (WHERE l.kind = 'HOUSE'), 0) AS house,
           coalesce(sum(l.debits_posted - l.credits_posted) FILTER (WHERE l.kind = 'HOT_WALLET'), 0) AS "hotWallet",
           coalesce(sum(l.debits_posted - l.credits_posted) FILTER (WHERE l.kind = 'DEPOSIT_WALLET'), 0)
             AS "depositWallet",
           coalesce(sum(l.debits_posted - l.credits_posted) FILTER (WHERE l.kind = 'TREASURY'), 0) AS treasury,
           coalesce((SELECT sum(d.amount) FROM deposit d WHERE d.asset_id = a.id AND d.state = 'DETECTED'), 0)
             AS arriving
      FROM asset a LEFT JOIN ledger_account l ON l.asset_id = a.id
     WHERE a.chain_id = ${chainId} GROUP BY a.id, a.decimals ORDER BY a.id`.execute(db);
  return rows;
}

/** Addresses that hold some of an asset by the books, by pages. */
export async function listHolders(
  db: Queryable,
  of: { chainId: string; assetId: string; after: string | null },
  limit: number,
): Promise<{ id: string; address: Hex }[]> {
  const { rows } = await sql<{ id: string; address: Hex }>`
    SELECT a.id, a.address FROM deposit_holding h JOIN deposit_address a ON a.id = h.deposit_address_id
     WHERE h.asset_id = ${of.assetId} AND a.chain_id = ${of.chainId} AND h.received > h.swept
       AND (${of.after}::uuid IS NULL OR a.id > ${of.after})
     ORDER BY a.id LIMIT ${limit}`.execute(db);
  return rows;
}

export type Balance = { organisationId: string; units: bigint };

/** Customers' balances in an asset, reserved amounts included, in the order of organisations, by pages. */
export async function listBalances(
  db: Queryable,
  assetId: string,
  after: string | null,
  limit: number,
): Promise<Balance[]> {
  const { rows } = await sql<Balance>`
    SELECT organisation_id AS "organisationId", credits_posted - debits_posted AS units
      FROM ledger_account
     WHERE kind = 'CUSTOMER' AND asset_id = ${assetId}
       AND (${after}::uuid IS NULL OR organisation_id > ${after})
     ORDER BY organisation_id LIMIT ${limit}`.execute(db);
  return rows;
}

export type Leaf = { position: number; organisationId: string; units: bigint; salt: string };

export async function insertLeaves(
  tx: Tx,
  of: { reportId: string; assetId: string },
  leaves: readonly Leaf[],
): Promise<void> {
  await sql`
    INSERT INTO reserves_leaf (report_id, asset_id, position, organisation_id, amount, salt)
    SELECT ${of.reportId}, ${of.assetId}, *
      FROM unnest(${leaves.map((leaf) => leaf.position)}::integer[], ${leaves.map((leaf) => leaf.organisationId)}::uuid[],
                  ${leaves.map((leaf) => String(leaf.units))}::numeric[],
                  ${leaves.map((leaf) => toBuffer(leaf.salt))}::bytea[])`.execute(tx);
}

export async function listLeaves(
  db: Queryable,
  of: { reportId: string; assetId: string; from: number },
  limit: number,
): Promise<Leaf[]> {
  const { rows } = await sql<Leaf>`
    SELECT position, organisation_id AS "organisationId", amount AS units, encode(salt, 'hex') AS salt
      FROM reserves_leaf
     WHERE report_id = ${of.reportId} AND asset_id = ${of.assetId} AND position >= ${of.from}
     ORDER BY position LIMIT ${limit}`.execute(db);
  return rows;
}

/** Where an organisation stands in the trees of a report. */
export async function listLeavesOf(
  db: Queryable,
  of: { reportId: string; organisationId: string },
): Promise<(Leaf & { assetId: string; decimals: number })[]> {
  const { rows } = await sql<Leaf & { assetId: string; decimals: number }>`
    SELECT l.position, l.organisation_id AS "organisationId", l.amount AS units, encode(l.salt, 'hex') AS salt,
           l.asset_id AS "assetId", a.decimals
      FROM reserves_leaf l JOIN asset a ON a.id = l.asset_id
     WHERE l.report_id = ${of.reportId} AND l.organisation_id = ${of.organisationId} ORDER BY l.asset_id`.execute(
    db,
  );
  return rows;
}

export async function insertReport(
  tx: Tx,
  report: { id: string; body: string; hash: string },
): Promise<ReservesReport> {
  const { rows } = await sql<{ createdAt: Date }>`
    INSERT INTO reserves_report (id, body, hash) VALUES (${report.id}, ${report.body}, ${toBuffer(report.hash)})
    RETURNING created_at AS "createdAt"`.execute(tx);
  return { ...report, createdAt: assertPresent(rows[0], 'report').createdAt };
}

export async function readNewestReport(db: Queryable): Promise<ReservesReport | null> {
  const { rows } = await sql<ReservesReport>`
    SELECT id, created_at AS "createdAt", body, encode(hash, 'hex') AS hash
      FROM reserves_report ORDER BY id DESC LIMIT 1`.execute(db);
  return rows[0] ?? null;
}
