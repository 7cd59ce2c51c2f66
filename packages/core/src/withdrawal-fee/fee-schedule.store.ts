import type { Queryable, Tx } from '@naru/db/database.ts';
import { sql } from 'kysely';
import type { Asset, Chain } from '../chain/chain.ts';
import { readPairs } from '../exchange-rate/exchange-rate.store.ts';
import { type CoinWorth, coinWorthOf } from './coin-worth.ts';
import {
  FEE_HISTORY_ROWS_MAX,
  GAS_PRICE_REFRESH_MS,
  GAS_PRICE_VALID_MS,
  OWN_SCHEDULES_MAX,
} from './withdrawal-fee.limits.ts';
import type { FeeBook, FeeSchedule } from './withdrawal-fee.ts';
import { noFees, scheduleKey } from './withdrawal-fee.ts';

const columns = sql`id, asset_id AS "assetId", organisation_id AS "organisationId", version, ended, flat,
  basis_points AS "basisPoints", gas_percent AS "gasPercent", fee_min AS "feeMin", fee_max AS "feeMax", actor, reason, at`;

/**
 * The newest decision for each asset and organisation, and what gas costs where that is known. Exchange rates are read
 * only where the fee of a token follows gas.
 */
export async function readFeeBook(
  db: Queryable,
  configured: { chains: ReadonlyMap<string, Chain>; assets: ReadonlyMap<string, Asset> },
): Promise<FeeBook> {
  const { rows } = await sql<FeeSchedule>`
    SELECT DISTINCT ON (asset_id, organisation_id) ${columns} FROM withdrawal_fee_schedule
     ORDER BY asset_id, organisation_id, version DESC`.execute(db);
  if (rows.length === 0) return noFees;
  const prices = await sql<{ chainId: string; weiPerGas: bigint }>`
    SELECT chain_id AS "chainId", wei_per_gas AS "weiPerGas" FROM gas_price
     WHERE at > now() - ${GAS_PRICE_VALID_MS} * interval '1 millisecond'`.execute(db);
  return {
    schedules: new Map(rows.map((row) => [scheduleKey(row.assetId, row.organisationId), row])),
    gasPrices: new Map(prices.rows.map((row) => [row.chainId, row.weiPerGas])),
    coinWorth: await readCoinWorth(db, configured, rows),
  };
}

async function readCoinWorth(
  db: Queryable,
  configured: { chains: ReadonlyMap<string, Chain>; assets: ReadonlyMap<string, Asset> },
  schedules: readonly FeeSchedule[],
): Promise<Map<string, CoinWorth>> {
  const byGas = new Set(
    schedules.filter((one) => one.gasPercent > 0 && !one.ended).map((one) => one.assetId),
  );
  const tokens = [...configured.assets.values()].filter(
    ({ id, address }) => address !== null && byGas.has(id),
  );
  if (tokens.length === 0) return new Map();
  const pairs = await readPairs(db);
  const at = new Date();
  return new Map(tokens.map((token) => [token.id, coinWorthOf(pairs, configured, token, at)]));
}

/** Whoever else decides about fees waits; readers do not. */
export async function lockSchedules(tx: Tx): Promise<void> {
  await sql`LOCK TABLE withdrawal_fee_schedule IN SHARE ROW EXCLUSIVE MODE`.execute(tx);
}

export async function insertSchedule(tx: Tx, row: Omit<FeeSchedule, 'at'>): Promise<void> {
  await sql`
    INSERT INTO withdrawal_fee_schedule (id, asset_id, organisation_id, version, ended, flat, basis_points, gas_percent,
                                         fee_min, fee_max, actor, reason)
    VALUES (${row.id}, ${row.assetId}, ${row.organisationId}, ${row.version}, ${row.ended}, ${row.flat},
            ${row.basisPoints}, ${row.gasPercent}, ${row.feeMin}, ${row.feeMax}, ${row.actor}, ${row.reason})`.execute(
    tx,
  );
}

export async function findSchedule(db: Queryable, id: string): Promise<FeeSchedule | null> {
  const { rows } = await sql<FeeSchedule>`
    SELECT ${columns} FROM withdrawal_fee_schedule WHERE id = ${id}`.execute(db);
  return rows[0] ?? null;
}

/** Every decision for an asset, or for an organisation of it; the newest first. */
export async function listSchedules(
  db: Queryable,
  of: { assetId: string; organisationId: string | null },
): Promise<FeeSchedule[]> {
  const { rows } = await sql<FeeSchedule>`
    SELECT ${columns} FROM withdrawal_fee_schedule
     WHERE asset_id = ${of.assetId} AND organisation_id IS NOT DISTINCT FROM ${of.organisationId}::uuid
     ORDER BY version DESC LIMIT ${FEE_HISTORY_ROWS_MAX}`.execute(db);
  return rows;
}

/** May another organisation have a schedule of its own for this asset? */
export async function hasRoomForOwn(db: Queryable, assetId: string): Promise<boolean> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(DISTINCT organisation_id)::integer AS count FROM withdrawal_fee_schedule
     WHERE asset_id = ${assetId} AND organisation_id IS NOT NULL`.execute(db);
  return (rows[0]?.count ?? 0) < OWN_SCHEDULES_MAX;
}

/** What gas costs on a chain now. Written when it has changed, or before it would be too old. */
export async function saveGasPrice(db: Queryable, chainId: string, weiPerGas: bigint): Promise<void> {
  await sql`
    INSERT INTO gas_price AS g (chain_id, wei_per_gas) VALUES (${chainId}, ${weiPerGas})
    ON CONFLICT (chain_id) DO UPDATE SET wei_per_gas = excluded.wei_per_gas, at = clock_timestamp()
     WHERE g.wei_per_gas <> excluded.wei_per_gas
        OR g.at < now() - ${GAS_PRICE_REFRESH_MS} * interval '1 millisecond'`.execute(db);
}
