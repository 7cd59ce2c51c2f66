import type { Hex } from '@naru/kit/hex.ts';
import type { Address } from 'viem';
import { z } from 'zod';
import {
  AMOUNT_MAX,
  FEE_PER_GAS_WEI_MAX,
  GAS_MAX,
  ITEMS_PER_BATCH_MAX,
  REQUESTS_PER_CALL_MAX,
  SAFE_NONCE_MAX,
  SAFE_SIGNATURES_MAX,
  SALTS_PER_SWEEP_MAX,
  SIGN_MS_MAX,
} from './limits.ts';
import { refusalCodes } from './refusal.ts';

/**
 * What travels between worker and signer. Every schema is a codec: `z.decode` turns the wire's decimal strings into
 * bigint, `z.encode` turns them back. Objects are strict: a field that nobody knows is refused, not ignored.
 */

/** Decimal digits on the wire (no sign, no leading zero), bigint in code. */
function integer(minimum: bigint, maximum: bigint) {
  return z.codec(
    z.string().regex(/^(0|[1-9][0-9]{0,77})$/, 'not a decimal integer'),
    z.bigint().min(minimum).max(maximum),
    {
      decode: (digits) => BigInt(digits),
      encode: (value) => value.toString(),
    },
  );
}

/** 20 bytes as 0x-hex, lower case in code. Checksums are for people: the API has checked what they typed. */
const address = z.codec(
  z.string().regex(/^0x[0-9a-fA-F]{40}$/, 'not a 20-byte address'),
  z.custom<Address>((value) => typeof value === 'string'),
  { decode: (text) => text.toLowerCase() as Address, encode: (value) => value.toLowerCase() },
);

const hash = z.custom<Hex>(
  (value) => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value),
  'not a hash',
);
const rawTransaction = z.custom<Hex>(
  (value) => typeof value === 'string' && value.length % 2 === 0 && /^0x[0-9a-f]+$/.test(value),
  'not lower-case hex bytes',
);

const SAFE_SIGNATURES = new RegExp(`^0x(?:[0-9a-f]{130}){1,${SAFE_SIGNATURES_MAX}}$`);

const uuid = z.uuid().toLowerCase();
const chainId = z.int().positive();
/** EIP-2681 allows 64 bits; no account will come near 2^53. */
const nonce = z.int().nonnegative();

const payoutItemSchema = z.strictObject({ id: uuid, to: address, amount: integer(1n, AMOUNT_MAX) });

const itemsSchema = z
  .array(payoutItemSchema)
  .min(1)
  .max(ITEMS_PER_BATCH_MAX)
  .refine((items) => new Set(items.map((item) => item.id)).size === items.length, 'an item id occurs twice');

export const signIntentSchema = z.discriminatedUnion('kind', [
  /** Pay a batch through the payout contract. `token` null is the native coin; amounts in the smallest unit. */
  z.strictObject({
    kind: z.literal('payout'),
    contract: address,
    batchId: uuid,
    token: address.nullable(),
    gasPerItem: integer(1n, GAS_MAX),
    items: itemsSchema,
  }),
  /** Let the payout contract move the account's tokens: `approve(spender, 2^256 - 1)`. */
  z.strictObject({ kind: z.literal('approve'), token: address, spender: address }),
  /** Bring what deposit addresses hold to the treasury of their factory, and make those that are not there yet. */
  z.strictObject({
    kind: z.literal('sweep'),
    factory: address,
    /** Null: the native coin. */
    token: address.nullable(),
    salts: z.array(hash).min(1).max(SALTS_PER_SWEEP_MAX),
  }),
  /**
   * Hand a Safe what its owners signed: to pay `amount` of `token` (null: the coin) to `to`. The Safe checks the
   * signatures; the account that sends it pays the gas and nothing else.
   */
  z.strictObject({
    kind: z.literal('safe'),
    safe: address,
    token: address.nullable(),
    to: address,
    amount: integer(0n, AMOUNT_MAX),
    safeNonce: integer(0n, SAFE_NONCE_MAX),
    signatures: z.custom<Hex>(
      (value) => typeof value === 'string' && SAFE_SIGNATURES.test(value),
      `not 1 to ${SAFE_SIGNATURES_MAX} signatures of 65 bytes in lower-case hex`,
    ),
  }),
  /** Free the nonce: the account sends itself nothing. */
  z.strictObject({ kind: z.literal('cancel') }),
]);

export const signFeesSchema = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('eip1559'),
      maxFeePerGasWei: integer(1n, FEE_PER_GAS_WEI_MAX),
      maxPriorityFeePerGasWei: integer(0n, FEE_PER_GAS_WEI_MAX),
    })
    .refine(
      (fees) => fees.maxPriorityFeePerGasWei <= fees.maxFeePerGasWei,
      'the priority fee exceeds the fee',
    ),
  z.strictObject({ kind: z.literal('legacy'), gasPriceWei: integer(1n, FEE_PER_GAS_WEI_MAX) }),
]);

export const signRequestSchema = z.strictObject({
  requestId: uuid,
  chainId,
  from: address,
  nonce,
  gas: integer(21_000n, GAS_MAX),
  fees: signFeesSchema,
  intent: signIntentSchema,
});

/**
 * Body of `POST /v1/sign`, read only as far as needed to answer each request by its id. Each request is then read by
 * itself with `signRequestSchema`, so that a malformed one does not take the others down.
 */
export const signEnvelopeSchema = z.strictObject({
  requests: z
    .array(z.looseObject({ requestId: uuid }))
    .min(1)
    .max(REQUESTS_PER_CALL_MAX),
});

/**
 * How long a signature took, for traces; told to those who ask with `TIMES_HEADER`, so that a worker of an earlier version
 * is not told what it would refuse. From the moment that the call was read; `keyMs`: of it, with the key itself.
 */
export const signTimesSchema = z.strictObject({
  beganAt: z.iso.datetime(),
  tookMs: z.int().nonnegative().max(SIGN_MS_MAX),
  keyMs: z.int().nonnegative().max(SIGN_MS_MAX),
  /** `keystore`, `kms`, `pkcs11`. */
  backend: z.string().min(1).max(40),
});

export const signResultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    requestId: uuid,
    kind: z.literal('signed'),
    hash,
    raw: rawTransaction,
    times: signTimesSchema.optional(),
  }),
  z.strictObject({
    requestId: uuid,
    kind: z.literal('refused'),
    code: z.enum(refusalCodes),
    message: z.string(),
    retryable: z.boolean(),
  }),
]);

/** Answer of `POST /v1/sign`: one result for each request, in order. */
export const signAnswerSchema = z.strictObject({ results: z.array(signResultSchema) });

/** Answer of `GET /v1/keys`: all addresses, and which of them are held where (`keystore`, `kms`, `pkcs11`). */
export const keysAnswerSchema = z.strictObject({
  addresses: z.array(address),
  backends: z.array(z.strictObject({ backend: z.string(), addresses: z.array(address) })),
});

/**
 * Answer of `GET /v1/policy`: what is in force, named by the SHA-256 of its file; `problem` when the file as it is now was
 * refused; the last changes, newest first, with each limit that they lifted or lowered as `path: before → after`.
 */
export const policyAnswerSchema = z.strictObject({
  version: z.literal([1, 2]),
  sha256: z.string(),
  since: z.iso.datetime(),
  problem: z.string().nullable(),
  changes: z.array(
    z.strictObject({
      at: z.iso.datetime(),
      sha256: z.string(),
      lifted: z.array(z.string()),
      lowered: z.array(z.string()),
    }),
  ),
});

/** Answer of `GET /v1/nonces`: of each account that ever signed, the highest nonce at which it did. */
export const noncesAnswerSchema = z.strictObject({
  nonces: z.array(z.strictObject({ chainId, from: address, nonce })),
});

export type SignedNonce = z.output<typeof noncesAnswerSchema>['nonces'][number];
export type SignerKeys = z.output<typeof keysAnswerSchema>;
export type SignerPolicy = z.output<typeof policyAnswerSchema>;
export type SignIntent = z.output<typeof signIntentSchema>;
export type PayoutIntent = Extract<SignIntent, { kind: 'payout' }>;
export type SafeIntent = Extract<SignIntent, { kind: 'safe' }>;
export type PayoutItem = PayoutIntent['items'][number];
export type SignFees = z.output<typeof signFeesSchema>;
export type SignRequest = z.output<typeof signRequestSchema>;
export type SignTimes = z.output<typeof signTimesSchema>;
export type SignResult = z.output<typeof signResultSchema>;
