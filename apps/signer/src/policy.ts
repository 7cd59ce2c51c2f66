import { open } from 'node:fs/promises';
import { errorText } from '@naru/kit/errors.ts';
import type { Address } from 'viem';
import { z } from 'zod';
import { ConfigError } from './config.ts';

/**
 * What may be signed. Whatever is not named is refused; no limit has a default. Amounts are decimal strings in the
 * asset's smallest unit.
 */
const GROUP_AND_OTHERS_WRITE = 0o022;

const amount = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,77})$/, 'expected a decimal string in the smallest unit')
  .transform(BigInt);
const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'expected an address')
  .transform((text) => text.toLowerCase() as Address);

const tokenPolicySchema = z
  .strictObject({
    /** null is the native coin. */
    token: address.nullable(),
    /** For people; has no effect. */
    symbol: z.string().optional(),
    perItemMax: amount,
    perTransactionMax: amount,
    /** In any 24 hours, over all accounts. */
    perDayMax: amount,
  })
  .refine(
    (limits) => limits.perItemMax <= limits.perTransactionMax && limits.perTransactionMax <= limits.perDayMax,
    'expected perItemMax ≤ perTransactionMax ≤ perDayMax',
  );

const chainPolicySchema = z.strictObject({
  /** For people; has no effect. */
  name: z.string().optional(),
  /** The contracts that may be called to pay, and the only spenders that may be approved. */
  payoutContracts: z.array(address),
  /** The factories whose deposit addresses may be swept; each sends to the one treasury that is fixed in it. */
  depositFactories: z.array(address).default([]),
  tokens: z
    .array(tokenPolicySchema)
    .refine(
      (tokens) => new Set(tokens.map((entry) => entry.token)).size === tokens.length,
      'a token occurs twice',
    ),
  gasPerTransactionMax: amount,
  feePerGasWeiMax: amount,
});

const policySchema = z
  .strictObject({
    version: z.literal(1),
    /** By decimal chain id. */
    chains: z.record(
      z.string().regex(/^[1-9][0-9]{0,15}$/, 'expected a decimal chain id'),
      chainPolicySchema,
    ),
  })
  .transform(({ chains }) => ({
    chains: new Map(
      Object.entries(chains).map(([chainId, chain]) => [Number(chainId), toChainPolicy(chain)]),
    ),
  }));

export type TokenPolicy = Readonly<
  Pick<z.output<typeof tokenPolicySchema>, 'perItemMax' | 'perTransactionMax' | 'perDayMax'>
>;
export type ChainPolicy = Readonly<{
  payoutContracts: ReadonlySet<Address>;
  depositFactories: ReadonlySet<Address>;
  tokens: ReadonlyMap<Address | null, TokenPolicy>;
  gasPerTransactionMax: bigint;
  feePerGasWeiMax: bigint;
}>;
export type Policy = Readonly<{ chains: ReadonlyMap<number, ChainPolicy> }>;

function toChainPolicy(chain: z.output<typeof chainPolicySchema>): ChainPolicy {
  return {
    payoutContracts: new Set(chain.payoutContracts),
    depositFactories: new Set(chain.depositFactories),
    tokens: new Map(chain.tokens.map((entry) => [entry.token, entry])),
    gasPerTransactionMax: chain.gasPerTransactionMax,
    feePerGasWeiMax: chain.feePerGasWeiMax,
  };
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
  const parsed = policySchema.safeParse(json);
  if (parsed.success) return parsed.data;
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
    const { mode } = await handle.stat();
    // Windows has no such mode bits.
    if (process.platform !== 'win32' && (mode & GROUP_AND_OTHERS_WRITE) !== 0) {
      throw new ConfigError([`policy file ${file} can be changed by others: run  chmod go-w ${file}`]);
    }
    return parsePolicy(await handle.readFile('utf8'), file);
  } finally {
    await handle.close();
  }
}
