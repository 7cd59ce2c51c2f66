import { z } from 'zod';
import { amount } from './amount.ts';
import { assetCode, chainName, deadLetterId } from './id.ts';
import { pageOf, pageQuery } from './page.ts';
import { storableText, timestamp } from './text.ts';

/** Characters of a reason, and of a note. */
export const OPERATION_REASON_LENGTH_MAX = 1_000;
export const OPERATOR_NOTE_LENGTH_MAX = 4_000;

export const operatorNote = z
  .object({
    author: z.string().meta({ examples: ['api_key:key_01kjr3q8c6e7rvt0xx0n3m7d5e'] }),
    text: z.string().meta({ examples: ['The desk has called the recipient.'] }),
    at: timestamp,
  })
  .meta({ id: 'OperatorNote', description: 'What a person wrote down; kept as it is.' });

export const operatorNotes = z.object({ data: z.array(operatorNote) }).meta({ id: 'OperatorNotes' });

export const deadLetter = z
  .object({
    id: deadLetterId,
    object: z.literal('dead_letter'),
    kind: z
      .enum(['WITHDRAWAL', 'CHAIN_TX', 'QUEUE', 'REVIEW', 'JOB'])
      .meta({ description: 'What it is about.', examples: ['WITHDRAWAL'] }),
    subject: z.string().meta({
      description: 'Its id (`wd_…`, `ctx_…`, `rev_…`), or the name of a queue or job.',
      examples: ['wd_01kjr3q8c6e7rvt0xx0n3m7d5b'],
    }),
    cause: z.string().meta({ description: 'A code of docs/errors.md.', examples: ['attempts_exhausted'] }),
    class: z
      .enum(['RETRYABLE', 'UNKNOWN', 'OPERATOR', 'FINAL'])
      .meta({ description: 'What the machinery does about it by itself.', examples: ['FINAL'] }),
    means: z
      .string()
      .meta({ examples: ['As many transactions as a withdrawal may have ended without paying it.'] }),
    action: z.string().meta({ description: 'What to do.', examples: ['Find out why, then `retry` it.'] }),
    detail: z.string().meta({ examples: ['its transaction reverted and paid nothing; 5 plans made'] }),
    chain: chainName.nullable(),
    asset: assetCode.nullable(),
    amount: amount.nullable().meta({ description: 'What is at stake.', examples: ['12.5'] }),
    state: z.enum(['OPEN', 'CLOSED']).meta({ examples: ['OPEN'] }),
    present: z.boolean().meta({ description: 'Whether it is still so.', examples: [true] }),
    seenCount: z
      .int()
      .min(1)
      .meta({ description: 'How often it was found.', examples: [3] }),
    firstSeenAt: timestamp,
    lastSeenAt: timestamp,
    closedAt: timestamp.nullable().meta({ examples: [null] }),
    closedBy: z
      .string()
      .nullable()
      .meta({ examples: [null] }),
    closeReason: z
      .string()
      .nullable()
      .meta({ examples: [null] }),
    notes: z.array(operatorNote),
  })
  .meta({ id: 'DeadLetter', description: 'Something that a person must look at.' });
export type DeadLetterBody = z.output<typeof deadLetter>;

export const deadLetterPage = pageOf(deadLetter).meta({
  id: 'DeadLetterPage',
  description: 'Dead letters, newest first.',
});
export type DeadLetterPageBody = z.output<typeof deadLetterPage>;

export const deadLetterListQuery = z.strictObject({
  state: z
    .enum(['OPEN', 'CLOSED'], 'state_unknown')
    .optional()
    .meta({ examples: ['OPEN'] }),
  cause: z
    .string()
    .max(100, 'too_long')
    .optional()
    .meta({ description: 'A code of docs/errors.md.', examples: ['fee_ceiling'] }),
  ...pageQuery,
});

const reason = storableText(OPERATION_REASON_LENGTH_MAX).meta({
  description: 'Why, for the audit log.',
  examples: ['ticket 123'],
});
export const reasonRequest = z.strictObject({ reason }).meta({ id: 'ReasonRequest' });
export const retryRequest = z
  .strictObject({
    reason,
    acceptDuplicate: z.boolean().default(false).meta({
      description: 'Although something just like it was asked for since it failed.',
    }),
  })
  .meta({ id: 'RetryRequest' });
export const releaseRequest = z
  .strictObject({
    reason,
    wholeBatch: z.boolean().default(false).meta({
      description: 'Although its transaction pays others as well, who are planned again then.',
    }),
  })
  .meta({ id: 'ReleaseRequest' });
export const noteRequest = z
  .strictObject({
    text: storableText(OPERATOR_NOTE_LENGTH_MAX).meta({ examples: ['The desk has called the recipient.'] }),
  })
  .meta({ id: 'NoteRequest' });
