/** What a setting belongs to: the deployment, a chain (`polygon`) or an asset (`polygon:USDC`). */
export const settingScopes = ['installation', 'chain', 'asset'] as const;
export type SettingScope = (typeof settingScopes)[number];

/** A whole number, or a switch. In the database, in the API and on the command line: digits, or `true` and `false`. */
export type SettingValue = bigint | boolean;

/** Of which the roles read a setting; for whoever wants to know what a change will do. */
export type SettingReader = 'api' | 'processor' | 'broadcaster' | 'monitor' | 'accounts' | 'jobs';

/** Of the whole deployment. */
export type Installation = {
  /** Looks in a row that must see a difference between ledger and chain before it is an alarm. */
  chainLooks: number;
  chainLookAgainMs: number;
};

/** What is known of a chain besides its settings: what an operator's bounds are taken from. */
export type ChainFacts = {
  network: 'local' | 'test' | 'main';
  /** Blocks, as the chain ships. */
  shippedConfirmations: number;
};

/** What can be said of a setting without its target. `T` is what its value is read from and written into. */
export type SettingDefinition<T> = {
  /** `batch.items_max` */
  key: string;
  kind: 'number' | 'switch';
  /** `blocks`, `ms`, `wei per gas`; for a switch what true means. */
  unit: string;
  /** One sentence: what it is. */
  summary: string;
  /** What happens when it changes, to what is new and to what is under way. */
  effect: string;
  readers: readonly SettingReader[];
  /** Inclusive; of a number. */
  min: (facts: ChainFacts | null) => bigint;
  max: bigint;
  /** Why a change must be acknowledged, or null. */
  danger: (from: SettingValue | null, to: SettingValue | null) => string | null;
  /** Null: there is none. */
  read: (target: T) => SettingValue | null;
  /** The target with this value. Never mutates. */
  write: (target: T, value: SettingValue) => T;
};

/** One decision of an operator. Version 1 is the first. */
export type SettingVersion = {
  /** UUID. */
  id: string;
  key: string;
  /** '' of an installation, else the id of the chain or asset. */
  target: string;
  version: number;
  /** Null: as it ships, or as the environment configures it. */
  value: SettingValue | null;
  previous: SettingValue | null;
  actor: string;
  reason: string;
  at: Date;
};

/** What is in force, as a person needs it to decide. */
export type SettingView = {
  key: string;
  scope: SettingScope;
  target: string;
  kind: 'number' | 'switch';
  unit: string;
  summary: string;
  effect: string;
  readers: readonly SettingReader[];
  min: bigint | null;
  max: bigint | null;
  /** In force where nobody has decided: what ships, or what the environment says. */
  default: SettingValue | null;
  current: SettingValue | null;
  /** 0: nobody has decided. */
  version: number;
  changed: { actor: string; reason: string; at: Date } | null;
};
