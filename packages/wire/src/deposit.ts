import { z } from 'zod';
import { amount } from './amount.ts';
import { address, assetCode, chainName, depositAddressId, depositId, organisationId } from './id.ts';
import { pageOf, pageQuery } from './page.ts';
import { storableText } from './text.ts';

/** Characters of a label. */
const LABEL_LENGTH_MAX = 255;
/** Characters of an operator's reason. */
const REASON_LENGTH_MAX = 500;

const label = storableText(LABEL_LENGTH_MAX);

export const createDepositAddressRequest = z
  .strictObject({
    chain: chainName,
    label: label.nullish().meta({ description: 'Your own name for it.', examples: ['customer 4711'] }),
    coin: z
      .boolean()
      .optional()
      .meta({
        description:
          'Whether the native coin is to be received there too, which needs a contract at the address first. Default: true. Tokens are received either way.',
        examples: [true],
      }),
  })
  .meta({ id: 'CreateDepositAddressRequest', description: 'One more address to be paid at.' });
export type CreateDepositAddressInput = z.input<typeof createDepositAddressRequest>;

export const depositAddress = z
  .object({
    id: depositAddressId,
    object: z.literal('deposit_address'),
    chain: chainName,
    address,
    label: z
      .string()
      .nullable()
      .meta({ examples: ['customer 4711'] }),
    coin: z.boolean().meta({ description: 'Whether it is to receive the native coin.', examples: [true] }),
    coinReady: z.boolean().meta({
      description:
        'Whether the native coin is seen at once. Until then, what comes of it is seen when the contract is there.',
      examples: [false],
    }),
    createdAt: z.iso.datetime().meta({ examples: ['2026-03-02T04:05:06.789Z'] }),
  })
  .meta({
    id: 'DepositAddress',
    description: 'An address that the caller is paid at. It stays valid forever.',
  });
export type DepositAddressBody = z.output<typeof depositAddress>;

export const depositAddressListQuery = z.strictObject({ chain: chainName.optional(), ...pageQuery });
export const depositAddressPage = pageOf(depositAddress).meta({ id: 'DepositAddressPage' });
export type DepositAddressPageBody = z.output<typeof depositAddressPage>;

export const depositStateNames = ['DETECTED', 'CREDITED', 'UNCREDITED', 'ORPHANED'] as const;
const depositState = z.enum(depositStateNames, 'state_unknown').meta({
  description:
    '`DETECTED`: in a block that is not final. `CREDITED`: final, and in the balance. `UNCREDITED`: final, and not credited by itself; `uncreditedReason` says why. `ORPHANED`: its block was reorganised away.',
  examples: ['CREDITED'],
});

export const deposit = z
  .object({
    id: depositId,
    object: z.literal('deposit'),
    state: depositState,
    chain: chainName,
    asset: assetCode.nullable().meta({ description: 'Null: a token that the installation does not know.' }),
    token: address.nullable().meta({ description: "The token's contract; null for the native coin." }),
    amount: amount.meta({ description: 'Of an unknown token in its smallest unit.', examples: ['12.5'] }),
    addressId: depositAddressId,
    address,
    from: address.meta({ description: 'Who paid. Zero: paid before there was a contract at the address.' }),
    transactionHash: z
      .string()
      .regex(/^0x[0-9a-f]{64}$/)
      .meta({ examples: [`0x${'5b'.repeat(32)}`] }),
    logIndex: z
      .int()
      .min(0)
      .meta({ examples: [12] }),
    blockNumber: z
      .int()
      .min(0)
      .meta({ examples: [71_234_567] }),
    depth: z
      .int()
      .min(1)
      .nullable()
      .meta({
        description: 'Blocks, its own included, when it was found final; null: not yet.',
        examples: [64],
      }),
    requiredDepth: z
      .int()
      .min(1)
      .meta({ examples: [64] }),
    uncreditedReason: z
      .enum(['token_unknown', 'asset_disabled', 'below_minimum', 'amount_too_large'])
      .nullable()
      .meta({ examples: [null] }),
    detectedAt: z.iso.datetime().meta({ examples: ['2026-03-02T04:05:06.789Z'] }),
    creditedAt: z.iso
      .datetime()
      .nullable()
      .meta({ examples: ['2026-03-02T04:07:14.112Z'] }),
  })
  .meta({ id: 'Deposit', description: 'A payment to one of the caller’s deposit addresses.' });
export type DepositBody = z.output<typeof deposit>;

const filter = {
  state: depositState.optional(),
  chain: chainName.optional(),
  asset: assetCode.optional(),
  addressId: depositAddressId.optional(),
};
export const depositListQuery = z.strictObject({ ...filter, ...pageQuery });
export const depositPage = pageOf(deposit).meta({ id: 'DepositPage' });
export type DepositPageBody = z.output<typeof depositPage>;

export const adminDeposit = deposit
  .extend({ organisationId })
  .meta({ id: 'AdminDeposit', description: 'A deposit of any organisation, for operators.' });
export type AdminDepositBody = z.output<typeof adminDeposit>;
export const adminDepositPage = pageOf(adminDeposit).meta({ id: 'AdminDepositPage' });
export type AdminDepositPageBody = z.output<typeof adminDepositPage>;

export const creditDepositRequest = z
  .strictObject({
    reason: storableText(REASON_LENGTH_MAX).meta({
      description: 'Why, for the audit log.',
      examples: ['ticket 12: the customer was told'],
    }),
  })
  .meta({ id: 'CreditDepositRequest', description: 'Credits a deposit that was not credited by itself.' });
export type CreditDepositInput = z.input<typeof creditDepositRequest>;
