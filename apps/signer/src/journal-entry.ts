import type { Hex } from '@naru/kit/hex.ts';
import type { Address } from 'viem';
import { z } from 'zod';

/** What the journal file holds, one array of entries a line. Amounts are decimal strings in the smallest unit. */
const hexText = (digits: number) => {
  const pattern = new RegExp(`^0x[0-9a-f]{${digits}}$`);
  return z.custom<Hex>((value) => typeof value === 'string' && pattern.test(value));
};
const address: z.ZodType<Address> = hexText(40);
const place = { chainId: z.int(), from: address, nonce: z.int() };

export const journalEntrySchema = z.discriminatedUnion('kind', [
  /** First line of the file. */
  z.strictObject({ kind: z.literal('head'), version: z.literal(1) }),
  /** The first, and only, payload other than a cancel that is signed at this place. `spend` counts for a day. */
  z.strictObject({
    kind: z.literal('original'),
    ...place,
    payloadHash: hexText(64),
    spend: z
      .strictObject({
        token: address.nullable(),
        amount: z.codec(z.string().regex(/^[0-9]+$/), z.bigint(), { decode: BigInt, encode: String }),
      })
      .nullable(),
    atMs: z.int(),
  }),
  /** A cancel was signed at this place: the recorded replacement. */
  z.strictObject({ kind: z.literal('cancel'), ...place, atMs: z.int() }),
  /** Nonces of the account below this one have been forgotten, and are refused. */
  z.strictObject({ kind: z.literal('floor'), ...place }),
]);

export type JournalEntry = z.output<typeof journalEntrySchema>;
export type OriginalEntry = Extract<JournalEntry, { kind: 'original' }>;
export type CancelEntry = Extract<JournalEntry, { kind: 'cancel' }>;
