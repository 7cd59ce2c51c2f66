import type { Queryable, Tx } from '@naru/db/database.ts';
import { sql } from 'kysely';
import type { Asset, Catalogue, Chain } from './chain.ts';

/** All chains, assets and sub-accounts: a few dozen rows. */
export async function readCatalogue(db: Queryable): Promise<Catalogue> {
  const chains = await sql<Chain>`
    SELECT id, evm_chain_id AS "evmChainId", name, network, native_symbol AS "nativeSymbol", gas_model AS "gasModel",
           block_time_ms AS "blockTimeMs", confirmations, tx_gas_max AS "txGasMax",
           data_gas_per_item AS "dataGasPerItem",
           batch_items_max AS "batchItemsMax", in_flight_per_account_max AS "inFlightPerAccountMax",
           fee_per_gas_wei_max AS "feePerGasWeiMax",
           tip_per_gas_wei_min AS "tipPerGasWeiMin", explorer_url AS "explorerUrl",
           payout_contract AS "payoutContract",
           deposit_factory AS "depositFactory", enabled
      FROM chain ORDER BY evm_chain_id`.execute(db);
  const assets = await sql<Asset>`
    SELECT id, chain_id AS "chainId", code, symbol, address, decimals, minimum, gas_per_item AS "gasPerItem",
           transfer_gas_max AS "transferGasMax", enabled
      FROM asset ORDER BY id`.execute(db);
  const own = await sql<{ address: string }>`
    SELECT chain_id || '/' || lower(address) AS address FROM sub_account`.execute(db);
  const deposits = await sql<{ id: string }>`
    SELECT id FROM chain c WHERE EXISTS (SELECT 1 FROM deposit_address WHERE chain_id = c.id)`.execute(db);
  return {
    depositChains: new Set(deposits.rows.map((row) => row.id)),
    ownAddresses: new Set(own.rows.map((row) => row.address)),
    chains: new Map(chains.rows.map((chain) => [chain.id, chain])),
    assets: new Map(assets.rows.map((asset) => [asset.id, asset])),
  };
}

/** Writes a chain's definition, as configuration has it. */
export async function upsertChain(db: Queryable, chain: Chain): Promise<void> {
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

export async function upsertAsset(db: Queryable, asset: Omit<Asset, 'id'>): Promise<void> {
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
