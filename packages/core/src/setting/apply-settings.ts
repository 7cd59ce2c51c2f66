import type { Asset, Chain } from '../chain/chain.ts';
import { CHAIN_LOOK_AGAIN_MS, CHAIN_LOOKS } from '../reconciliation/reconciliation.limits.ts';
import { assetSettings, chainSettings, installationSettings } from './setting.definitions.ts';
import type { InForce } from './setting.store.ts';
import type { Installation, SettingDefinition } from './setting.ts';

/** What ships. */
export const defaultInstallation: Installation = {
  chainLooks: CHAIN_LOOKS,
  chainLookAgainMs: CHAIN_LOOK_AGAIN_MS,
};

/** The chain as it is worked on: what operators decided goes before environment and definition. */
export function applyToChain(chain: Chain, inForce: readonly InForce[]): Chain {
  return apply(chainSettings, chain, chain.id, inForce);
}

export function applyToAsset(asset: Asset, inForce: readonly InForce[]): Asset {
  return apply(assetSettings, asset, asset.id, inForce);
}

export function applyToInstallation(inForce: readonly InForce[]): Installation {
  return apply(installationSettings, defaultInstallation, '', inForce);
}

/** A key that this program does not know is of a newer or an older one, and left alone. */
function apply<T>(
  definitions: readonly SettingDefinition<T>[],
  target: T,
  targetId: string,
  inForce: readonly InForce[],
): T {
  let applied = target;
  for (const { key, target: id, value } of inForce) {
    if (id !== targetId || value === null) continue;
    const definition = definitions.find((one) => one.key === key);
    if (definition !== undefined) applied = definition.write(applied, value);
  }
  return applied;
}
