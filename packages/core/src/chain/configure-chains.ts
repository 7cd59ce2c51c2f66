import type { Database } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { getAddress } from 'viem';
import { chainDefinitions } from './chain.definitions.ts';
import { readConfigured, upsertAsset, upsertChain } from './chain.store.ts';
import { assetIdOf } from './chain.ts';

/** What a deployment adds to the definitions that ship, by chain id. */
export type ChainSettings = {
  payoutContract: Hex | null;
  /** Null or unset: no deposits on the chain. */
  depositFactory?: Hex | null;
  hasRpc: boolean;
  /** Blocks. Unset: as deep as the chain is now, and no less than its definition. */
  confirmations?: number;
  /** Unset: as in its definition. */
  blockTimeMs?: number;
};

/** What a contract wallet's receive hook may use; a Safe's needs under 10,000. */
const COIN_TRANSFER_GAS_MAX = 20_000n;
/** With the new account that a recipient may be, and a hook that burns all it gets: 38,000 + 20,000. */
const COIN_GAS_PER_ITEM = 58_000n;

/**
 * Writes the chains as configured, with their native coins. A chain is enabled when it has RPC URLs and a payout
 * contract; one that loses them is disabled, and what is under way waits until it is back. Its final depth is lowered
 * by saying so only: settings without a depth leave the one that it has, so that an environment that forgot it does
 * not make payments final in blocks that can still go. What an operator has set at run time stands apart from these rows
 * (`setting/`) and goes before them, so that no start undoes it.
 */
export async function configureChains(
  db: Database,
  settings: ReadonlyMap<string, ChainSettings>,
): Promise<void> {
  const { assets, chains } = await readConfigured(db);
  for (const definition of chainDefinitions) {
    const coin = assets.find(({ id }) => id === assetIdOf(definition.id, definition.nativeSymbol));
    const before = chains.find(({ id }) => id === definition.id);
    const own = settings.get(definition.id);
    const payoutContract = own?.payoutContract ?? null;
    await upsertChain(db, {
      ...definition,
      confirmations: own?.confirmations ?? Math.max(definition.confirmations, before?.confirmations ?? 0),
      blockTimeMs: own?.blockTimeMs ?? definition.blockTimeMs,
      payoutContract,
      depositFactory: own?.depositFactory ? getAddress(own.depositFactory.toLowerCase()) : null,
      enabled: own?.hasRpc === true && payoutContract !== null,
    });
    await upsertAsset(db, {
      chainId: definition.id,
      code: definition.nativeSymbol,
      symbol: definition.nativeSymbol,
      address: null,
      decimals: 18,
      // What an operator has decided since the first start stays.
      minimum: coin?.minimum ?? 1n,
      gasPerItem: COIN_GAS_PER_ITEM,
      transferGasMax: COIN_TRANSFER_GAS_MAX,
      enabled: coin?.enabled ?? true,
    });
  }
}
