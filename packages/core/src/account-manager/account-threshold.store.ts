import type { Queryable, Tx } from '@naru/db/database.ts';
import { sql } from 'kysely';
import type { AccountRole } from '../sub-account/sub-account.machine.ts';
import type { Levels, Threshold, ThresholdOverview, ThresholdPurpose } from './account-threshold.ts';

/** Which threshold: of an asset and a purpose, for a role or for one account. */
export type ThresholdKey = {
  assetId: string;
  purpose: ThresholdPurpose;
} & ({ role: AccountRole; subAccountId: null } | { role: null; subAccountId: string });

export async function readThresholds(db: Queryable, chainId: string): Promise<Threshold[]> {
  const { rows } = await sql<Threshold>`
    SELECT k.asset_id AS "assetId", k.purpose, k.role, k.sub_account_id AS "subAccountId", k.low, k.target, k.high
      FROM account_threshold k JOIN asset a ON a.id = k.asset_id WHERE a.chain_id = ${chainId}`.execute(db);
  return rows;
}

/** Of all chains or one, for people. */
export async function listThresholds(db: Queryable, chainId: string | null): Promise<ThresholdOverview[]> {
  const { rows } = await sql<ThresholdOverview>`
    SELECT a.chain_id AS "chainId", a.code AS asset, a.decimals, s.address, k.asset_id AS "assetId", k.purpose, k.role,
           k.sub_account_id AS "subAccountId", k.low, k.target, k.high, k.updated_at AS "updatedAt"
      FROM account_threshold k JOIN asset a ON a.id = k.asset_id
      LEFT JOIN sub_account s ON s.id = k.sub_account_id
     WHERE ${chainId}::text IS NULL OR a.chain_id = ${chainId}
     ORDER BY a.chain_id, k.purpose, a.code, k.role NULLS LAST, s.address`.execute(db);
  return rows;
}

/** Writes a threshold, or changes the one that is there. */
export async function upsertThreshold(tx: Tx, key: ThresholdKey, levels: Levels): Promise<void> {
  await sql`
    INSERT INTO account_threshold (asset_id, purpose, role, sub_account_id, low, target, high)
    VALUES (${key.assetId}, ${key.purpose}, ${key.role}, ${key.subAccountId}, ${levels.low}, ${levels.target}, ${levels.high})
    ON CONFLICT (asset_id, purpose, role, sub_account_id)
    DO UPDATE SET low = excluded.low, target = excluded.target, high = excluded.high, updated_at = now()
     WHERE (account_threshold.low, account_threshold.target, account_threshold.high)
           IS DISTINCT FROM (excluded.low, excluded.target, excluded.high)`.execute(tx);
}

/** False: there was none. */
export async function deleteThreshold(tx: Tx, key: ThresholdKey): Promise<boolean> {
  const { numAffectedRows } = await sql`
    DELETE FROM account_threshold
     WHERE asset_id = ${key.assetId} AND purpose = ${key.purpose} AND role IS NOT DISTINCT FROM ${key.role}
       AND sub_account_id IS NOT DISTINCT FROM ${key.subAccountId}::uuid`.execute(tx);
  return numAffectedRows === 1n;
}
