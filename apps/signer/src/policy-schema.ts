import type { Address } from 'viem';
import { z } from 'zod';

/**
 * The policy file's text, both versions. Whatever is not named is refused; no limit has a default; a field that nobody
 * knows is an error, so that a misspelt limit is not a missing one. Amounts are decimal strings in the asset's smallest
 * unit.
 */

const amount = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,77})$/, 'expected a decimal string in the smallest unit')
  .transform(BigInt);
const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'expected an address')
  .transform((text) => text.toLowerCase() as Address);
const chainId = z
  .string()
  .regex(/^[1-9][0-9]{0,15}$/, 'expected a decimal chain id')
  .refine((text) => Number.isSafeInteger(Number(text)), 'expected a chain id below 2^53');
const comment = z.string().optional(); // for people; has no effect

/** What an account may do: pay anyone, pay our own addresses, or pay our own addresses in the coin only. */
export const roles = ['PAYOUT', 'MAIN', 'GAS'] as const;
/**
 * By the function that is called: `pay` of a payout contract, `approve` of a token, `sweep` of a deposit factory,
 * `execTransaction` of a Safe, a transfer of nothing to itself.
 */
export const allowedFunctions = ['pay', 'approve', 'sweep', 'execTransaction', 'cancel'] as const;

const windowLimits = { perHourMax: amount, perDayMax: amount };
const spendLimits = {
  perItemMax: amount,
  perTransactionMax: amount,
  ...windowLimits,
  /** Recipients in any hour. */
  itemsPerHourMax: z.int().nonnegative(),
};

const tokenV1 = z
  .strictObject({
    /** null is the native coin. */
    token: address.nullable(),
    symbol: comment,
    perItemMax: amount,
    perTransactionMax: amount,
    perDayMax: amount,
  })
  .refine(
    (limits) => limits.perItemMax <= limits.perTransactionMax && limits.perTransactionMax <= limits.perDayMax,
    'expected perItemMax ≤ perTransactionMax ≤ perDayMax',
  );

type Ordered = { perItemMax: bigint; perTransactionMax: bigint; perHourMax: bigint; perDayMax: bigint };
const isOrdered = (limits: Ordered) =>
  limits.perItemMax <= limits.perTransactionMax &&
  limits.perTransactionMax <= limits.perHourMax &&
  limits.perHourMax <= limits.perDayMax;
const ORDER = 'expected perItemMax ≤ perTransactionMax ≤ perHourMax ≤ perDayMax';

const tokenV2 = z
  .strictObject({
    token: address.nullable(),
    symbol: comment,
    ...spendLimits,
    /** A ceiling for each account by itself; null: only the sums over all accounts count. */
    perAccount: z.strictObject(windowLimits).nullable(),
  })
  .refine(isOrdered, ORDER);

const eachOnce = (entries: readonly { token: Address | null }[]) =>
  new Set(entries.map((entry) => entry.token)).size === entries.length;

const chainFields = {
  name: comment,
  /** The contracts that may be called to pay, and the only spenders that may be approved. */
  payoutContracts: z.array(address),
  /** The factories whose deposit addresses may be swept; each sends to the one treasury that is fixed in it. */
  depositFactories: z.array(address).default([]),
  /** The Safes that what their owners signed may be handed to, when it pays an address of our own. */
  safes: z.array(address).default([]),
  gasPerTransactionMax: amount,
  feePerGasWeiMax: amount,
};
const chainV1 = z.strictObject({
  ...chainFields,
  tokens: z.array(tokenV1).refine(eachOnce, 'a token occurs twice'),
});
const chainV2 = z.strictObject({
  ...chainFields,
  functions: z.array(z.enum(allowedFunctions)),
  tokens: z.array(tokenV2).refine(eachOnce, 'a token occurs twice'),
  /** What all transactions together may cost: gas times fee at most, each nonce once. */
  gasMoney: z
    .strictObject({ perHourWeiMax: amount, perDayWeiMax: amount })
    .refine((limits) => limits.perHourWeiMax <= limits.perDayWeiMax, 'expected perHourWeiMax ≤ perDayWeiMax'),
});

const accountV2 = z.strictObject({
  address,
  label: comment,
  role: z.enum(roles),
  /** The account's own ceilings for a token, besides (MAIN and GAS: in the place of) those of the token. */
  limits: z
    .array(z.strictObject({ chainId, token: address.nullable(), ...spendLimits }).refine(isOrdered, ORDER))
    .optional(),
});

const policyV1 = z.strictObject({ version: z.literal(1), chains: z.record(chainId, chainV1) });
const policyV2 = z.strictObject({
  version: z.literal(2),
  /** What accounts are that `accounts` does not name; REFUSE: they sign nothing. */
  otherAccounts: z.enum([...roles, 'REFUSE']),
  accounts: z
    .array(accountV2)
    .refine(
      (accounts) => new Set(accounts.map((one) => one.address)).size === accounts.length,
      'an account occurs twice',
    ),
  /** Our addresses whose keys are elsewhere: MAIN and GAS may pay them, besides those that this signer has keys for. */
  ownAddresses: z.array(address),
  chains: z.record(chainId, chainV2),
});

export const policyFileSchema = z.discriminatedUnion('version', [policyV1, policyV2]);
export type PolicyFile = z.output<typeof policyFileSchema>;
export type PolicyFileV1 = z.output<typeof policyV1>;
export type PolicyFileV2 = z.output<typeof policyV2>;
export type Role = (typeof roles)[number];
export type AllowedFunction = (typeof allowedFunctions)[number];
