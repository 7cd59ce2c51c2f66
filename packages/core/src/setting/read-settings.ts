import type { Queryable } from '@naru/db/database.ts';
import { chainDefinitions } from '../chain/chain.definitions.ts';
import { readConfigured } from '../chain/chain.store.ts';
import type { Asset, Chain } from '../chain/chain.ts';
import { defaultInstallation } from './apply-settings.ts';
import { assetSettings, chainSettings, installationSettings } from './setting.definitions.ts';
import { HISTORY_ROWS_MAX } from './setting.limits.ts';
import { type InForce, listVersions, readInForce } from './setting.store.ts';
import type {
  ChainFacts,
  Installation,
  SettingDefinition,
  SettingScope,
  SettingVersion,
  SettingView,
} from './setting.ts';

/** A setting of one target, with what it is read from: the target as configured, without anybody's decision. */
export type Located = {
  scope: SettingScope;
  target: string;
  /** Its chain has URLs and a payout contract; always, of the installation. */
  configured: boolean;
  facts: ChainFacts | null;
} & (
  | { of: 'installation'; definition: SettingDefinition<Installation>; base: Installation }
  | { of: 'chain'; definition: SettingDefinition<Chain>; base: Chain }
  | { of: 'asset'; definition: SettingDefinition<Asset>; base: Asset }
);

/** Every setting of every target there is: of chains that are not configured too. */
export async function locateAll(db: Queryable): Promise<Located[]> {
  const { chains, assets } = await readConfigured(db);
  return [
    ...installationSettings.map(
      (definition): Located => ({
        of: 'installation',
        scope: 'installation',
        target: '',
        configured: true,
        facts: null,
        definition,
        base: defaultInstallation,
      }),
    ),
    ...chains.flatMap((base) =>
      chainSettings.map(
        (definition): Located => ({
          of: 'chain',
          scope: 'chain',
          target: base.id,
          configured: base.enabled,
          facts: factsOf(base),
          definition,
          base,
        }),
      ),
    ),
    ...assets.flatMap((base) =>
      assetSettings.map(
        (definition): Located => ({
          of: 'asset',
          scope: 'asset',
          target: base.id,
          configured: chains.some(({ id, enabled }) => id === base.chainId && enabled),
          facts: null,
          definition,
          base,
        }),
      ),
    ),
  ];
}

function factsOf(chain: Chain): ChainFacts {
  const shipped = chainDefinitions.find(({ id }) => id === chain.id);
  return { network: chain.network, shippedConfirmations: shipped?.confirmations ?? chain.confirmations };
}

export function toView(located: Located, inForce: InForce | undefined): SettingView {
  const { definition, scope, target, facts } = located;
  const { key, kind, unit, summary, effect, readers } = definition;
  const ships = readBase(located);
  return {
    key,
    scope,
    target,
    kind,
    unit,
    summary,
    effect,
    readers,
    min: kind === 'number' ? definition.min(facts) : null,
    max: kind === 'number' ? definition.max : null,
    default: ships,
    current: inForce?.value ?? ships,
    version: inForce?.version ?? 0,
    changed: inForce === undefined ? null : { actor: inForce.actor, reason: inForce.reason, at: inForce.at },
  };
}

/** What is in force where nobody has decided. */
export function readBase(located: Located) {
  switch (located.of) {
    case 'installation':
      return located.definition.read(located.base);
    case 'chain':
      return located.definition.read(located.base);
    case 'asset':
      return located.definition.read(located.base);
  }
}

export type SettingFilter = { scope?: SettingScope; target?: string; key?: string };

/** Settings with what is in force, in the order of the registry; of chains that are not configured only by their name. */
export async function listSettings(db: Queryable, filter: SettingFilter = {}): Promise<SettingView[]> {
  const [located, inForce] = await Promise.all([locateAll(db), readInForce(db)]);
  return located
    .filter(
      ({ definition, scope, target, configured }) =>
        (configured || filter.target !== undefined) &&
        (filter.scope === undefined || scope === filter.scope) &&
        (filter.target === undefined || target === filter.target) &&
        (filter.key === undefined || definition.key === filter.key),
    )
    .map((one) =>
      toView(
        one,
        inForce.find(({ key, target }) => key === one.definition.key && target === one.target),
      ),
    );
}

/** One setting with its newest changes, or null. */
export async function readSetting(
  db: Queryable,
  of: { key: string; target: string },
): Promise<{ setting: SettingView; history: SettingVersion[] } | null> {
  const [setting] = await listSettings(db, of);
  if (setting === undefined) return null;
  return { setting, history: await listVersions(db, of, HISTORY_ROWS_MAX) };
}
