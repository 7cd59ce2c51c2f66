import { z } from 'zod';
import { amount } from './amount.ts';
import { address, assetCode, chainName, reviewId, withdrawalId } from './id.ts';
import { pageOf, pageQuery } from './page.ts';
import { storableText, timestamp } from './text.ts';

export const reviewStates = ['OPEN', 'APPROVED', 'DENIED', 'EXPIRED', 'CANCELED', 'OVERTAKEN'] as const;
export const reviewState = z.enum(reviewStates).meta({
  id: 'ReviewState',
  description: [
    'Where a review stands.',
    '`OPEN` waits for votes · `APPROVED` the withdrawal goes on · `DENIED` a person refused it ·',
    '`EXPIRED` too few approved in time · `CANCELED` its owner called the withdrawal back ·',
    '`OVERTAKEN` the chain holds it already, found after a restore.',
  ].join(' '),
  examples: ['OPEN'],
});

export const reviewReason = z
  .object({
    code: z.string().meta({ description: 'Stable code.', examples: ['amount_above_threshold'] }),
    text: z
      .string()
      .meta({ description: 'For people.', examples: ['Payments above 10,000 USDC need two approvals.'] }),
  })
  .meta({ id: 'ReviewReason', description: 'Why a person is asked.' });

export const confirmation = z.enum(['NONE', 'DUE', 'CONFIRMED', 'OBJECTED']).meta({
  description:
    'After an emergency approval by one person alone: `DUE` until a second one says `CONFIRMED` or `OBJECTED`; `NONE` otherwise.',
  examples: ['NONE'],
});

export const vote = z
  .object({
    holder: z.string().meta({ description: 'The person behind the key.', examples: ['kim'] }),
    decision: z.enum(['APPROVE', 'APPROVE_ALONE', 'DENY', 'CONFIRM', 'OBJECT']),
    reason: z
      .string()
      .nullable()
      .meta({ examples: [null] }),
    at: timestamp,
  })
  .meta({ id: 'Vote', description: "One person's word on a review. It is kept as it is." });

const quorum = z
  .int()
  .min(1)
  .meta({ description: 'Different persons that must approve; never the one who asked.', examples: [2] });
const approvals = z
  .int()
  .min(0)
  .meta({ description: 'Different persons that have approved.', examples: [1] });
const expiresAt = timestamp.meta({
  description: 'Without enough approvals by then, the withdrawal fails and its amount is released.',
});
const id = reviewId;

export const review = z
  .object({
    id,
    object: z.literal('review'),
    state: reviewState,
    withdrawalId,
    chain: chainName,
    asset: assetCode,
    to: address,
    amount,
    priority: z.enum(['STANDARD', 'VIP', 'EMERGENCY']).meta({ examples: ['STANDARD'] }),
    reasons: z.array(reviewReason),
    requester: z.string().meta({
      description: 'Who asked for the withdrawal, as in its history.',
      examples: ['api_key:key_01kjr3q8c6e7rvt0xx0n3m7d5e'],
    }),
    requesterHolder: z
      .string()
      .nullable()
      .meta({
        description: 'The person or system behind that key, where it names one.',
        examples: ['payroll'],
      }),
    quorum,
    approvals,
    votes: z.array(vote),
    confirmation,
    openedAt: timestamp,
    expiresAt,
    closedAt: timestamp.nullable().meta({ examples: [null] }),
  })
  .meta({ id: 'Review', description: 'A withdrawal that waits, or waited, for people.' });
export type ReviewBody = z.output<typeof review>;

/** What a withdrawal says of the review that it waits for. */
export const withdrawalReview = z
  .object({ id, quorum, approvals, reasons: z.array(reviewReason), expiresAt })
  .meta({ id: 'WithdrawalReview', description: 'Who must decide before it goes on, and until when.' });

export const reviewPage = pageOf(review).meta({ id: 'ReviewPage', description: 'Reviews, newest first.' });
export type ReviewPageBody = z.output<typeof reviewPage>;

const reviewFilters = {
  state: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(reviewStates, 'state_unknown')))
    .optional()
    .meta({ description: 'One or more states, separated by commas.', examples: ['OPEN'] }),
  confirmation: confirmation.optional(),
  withdrawalId: withdrawalId.optional(),
};
export const reviewListQuery = z.strictObject({ ...reviewFilters, ...pageQuery });

/** Characters of a voter's reason. */
export const VOTE_REASON_LENGTH_MAX = 1_000;
const reason = storableText(VOTE_REASON_LENGTH_MAX);

/** Lines of the text whose SHA-256 a vote carries; see `factsText`. */
export const factsHash = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'malformed')
  .meta({
    description:
      'SHA-256, in hexadecimal, over what you were shown, one fact on a line: `naru review facts 1`, the id of the withdrawal, chain, asset, destination (EIP-55), amount. Make it of what your program displays: an approval counts for exactly that.',
    examples: ['9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab'],
  });

export const approveRequest = z
  .strictObject({
    factsHash,
    alone: z.boolean().default(false).meta({
      description:
        'In an emergency: release an `EMERGENCY` withdrawal by this one approval. Needs the scope `approvals:emergency` and a reason; a second person must confirm it afterwards.',
    }),
    reason: reason.nullish().meta({ examples: ['Agreed with the supplier by phone.'] }),
  })
  .refine(({ alone, reason }) => !alone || (reason !== null && reason !== undefined), {
    path: ['reason'],
    error: 'required',
  })
  .meta({ id: 'ApproveRequest' });
export type ApproveInput = z.input<typeof approveRequest>;

export const denyRequest = z
  .strictObject({
    reason: reason.meta({
      description: 'The owner of the withdrawal reads it.',
      examples: ['The recipient is not our supplier.'],
    }),
  })
  .meta({ id: 'DenyRequest' });

export const confirmRequest = z
  .strictObject({ factsHash, reason: reason.nullish().meta({ examples: [null] }) })
  .meta({ id: 'ConfirmRequest' });

/** The text whose SHA-256 a vote carries: what a person reads of a review. */
export function factsText(
  shown: Pick<ReviewBody, 'withdrawalId' | 'chain' | 'asset' | 'to' | 'amount'>,
): string {
  return ['naru review facts 1', shown.withdrawalId, shown.chain, shown.asset, shown.to, shown.amount].join(
    '\n',
  );
}
