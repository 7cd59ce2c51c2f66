import type { Hex } from '@naru/kit/hex.ts';
import { getAddress } from 'viem/utils';
import { z } from 'zod';
import { RpcDecodeError } from './rpc/rpc-errors.ts';

/**
 * What the reads of chain-reader.ts accept from a node, parsed: quantities as bigint, addresses in EIP-55 form, hashes and
 * data in lower case. Fields we do not use are dropped. Source: https://ethereum.github.io/execution-apis/
 */
export const quantity = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,64}$/)
  .transform((text) => BigInt(text));
export const hash = hexOfBytes(32);
export const address = hexOfBytes(20).transform((text) => getAddress(text));
export const data = z
  .string()
  .regex(/^0x([0-9a-fA-F]{2})*$/)
  .transform((text): Hex => `0x${text.slice(2).toLowerCase()}`);

function hexOfBytes(length: number) {
  return z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${2 * length}}$`))
    .transform((text): Hex => `0x${text.slice(2).toLowerCase()}`);
}

export const blockHeaderShape = z
  .object({
    number: quantity,
    hash,
    parentHash: hash,
    timestamp: quantity,
    gasUsed: quantity,
    gasLimit: quantity,
    baseFeePerGas: quantity.nullish(),
  })
  .transform(({ timestamp, baseFeePerGas, ...block }) => ({
    ...block,
    /** Seconds since 1970. */
    timestampSeconds: timestamp,
    /** Null on a chain without base fee. */
    baseFeePerGasWei: baseFeePerGas ?? null,
  }));
export type BlockHeader = z.output<typeof blockHeaderShape>;

export const logShape = z
  .object({
    address,
    topics: z.array(hash).max(4),
    data,
    blockNumber: quantity,
    blockHash: hash,
    transactionHash: hash,
    logIndex: quantity.transform(Number),
    removed: z.literal(false).optional(), // true only in subscriptions, for a log that a reorg took back
  })
  .transform(({ removed: _removed, ...log }) => log);
export type ChainLog = z.output<typeof logShape>;

/** Without its logs: a batch has hundreds, all of the token's making, and nothing is concluded from them. */
export const receiptShape = z
  .object({
    transactionHash: hash,
    blockNumber: quantity,
    blockHash: hash,
    status: z.enum(['0x0', '0x1']).transform((status) => (status === '0x1' ? 'success' : 'reverted')),
    from: address,
    to: address.nullish().transform((to) => to ?? null),
    gasUsed: quantity,
    effectiveGasPrice: quantity.optional(),
  })
  .transform(({ effectiveGasPrice, ...receipt }) => ({
    ...receipt,
    /** Null where the node does not say. */
    effectiveGasPriceWei: effectiveGasPrice ?? null,
  }));
export type TransactionReceipt = z.output<typeof receiptShape>;

export const transactionShape = z
  .object({
    hash,
    from: address,
    to: address.nullish().transform((to) => to ?? null),
    nonce: quantity,
    input: data,
    value: quantity,
    gas: quantity,
    blockNumber: quantity.nullish().transform((blockNumber) => blockNumber ?? null),
    blockHash: hash.nullish().transform((blockHash) => blockHash ?? null),
  })
  .transform(({ value, ...transaction }) => ({ ...transaction, valueWei: value }));
/** `blockNumber` and `blockHash` are null while it waits in the node's pool. */
export type ChainTransaction = z.output<typeof transactionShape>;

export const feeHistoryShape = z.object({
  baseFeePerGas: z.array(quantity),
  gasUsedRatio: z.array(z.number()),
  reward: z.array(z.array(quantity)).nullish(),
});

/** Parses, or throws `RpcDecodeError`: the node did not keep to the specification, so another one is asked. */
export function decodeShape<T>(shape: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RpcDecodeError(
    `${what}: unexpected answer at /${issue?.path.join('/') ?? ''} (${issue?.message ?? ''})`,
  );
}
