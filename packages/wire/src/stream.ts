import { z } from 'zod';
import { amount } from './amount.ts';
import { address, assetCode, bulkId, chainName, withdrawalId } from './id.ts';
import { timestamp } from './text.ts';
import { withdrawalState } from './withdrawal.ts';

/** States that are told, each as `withdrawal.<state in small letters>`. Steps between them are ours alone. */
export const streamedStates = [
  'PENDING',
  'REVIEW',
  'SIGNED',
  'BROADCASTED',
  'CONFIRMING',
  'CONFIRMED',
  'FAILED',
  'CANCELED',
] as const;

export const streamEventTypes = [
  'withdrawal.pending',
  'withdrawal.review',
  'withdrawal.signed',
  'withdrawal.broadcasted',
  'withdrawal.confirming',
  'withdrawal.confirmed',
  'withdrawal.failed',
  'withdrawal.canceled',
] as const;

const position = z
  .string()
  // Within PostgreSQL's bigint.
  .regex(/^[0-9]{1,18}$/, 'position_malformed');

export const streamEvent = z
  .object({
    id: position.meta({
      description:
        'Position in the log: it only grows. Resume with it; it is the `id` of the event stream too.',
      examples: ['48211'],
    }),
    type: z.enum(streamEventTypes).meta({ examples: ['withdrawal.confirmed'] }),
    timestamp: timestamp.meta({ description: 'When it happened.' }),
    data: z.object({
      id: withdrawalId,
      object: z.literal('withdrawal'),
      state: withdrawalState,
      chain: chainName,
      asset: assetCode,
      to: address,
      amount,
      reference: z
        .string()
        .nullable()
        .meta({ examples: ['order-981'] }),
      bulkId: bulkId.nullable().meta({ examples: [null] }),
    }),
  })
  .meta({ id: 'StreamEvent', description: 'A withdrawal of yours reached a state.' });
export type StreamEventBody = z.output<typeof streamEvent>;

export const streamQuery = z.strictObject({
  after: position.optional().meta({
    description:
      'Tell everything after this position. `0`: from the beginning; left out: what happens from now on. The header `Last-Event-ID` goes before it.',
    examples: ['48211'],
  }),
});
