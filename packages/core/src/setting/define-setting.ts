import type { Asset, Chain } from '../chain/chain.ts';
import type { ChainOperation } from '../chain/chain-operation.ts';
import type { ChainFacts, Installation, SettingDefinition, SettingReader } from './setting.ts';

type Told = {
  unit: string;
  summary: string;
  effect: string;
  readers: readonly SettingReader[];
};
type ToldNumber = Told & {
  bounds: readonly [min: bigint, max: bigint];
  min?: (facts: ChainFacts | null) => bigint;
  danger?: SettingDefinition<unknown>['danger'];
};

function harmless(): null {
  return null;
}

/** The keys of `T` whose values are `V`. */
type FieldsOf<T, V> = { [K in keyof T]-?: T[K] extends V ? K : never }[keyof T];

function define<T>(
  key: string,
  told: ToldNumber,
  read: (target: T) => bigint | null,
  write: (target: T, value: bigint) => T,
): SettingDefinition<T> {
  const { bounds, min = () => bounds[0], danger = harmless, ...rest } = told;
  return {
    key,
    kind: 'number',
    ...rest,
    min,
    max: bounds[1],
    danger,
    read,
    // A switch's value never gets here: `parseValue` has looked at the kind.
    write: (target, value) => (typeof value === 'bigint' ? write(target, value) : target),
  };
}

export function chainNumber(key: string, field: FieldsOf<Chain, number>, told: ToldNumber) {
  const write = (chain: Chain, value: bigint): Chain => ({ ...chain, [field]: Number(value) });
  return define<Chain>(key, told, (chain) => BigInt(chain[field]), write);
}

export function chainWei(key: string, field: FieldsOf<Chain, bigint>, told: ToldNumber) {
  return define<Chain>(
    key,
    told,
    (chain) => chain[field],
    (chain, value) => ({ ...chain, [field]: value }),
  );
}

export function operationNumber(key: string, field: FieldsOf<ChainOperation, number>, told: ToldNumber) {
  return define<Chain>(
    key,
    told,
    ({ operation }) => BigInt(operation[field]),
    (chain, value) => ({ ...chain, operation: { ...chain.operation, [field]: Number(value) } }),
  );
}

export function chainSwitch(
  key: string,
  field: FieldsOf<ChainOperation, boolean>,
  told: Told,
): SettingDefinition<Chain> {
  return {
    key,
    kind: 'switch',
    ...told,
    min: () => 0n,
    max: 1n,
    danger: harmless,
    read: ({ operation }) => operation[field],
    write: (chain, value) => ({ ...chain, operation: { ...chain.operation, [field]: value === true } }),
  };
}

export function assetUnits(
  key: string,
  field: 'minimum' | 'maximum' | 'unitsPerCoin' | 'gasPerItem' | 'transferGasMax',
  told: ToldNumber,
) {
  return define<Asset>(
    key,
    told,
    (asset) => asset[field],
    (asset, value) => ({ ...asset, [field]: value }),
  );
}

export function installationNumber(key: string, field: FieldsOf<Installation, number>, told: ToldNumber) {
  return define<Installation>(
    key,
    told,
    (installation) => BigInt(installation[field]),
    (installation, value) => ({ ...installation, [field]: Number(value) }),
  );
}
