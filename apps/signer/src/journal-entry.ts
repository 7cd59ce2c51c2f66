import type { Hex } from '@naru/kit/hex.ts';
import type { Address } from 'viem';
import { z } from 'zod';

/** What the journal file holds, one array of entries a line. Amounts are decimal strings in the smallest unit. */
const hexText = (digits: number) => {
  const pattern = new RegExp(`^0x[0-9a-f]{${digits}}$`);
  return z.custom<Hex>((value) => typeof value === 'string' && pattern.test(value));
};
const address: z.ZodType<Address> = hexText(40);
const units = z.codec(z.string().regex(/^[0-9]+$/), z.bigint(), { decode: BigInt, encode: String });
const place = { chainId: z.int(), from: address, nonce: z.int() };
/** What the transaction may cost at most, gas times fee; absent in files of the first version. */
const feeWei = units.optional();

export const journalEntrySchema = z.discriminatedUnion('kind', [
  /** First line of the file. `id` ties it to the keys it guards; absent in files of the first version. */
  z.strictObject({ kind: z.literal('head'), version: z.literal([1, 2]), id: z.uuid().optional() }),
  /** The first, and only, payload other than a cancel that is signed at this place. `spend` counts for a day. */
  z.strictObject({
    kind: z.literal('original'),
    ...place,
    payloadHash: hexText(64),
    spend: z
      .strictObject({
        token: address.nullable(),
        amount: units,
        /** Recipients; absent is one. */
        items: z.int().positive().optional(),
        /** Money that stays at addresses of our own; absent is money that leaves. */
        isInternal: z.literal(true).optional(),
      })
      .nullable(),
    feeWei,
    atMs: z.int(),
  }),
  /** A cancel was signed at this place: the recorded replacement. */
  z.strictObject({ kind: z.literal('cancel'), ...place, feeWei, atMs: z.int() }),
  /** Something signed before at this place was signed again and may now cost `feeWei`. */
  z.strictObject({ kind: z.literal('fee'), ...place, feeWei: units, atMs: z.int() }),
  /** Nonces of the account below this one have been forgotten, and are refused. */
  z.strictObject({ kind: z.literal('floor'), ...place }),
  /** Another policy came into force. `limits` is all that it allows, so that the next change can be told. */
  z.strictObject({
    kind: z.literal('policy'),
    sha256: z.string(),
    limits: z.record(z.string(), z.string()),
    lifted: z.array(z.string()),
    lowered: z.array(z.string()),
    atMs: z.int(),
  }),
]);

export type JournalEntry = z.output<typeof journalEntrySchema>;
export type HeadEntry = Extract<JournalEntry, { kind: 'head' }>;
export type OriginalEntry = Extract<JournalEntry, { kind: 'original' }>;
export type CancelEntry = Extract<JournalEntry, { kind: 'cancel' }>;
export type FeeEntry = Extract<JournalEntry, { kind: 'fee' }>;
export type PolicyEntry = Extract<JournalEntry, { kind: 'policy' }>;
