import type { Queryable, Tx } from '@naru/db/database.ts';
import { sql } from 'kysely';
import { applyToAsset, applyToChain } from '../setting/apply-settings.ts';
import { readInForce } from '../setting/setting.store.ts';
import { readFeeBook } from '../withdrawal-fee/fee-schedule.store.ts';
import type { Asset, Catalogue, Chain } from './chain.ts';
import { defaultOperation } from './chain-operation.ts';

/** A chain and an asset as definitions, environment and additions have them: without what operators decided since. */
export type ChainRow = Omit<Chain, 'operation'>;
export type AssetRow = Omit<Asset, 'maximum' | 'unitsPerCoin'>;

/** All chains, assets and sub-accounts, with the settings in force: a few dozen rows. */
export async function readCatalogue(db: Queryable): Promise<Catalogue> {
  const configured = await readConfigured(db);
  const inForce = await readInForce(db);
  const chains = new Map(configured.chains.map((chain) => [chain.id, applyToChain(chain, inForce)]));
  const assets = new Map(configured.assets.map((asset) => [asset.id, applyToAsset(asset, inForce)]));
  const fees = await readFeeBook(db, { chains, assets });
  const own = await sql<{ address: string }>`
    SELECT chain_id || '/' || lower(address) AS address FROM sub_account`.execute(db);
  const deposits = await sql<{ id: string }>`
    SELECT id FROM chain c WHERE EXISTS (SELECT 1 FROM deposit_address WHERE chain_id = c.id)`.execute(db);
  return {
    fees,
    depositChains: new Set(deposits.rows.map((row) => row.id)),
    ownAddresses: new Set(own.rows.map((row) => row.address)),
    chains,
    assets,
  };
}

/** The rows alone: what is in force where nobody has decided anything. */
export async function readConfigured(db: Queryable): Promise<{ chains: Chain[]; assets: Asset[] }> {
  const chains = await sql<ChainRow>`
    SELECT id, evm_chain_id AS "evmChainId", name, network, native_symbol AS "nativeSymbol", gas_model AS "gasModel",
           block_time_ms AS "blockTimeMs", confirmations, tx_gas_max AS "txGasMax",
           data_gas_per_item AS "dataGasPerItem",
           batch_items_max AS "batchItemsMax", in_flight_per_account_max AS "inFlightPerAccountMax",
           fee_per_gas_wei_max AS "feePerGasWeiMax",
           tip_per_gas_wei_min AS "tipPerGasWeiMin", explorer_url AS "explorerUrl",
           payout_contract AS "payoutContract",
           deposit_factory AS "depositFactory", enabled
      FROM chain ORDER BY evm_chain_id`.execute(db);
  const assets = await sql<AssetRow>`
    SELECT id, chain_id AS "chainId", code, symbol, address, decimals, minimum, gas_per_item AS "gasPerItem",
           transfer_gas_max AS "transferGasMax", enabled
      FROM asset ORDER BY id`.execute(db);
  return {
    chains: chains.rows.map((chain) => ({ ...chain, operation: defaultOperation })),
    assets: assets.rows.map((asset) => ({ ...asset, maximum: null, unitsPerCoin: null })),
  };
}

/** Writes a chain's definition, as configuration has it. */
export async function upsertChain(db: Queryable, chain: ChainRow): Promise<void> {
  await sql`
    INSERT INTO chain (id, evm_chain_id, name, network, native_symbol, gas_model, block_time_ms, confirmations,
                       tx_gas_max, data_gas_per_item, batch_items_max, in_flight_per_account_max, fee_per_gas_wei_max,
                       tip_per_gas_wei_min, explorer_url, payout_contract, deposit_factory, enabled)
    VALUES (${chain.id}, ${chain.evmChainId}, ${chain.name}, ${chain.network}, ${chain.nativeSymbol},
            ${chain.gasModel}, ${chain.blockTimeMs}, ${chain.confirmations}, ${chain.txGasMax}, ${chain.dataGasPerItem},
            ${chain.batchItemsMax}, ${chain.inFlightPerAccountMax}, ${chain.feePerGasWeiMax}, ${chain.tipPerGasWeiMin}, ${chain.explorerUrl},
            ${chain.payoutContract}, ${chain.depositFactory}, ${chain.enabled})
    ON CONFLICT (id) DO UPDATE SET
      name = excluded.name, block_time_ms = excluded.block_time_ms, confirmations = excluded.confirmations,
      tx_gas_max = excluded.tx_gas_max, data_gas_per_item = excluded.data_gas_per_item, batch_items_max = excluded.batch_items_max,
      in_flight_per_account_max = excluded.in_flight_per_account_max,
      fee_per_gas_wei_max = excluded.fee_per_gas_wei_max, tip_per_gas_wei_min = excluded.tip_per_gas_wei_min, explorer_url = excluded.explorer_url,
      payout_contract = excluded.payout_contract, deposit_factory = excluded.deposit_factory,
      enabled = excluded.enabled, updated_at = now()`.execute(db);
}

/** Whoever else changes assets waits; readers do not. */
export async function lockAssets(tx: Tx): Promise<void> {
  await sql`LOCK TABLE asset IN SHARE ROW EXCLUSIVE MODE`.execute(tx);
}

/** Accepts withdrawals of an asset, or no more. */
export async function setAssetEnabled(db: Queryable, id: string, enabled: boolean): Promise<void> {
  await sql`UPDATE asset SET enabled = ${enabled} WHERE id = ${id}`.execute(db);
}

export async function upsertAsset(db: Queryable, asset: Omit<AssetRow, 'id'>): Promise<void> {
  await sql`
    INSERT INTO asset (id, chain_id, code, symbol, address, decimals, minimum, gas_per_item, transfer_gas_max,
                       enabled)
    VALUES (${`${asset.chainId}:${asset.code}`}, ${asset.chainId}, ${asset.code}, ${asset.symbol}, ${asset.address},
            ${asset.decimals}, ${asset.minimum}, ${asset.gasPerItem},
            ${asset.transferGasMax}, ${asset.enabled})
    ON CONFLICT (id) DO UPDATE SET minimum = excluded.minimum, gas_per_item = excluded.gas_per_item,
      transfer_gas_max = excluded.transfer_gas_max,
      enabled = excluded.enabled`.execute(db);
}
