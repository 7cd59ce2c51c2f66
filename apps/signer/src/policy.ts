import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { errorText } from '@naru/kit/errors.ts';
import type { Address } from 'viem';
import { ConfigError } from './config.ts';
import {
  type AllowedFunction,
  allowedFunctions,
  type PolicyFile,
  type PolicyFileV1,
  type PolicyFileV2,
  policyFileSchema,
  type Role,
} from './policy-schema.ts';
import { POLICY_BYTES_MAX } from './signer.limits.ts';

/** Sums over a window; null: no ceiling, as a policy of version 1 has it. */
export type WindowLimits = Readonly<{
  perHourMax: bigint | null;
  perDayMax: bigint | null;
  itemsPerHourMax: number | null;
}>;
export type SpendLimits = WindowLimits & Readonly<{ perItemMax: bigint; perTransactionMax: bigint }>;
export type TokenPolicy = SpendLimits & Readonly<{ perAccount: WindowLimits | null }>;
export type GasMoneyLimits = Readonly<{ perHourWeiMax: bigint; perDayWeiMax: bigint }>;

export type ChainPolicy = Readonly<{
  payoutContracts: ReadonlySet<Address>;
  depositFactories: ReadonlySet<Address>;
  safes: ReadonlySet<Address>;
  functions: ReadonlySet<AllowedFunction>;
  tokens: ReadonlyMap<Address | null, TokenPolicy>;
  gasPerTransactionMax: bigint;
  feePerGasWeiMax: bigint;
  /** Null: no ceiling but the one for a transaction. */
  gasMoney: GasMoneyLimits | null;
}>;
export type AccountRule = Readonly<{
  role: Role;
  /** By chain id and token, see `limitsKey`. */
  limits: ReadonlyMap<string, SpendLimits>;
}>;
/** What may be signed. */
export type Policy = Readonly<{
  version: 1 | 2;
  /** Of the file's bytes: names this policy in logs, metrics and the journal. */
  sha256: string;
  chains: ReadonlyMap<number, ChainPolicy>;
  accounts: ReadonlyMap<Address, AccountRule>;
  /** Accounts that are not named; null: they sign nothing. */
  otherAccounts: Role | null;
  ownAddresses: ReadonlySet<Address>;
}>;

const GROUP_AND_OTHERS_WRITE = 0o022;
const NO_LIMITS: ReadonlyMap<string, SpendLimits> = new Map();

export function limitsKey(chainId: number, token: Address | null): string {
  return `${chainId}:${token ?? 'native'}`;
}

/** The rule of an account; null when it may sign nothing. */
export function ruleOf(policy: Policy, account: Address): AccountRule | null {
  const named = policy.accounts.get(account);
  if (named !== undefined) return named;
  return policy.otherAccounts === null ? null : { role: policy.otherAccounts, limits: NO_LIMITS };
}

/**
 * Parses a policy.
 * @throws {ConfigError} with every problem.
 */
export function parsePolicy(text: string, name: string): Policy {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ConfigError([`policy file ${name} is not JSON: ${errorText(error)}`]);
  }
  const parsed = policyFileSchema.safeParse(json);
  if (parsed.success) return toPolicy(parsed.data, createHash('sha256').update(text).digest('hex'));
  throw new ConfigError(
    parsed.error.issues.map((issue) => `policy file ${name}, at /${issue.path.join('/')}: ${issue.message}`),
  );
}

/**
 * Reads the policy file, which only its owner may change: who can write it can lift every limit.
 * @throws {ConfigError}
 */
export async function loadPolicy(file: string): Promise<Policy> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw new ConfigError([`NARU_SIGNER_POLICY_FILE: ${errorText(error)}`]);
  });
  try {
    const { mode, size } = await handle.stat();
    // Windows has no such mode bits.
    if (process.platform !== 'win32' && (mode & GROUP_AND_OTHERS_WRITE) !== 0) {
      throw new ConfigError([`policy file ${file} can be changed by others: run  chmod go-w ${file}`]);
    }
    if (size > POLICY_BYTES_MAX)
      throw new ConfigError([
        `policy file ${file} has ${size} bytes, more than ${POLICY_BYTES_MAX}: name the right file`,
      ]);
    return parsePolicy(await handle.readFile('utf8'), file);
  } finally {
    await handle.close();
  }
}

function toPolicy(file: PolicyFile, sha256: string): Policy {
  return file.version === 1 ? fromV1(file, sha256) : fromV2(file, sha256);
}

/** Version 1 has one sort of account, no hours, and no ceiling for gas money. */
function fromV1(file: PolicyFileV1, sha256: string): Policy {
  const chains = Object.entries(file.chains).map(([chainId, chain]) => {
    const tokens = chain.tokens.map((entry) => {
      const limits = { ...entry, perHourMax: null, itemsPerHourMax: null, perAccount: null };
      return [entry.token, limits] as const;
    });
    const rest = { functions: new Set(allowedFunctions), gasMoney: null };
    return [Number(chainId), { ...common(chain), ...rest, tokens: new Map(tokens) }] as const;
  });
  return {
    version: 1,
    sha256,
    chains: new Map(chains),
    accounts: new Map(),
    otherAccounts: 'PAYOUT',
    ownAddresses: new Set(),
  };
}

function fromV2(file: PolicyFileV2, sha256: string): Policy {
  const chains = Object.entries(file.chains).map(([chainId, chain]) => {
    const tokens = chain.tokens.map((entry) => {
      const perAccount = entry.perAccount === null ? null : { ...entry.perAccount, itemsPerHourMax: null };
      return [entry.token, { ...entry, perAccount }] as const;
    });
    const rest = { functions: new Set(chain.functions), gasMoney: chain.gasMoney };
    return [Number(chainId), { ...common(chain), ...rest, tokens: new Map(tokens) }] as const;
  });
  const accounts = file.accounts.map(({ address, role, limits = [] }) => {
    const own = limits.map((entry) => [limitsKey(Number(entry.chainId), entry.token), entry] as const);
    return [address, { role, limits: new Map(own) }] as const;
  });
  return {
    version: 2,
    sha256,
    chains: new Map(chains),
    accounts: new Map(accounts),
    otherAccounts: file.otherAccounts === 'REFUSE' ? null : file.otherAccounts,
    ownAddresses: new Set(file.ownAddresses),
  };
}

function common(chain: {
  payoutContracts: Address[];
  depositFactories: Address[];
  safes: Address[];
  gasPerTransactionMax: bigint;
  feePerGasWeiMax: bigint;
}): Pick<
  ChainPolicy,
  'payoutContracts' | 'depositFactories' | 'safes' | 'gasPerTransactionMax' | 'feePerGasWeiMax'
> {
  return {
    payoutContracts: new Set(chain.payoutContracts),
    depositFactories: new Set(chain.depositFactories),
    safes: new Set(chain.safes),
    gasPerTransactionMax: chain.gasPerTransactionMax,
    feePerGasWeiMax: chain.feePerGasWeiMax,
  };
}
