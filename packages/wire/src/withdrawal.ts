import { z } from 'zod';
import { amount, amountInput } from './amount.ts';
import { address, addressInput, assetCode, bulkId, chainName, withdrawalId } from './id.ts';
import { pageOf, pageQuery } from './page.ts';
import { withdrawalReview } from './review.ts';
import {
  isStorable,
  METADATA_ENTRIES_MAX,
  METADATA_KEY_LENGTH_MAX,
  METADATA_VALUE_LENGTH_MAX,
  REFERENCE_LENGTH_MAX,
  storableLine,
  timestamp,
} from './text.ts';

export const withdrawalStates = [
  'PENDING',
  'VALIDATING',
  'REVIEW',
  'SIGNING',
  'SIGNED',
  'BROADCASTING',
  'BROADCASTED',
  'CONFIRMING',
  'CONFIRMED',
  'FAILED',
  'CANCELED',
] as const;
/** No withdrawal leaves these. */
export const finalWithdrawalStates = ['CONFIRMED', 'FAILED', 'CANCELED'] as const;

export const withdrawalState = z.enum(withdrawalStates).meta({
  id: 'WithdrawalState',
  description: [
    'Where a withdrawal stands.',
    '`PENDING` accepted, the amount is reserved · `VALIDATING` being checked · `REVIEW` waits for a person ·',
    '`SIGNING`, `SIGNED` has its nonce and can no longer be canceled · `BROADCASTING`, `BROADCASTED` on its way to the chain ·',
    '`CONFIRMING` in a block, not deep enough yet (a reorganisation leads back to `BROADCASTED`) ·',
    '`CONFIRMED` paid, final · `FAILED`, `CANCELED` not paid, the reservation is released, final.',
  ].join(' '),
  examples: ['PENDING'],
});

export const priorities = ['STANDARD', 'VIP', 'EMERGENCY'] as const;
export const priority = z.enum(priorities).meta({
  id: 'Priority',
  description: '`VIP` goes before `STANDARD`; `EMERGENCY` is paid alone, without waiting for a batch.',
  examples: ['STANDARD'],
});

const metadataInput = z
  .record(
    storableLine(METADATA_KEY_LENGTH_MAX),
    z.string().max(METADATA_VALUE_LENGTH_MAX, 'too_long').refine(isStorable, 'character_not_allowed'),
  )
  .refine((entries) => Object.keys(entries).length <= METADATA_ENTRIES_MAX, 'too_many')
  .meta({
    description: `Your own notes, given back as they came: up to ${METADATA_ENTRIES_MAX} strings, names up to ${METADATA_KEY_LENGTH_MAX} and values up to ${METADATA_VALUE_LENGTH_MAX} characters. Put no personal data here.`,
    examples: [{ orderId: '981' }],
  });

export const referenceInput = storableLine(REFERENCE_LENGTH_MAX).meta({
  description: `Your own id for this withdrawal, up to ${REFERENCE_LENGTH_MAX} characters. It need not be unique.`,
  examples: ['order-981'],
});

export const createWithdrawalRequest = z
  .strictObject({
    chain: chainName,
    asset: assetCode,
    to: addressInput,
    amount: amountInput,
    reference: referenceInput.nullish(),
    priority: priority.default('STANDARD'),
    metadata: metadataInput.default({}),
  })
  .meta({ id: 'CreateWithdrawalRequest', description: 'What to pay, and to whom.' });
/** As a caller writes it: what has a default may be left out. */
export type CreateWithdrawalInput = z.input<typeof createWithdrawalRequest>;
export type CreateWithdrawalRequest = z.output<typeof createWithdrawalRequest>;

export const withdrawalTransaction = z
  .object({
    hash: z
      .string()
      .regex(/^0x[0-9a-f]{64}$/)
      .nullable()
      .meta({
        description:
          'Hash of the transaction in the block, or of the newest one sent; null until it is signed. It can change while fees are raised, until `CONFIRMED`.',
        examples: ['0x8f0c9f0d7c2a4f0e9f1b3a5c7d9e1f20314253647586970a1b2c3d4e5f607182'],
      }),
    subAccount: address.meta({
      description: 'The account that pays.',
      examples: ['0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359'],
    }),
    nonce: z
      .int()
      .min(0)
      .meta({ description: 'Its nonce.', examples: [42] }),
    blockNumber: z
      .int()
      .min(0)
      .nullable()
      .meta({ description: 'The block that holds it; null before that.', examples: [1_204_518] }),
    confirmations: z
      .int()
      .min(0)
      .meta({ description: 'Blocks on top of it, its own included.', examples: [3] }),
    requiredConfirmations: z
      .int()
      .min(1)
      .meta({ description: 'How many are needed for `CONFIRMED`.', examples: [12] }),
    explorerUrl: z
      .string()
      .nullable()
      .meta({
        description: 'A page of a block explorer that shows it, where the chain has one.',
        examples: [null],
      }),
  })
  .meta({ id: 'WithdrawalTransaction', description: "The chain's side of a withdrawal." });

export const withdrawalFailure = z
  .object({
    code: z.string().meta({ description: 'Stable code.', examples: ['recipient_refused'] }),
    message: z.string().meta({
      description: 'For people.',
      examples: ['The recipient is a contract that refused the payment.'],
    }),
    retryable: z.boolean().meta({
      description: 'Whether a new withdrawal with the same content can succeed.',
      examples: [false],
    }),
  })
  .meta({ id: 'WithdrawalFailure', description: 'Why nothing was paid.' });

export const withdrawal = z
  .object({
    id: withdrawalId,
    object: z.literal('withdrawal'),
    state: withdrawalState,
    chain: chainName,
    asset: assetCode,
    to: address,
    amount,
    fee: amount.meta({
      description: 'What the withdrawal costs on top of its amount, in the same asset.',
      examples: ['0'],
    }),
    reference: z
      .string()
      .nullable()
      .meta({ examples: ['order-981'] }),
    priority,
    metadata: z.record(z.string(), z.string()).meta({ examples: [{ orderId: '981' }] }),
    bulkId: bulkId.nullable().meta({ description: 'The bulk file it came with.', examples: [null] }),
    transaction: withdrawalTransaction.nullable(),
    failure: withdrawalFailure.nullable(),
    review: withdrawalReview
      .nullable()
      .meta({ description: 'In state `REVIEW`: who is needed, and until when.' }),
    createdAt: timestamp,
    updatedAt: timestamp,
    confirmedAt: timestamp.nullable().meta({ description: 'When it became `CONFIRMED`.', examples: [null] }),
  })
  .meta({ id: 'Withdrawal', description: 'One payment to one address.' });
export type WithdrawalBody = z.output<typeof withdrawal>;
export type WithdrawalStateName = z.output<typeof withdrawalState>;

export const withdrawalEvent = z
  .object({
    from: withdrawalState.nullable().meta({ description: 'Null for the first event.' }),
    to: withdrawalState,
    actor: z.string().meta({
      description: 'Who did it: `api_key:key_…`, `system:<role>`, `operator:…`.',
      examples: ['system:processor'],
    }),
    reason: z.string().meta({ description: 'Why, for people.', examples: ['checks passed'] }),
    at: timestamp,
  })
  .meta({ id: 'WithdrawalEvent', description: 'One change of state.' });
export type WithdrawalEventBody = z.output<typeof withdrawalEvent>;

export const withdrawalEvents = z
  .object({ data: z.array(withdrawalEvent) })
  .meta({ id: 'WithdrawalEvents', description: 'Every change of state, oldest first.' });

export const withdrawalPage = pageOf(withdrawal).meta({
  id: 'WithdrawalPage',
  description: 'Withdrawals, newest first.',
});
export type WithdrawalPageBody = z.output<typeof withdrawalPage>;

/** `state=A&state=B` arrives as a list, `state=A,B` as one text: both mean the same. */
const stateFilter = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (Array.isArray(value) ? value : [value]).flatMap((text) => text.split(',')))
  .pipe(z.array(z.enum(withdrawalStates, 'state_unknown')))
  .meta({
    description: 'One or more states, repeated or separated by commas.',
    examples: ['PENDING,VALIDATING'],
  });

export const withdrawalListQuery = z.strictObject({
  state: stateFilter.optional(),
  chain: chainName.optional(),
  asset: assetCode.optional(),
  to: addressInput.optional().meta({ description: 'The destination, in any case.' }),
  reference: referenceInput.optional().meta({ description: 'Your own id, exactly.' }),
  priority: priority.optional(),
  bulkId: bulkId.optional(),
  createdFrom: z.iso
    .datetime({ offset: true, error: 'timestamp_malformed' })
    .optional()
    .meta({ description: 'Created at this moment or later (ISO 8601).', examples: ['2026-03-01T00:00:00Z'] }),
  createdTo: z.iso
    .datetime({ offset: true, error: 'timestamp_malformed' })
    .optional()
    .meta({ description: 'Created before this moment (ISO 8601).', examples: ['2026-03-02T00:00:00+09:00'] }),
  ...pageQuery,
});
export type WithdrawalListQuery = z.output<typeof withdrawalListQuery>;
