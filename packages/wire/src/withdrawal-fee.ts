import { z } from 'zod';
import { amount, amountInput } from './amount.ts';
import { addressInput, assetCode, chainName, organisationId } from './id.ts';
import { reasonInput } from './setting.ts';
import { timestamp } from './text.ts';

export const quoteRequest = z
  .strictObject({
    chain: chainName,
    asset: assetCode,
    amount: amountInput,
    to: addressInput.nullish().meta({ description: 'Checked where it is given.' }),
  })
  .meta({ id: 'QuoteRequest', description: 'A withdrawal that might be asked for.' });
export type QuoteInput = z.input<typeof quoteRequest>;

export const withdrawalQuote = z
  .object({
    object: z.literal('withdrawal_quote'),
    chain: chainName,
    asset: assetCode,
    amount: amount.meta({ description: 'The recipient gets exactly this.', examples: ['100'] }),
    fee: amount.meta({ description: 'On top of it, at this moment.', examples: ['1.5'] }),
    total: amount.meta({ description: 'What the balance must cover.', examples: ['101.5'] }),
    available: amount.meta({ description: 'Your balance now.', examples: ['9987.5'] }),
    minimum: amount.meta({ description: 'The smallest amount.', examples: ['0.01'] }),
    maximum: amount.nullable().meta({ description: 'The largest amount; null: none.', examples: [null] }),
    limits: z
      .object({ perWithdrawal: amount, daily: amount, usedToday: amount })
      .nullable()
      .meta({
        description: "Your organisation's own; days are those of Seoul. Null: none.",
        examples: [null],
      }),
    accepted: z.boolean().meta({
      description: 'Whether it would be accepted at this moment.',
      examples: [true],
    }),
    refusal: z
      .object({ code: z.string(), message: z.string() })
      .nullable()
      .meta({ description: 'Why it would not.', examples: [null] }),
  })
  .meta({ id: 'WithdrawalQuote', description: 'What a withdrawal would cost. Nothing is reserved.' });
export type WithdrawalQuoteBody = z.output<typeof withdrawalQuote>;

const terms = {
  flat: amount.meta({ description: 'The same for each withdrawal.', examples: ['0.5'] }),
  basisPoints: z
    .int()
    .min(0)
    .meta({ description: 'Of the amount, in hundredths of a percent.', examples: [100] }),
  gasPercent: z
    .int()
    .min(0)
    .meta({
      description: 'Of what the gas of one payment costs, in percent: 100 is the cost.',
      examples: [0],
    }),
  minimum: amount.meta({ description: 'The fee is no less.', examples: ['0'] }),
  maximum: amount.nullable().meta({ description: 'The fee is no more; null: no bound.', examples: [null] }),
};

export const withdrawalFee = z
  .object({
    object: z.literal('withdrawal_fee'),
    chain: chainName,
    asset: assetCode,
    organisationId: organisationId.nullable().meta({
      description: 'Whose it is; null: of everybody who has none of their own.',
      examples: [null],
    }),
    version: z
      .int()
      .min(1)
      .meta({ examples: [2] }),
    terms: z.object(terms).nullable().meta({
      description: 'Null: it ended. An organisation has what everybody has; everybody pays nothing.',
    }),
    actor: z.string().meta({ examples: ['operator:kim'] }),
    reason: z.string().meta({ examples: ['ticket 4712'] }),
    at: timestamp,
  })
  .meta({ id: 'WithdrawalFee', description: 'How the fee of a withdrawal is made up. Kept for ever.' });
export type WithdrawalFeeBody = z.output<typeof withdrawalFee>;
export const withdrawalFeeList = z.object({ data: z.array(withdrawalFee) }).meta({ id: 'WithdrawalFeeList' });

export const withdrawalFeeHistoryQuery = z.strictObject({
  organisationId: organisationId.optional(),
});

export const changeWithdrawalFeeRequest = z
  .strictObject({
    chain: chainName,
    asset: assetCode,
    organisationId: organisationId.nullish().meta({ description: 'Null: of everybody.' }),
    terms: z
      .strictObject({
        flat: amountInput.default('0'),
        basisPoints: z
          .int('wrong_type')
          .min(0, 'fee_out_of_bounds')
          .max(10_000, 'fee_out_of_bounds')
          .default(0),
        gasPercent: z
          .int('wrong_type')
          .min(0, 'fee_out_of_bounds')
          .max(1_000, 'fee_out_of_bounds')
          .default(0),
        minimum: amountInput.default('0'),
        maximum: amountInput.nullable().default(null),
      })
      .nullable()
      .meta({ description: 'Null: it ends.' }),
    seenVersion: z
      .int('wrong_type')
      .min(0, 'version_unknown')
      .meta({ description: 'The version that you looked at; 0: there was none.', examples: [0] }),
    reason: reasonInput,
  })
  .meta({ id: 'ChangeWithdrawalFeeRequest' });
export type ChangeWithdrawalFeeInput = z.input<typeof changeWithdrawalFeeRequest>;
