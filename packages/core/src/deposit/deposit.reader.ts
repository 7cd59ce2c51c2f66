import type { Queryable, Tx } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { sql } from 'kysely';
import type { DepositState } from './deposit.machine.ts';
import type { Deposit } from './deposit.ts';

export type DepositFilter = {
  state?: DepositState;
  chain?: string;
  asset?: string;
  addressId?: string;
  transactionHash?: string;
};

const selection = sql`
  SELECT d.id, d.organisation_id AS "organisationId", d.chain_id AS chain, d.deposit_address_id AS "addressId",
         a.address, s.code AS asset, s.decimals, d.token, d.amount, d.from_address AS "from",
         d.transaction_hash AS "transactionHash", d.log_index AS "logIndex", d.block_number AS "blockNumber", d.state,
         d.uncredited_reason AS "uncreditedReason", d.depth, c.confirmations AS "confirmationsNeeded",
         d.detected_at AS "detectedAt", d.credited_at AS "creditedAt", d.position, d.version
    FROM deposit d
    JOIN deposit_address a ON a.id = d.deposit_address_id
    JOIN chain c ON c.id = d.chain_id
    LEFT JOIN asset s ON s.id = d.asset_id`;

/** Of an organisation, or (null, for operators) of all. Newest first, before the deposit `after`. */
export async function listDeposits(
  db: Queryable,
  organisationId: string | null,
  filter: DepositFilter,
  page: { limit: number; after: string | null },
): Promise<Deposit[]> {
  const { rows } = await sql<Deposit>`
    ${selection}
     WHERE (${organisationId}::uuid IS NULL OR d.organisation_id = ${organisationId})
       AND (${filter.state ?? null}::text IS NULL OR d.state = ${filter.state ?? null})
       AND (${filter.chain ?? null}::text IS NULL OR d.chain_id = ${filter.chain ?? null})
       AND (${filter.asset ?? null}::text IS NULL OR s.code = ${filter.asset ?? null})
       AND (${filter.addressId ?? null}::uuid IS NULL OR d.deposit_address_id = ${filter.addressId ?? null})
       AND (${filter.transactionHash ?? null}::text IS NULL OR d.transaction_hash = ${filter.transactionHash ?? null})
       AND (${page.after}::uuid IS NULL
            OR d.position < (SELECT position FROM deposit WHERE id = ${page.after}))
     ORDER BY d.position DESC LIMIT ${page.limit}`.execute(db);
  return rows;
}

export async function readDeposit(
  db: Queryable,
  organisationId: string | null,
  id: string,
): Promise<Deposit | null> {
  const { rows } = await sql<Deposit>`
    ${selection}
     WHERE d.id = ${id} AND (${organisationId}::uuid IS NULL OR d.organisation_id = ${organisationId})`.execute(
    db,
  );
  return rows[0] ?? null;
}

/** As they stand in this transaction, each with the number of its last change. */
export async function readChangedDeposits(
  tx: Tx,
  ids: readonly string[],
): Promise<(Deposit & { version: number })[]> {
  const { rows } = await sql<Deposit & { version: number }>`
    ${selection}
     WHERE d.id = ANY (${[...ids]}::uuid[]) ORDER BY d.block_number, d.log_index`.execute(tx);
  return rows;
}

/** The asset of a token that the catalogue may have got since; null: it has not. */
export async function findAssetOfToken(
  db: Queryable,
  chainId: string,
  token: Hex | null,
): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM asset WHERE chain_id = ${chainId} AND address IS NOT DISTINCT FROM ${token}`.execute(db);
  return rows[0]?.id ?? null;
}
