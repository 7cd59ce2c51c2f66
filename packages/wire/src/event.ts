import { z } from 'zod';
import { bulkWithdrawal } from './bulk.ts';
import { deposit } from './deposit.ts';
import { publicId } from './id.ts';
import { timestamp } from './text.ts';
import { withdrawal } from './withdrawal.ts';

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

export const withdrawalEventTypes = [
  'withdrawal.pending',
  'withdrawal.review',
  'withdrawal.signed',
  'withdrawal.broadcasted',
  'withdrawal.confirming',
  'withdrawal.confirmed',
  'withdrawal.failed',
  'withdrawal.canceled',
] as const;
export type WithdrawalEventType = (typeof withdrawalEventTypes)[number];

/** Each as `deposit.<state in small letters>`. */
export const depositEventTypes = [
  'deposit.detected',
  'deposit.credited',
  'deposit.uncredited',
  'deposit.orphaned',
] as const;
export type DepositEventType = (typeof depositEventTypes)[number];

/** Every event of the log: stream, list and webhooks tell the same. */
export const streamEventTypes = [
  ...withdrawalEventTypes,
  ...depositEventTypes,
  'bulk.completed',
  'webhook_endpoint.paused',
  'webhook_endpoint.disabled',
] as const;
export type StreamEventType = (typeof streamEventTypes)[number];

export const webhookEndpointId = publicId(
  'we',
  'we_01kjr3q8c6e7rvt0xx0n3m7d5g',
  'Names one webhook endpoint.',
);

const position = z
  .string()
  // Within PostgreSQL's bigint.
  .regex(/^[0-9]{1,18}$/, 'position_malformed');
const otherEventId = publicId('evt', 'evt_01kjr3q8c6e7rvt0xx0n3m7d5h', 'Names the event.');

export const eventPosition = position.meta({
  description:
    'Position in the log: it only grows. The same in webhooks, in the event stream and in `GET /v1/events/{id}`; resume a stream with it.',
  examples: ['48211'],
});
/** Of either kind. */
export const eventId = z
  .union([position, otherEventId])
  .meta({ description: 'Names an event.', examples: ['48211'] });

const sequence = z
  .int()
  .min(1)
  .meta({
    description: 'Which change of it this is: a higher one is newer, whatever arrives first.',
    examples: [1],
  });

/** A withdrawal as it was when the event happened, with the number of the change. */
const withdrawalThen = withdrawal
  // Who decides on it changes without an event; `GET /v1/withdrawals/{id}` says it.
  .omit({ review: true })
  .extend({
    sequence: sequence.meta({
      description:
        'Which change of this withdrawal it is. A higher one is newer, whatever arrives first; numbers in between are steps that nobody is told of.',
      examples: [7],
    }),
  })
  .meta({
    id: 'WithdrawalThen',
    description:
      'The withdrawal as it was at that moment. `confirmations` are those that its state stands for: 1 when a block holds it, the required ones when it is final.',
  });

const happenedAt = timestamp.meta({ description: 'When it happened.' });

export const withdrawalStateEvent = z
  .object({
    id: eventPosition,
    type: z.enum(withdrawalEventTypes).meta({ examples: ['withdrawal.confirmed'] }),
    timestamp: happenedAt,
    data: withdrawalThen,
  })
  .meta({ id: 'WithdrawalStateEvent', description: 'A withdrawal of yours reached a state.' });
export type WithdrawalStateEventBody = z.output<typeof withdrawalStateEvent>;

export const depositStateEvent = z
  .object({
    id: eventPosition,
    type: z.enum(depositEventTypes).meta({ examples: ['deposit.credited'] }),
    timestamp: happenedAt,
    data: deposit.extend({ sequence: sequence.meta({ examples: [2] }) }).meta({
      id: 'DepositThen',
      description: 'The deposit as it was at that moment.',
    }),
  })
  .meta({
    id: 'DepositStateEvent',
    description:
      'A payment to one of your addresses was seen (`detected`), taken back by a reorganisation (`orphaned`), credited (`credited`, final), or is final and waits for an operator (`uncredited`).',
  });
export type DepositStateEventBody = z.output<typeof depositStateEvent>;

export const bulkCompletedEvent = z
  .object({
    id: eventPosition,
    type: z.literal('bulk.completed'),
    timestamp: happenedAt,
    data: bulkWithdrawal.extend({ completedAt: timestamp, sequence }),
  })
  .meta({
    id: 'BulkCompletedEvent',
    description: 'Every withdrawal of a file is at its end: `CONFIRMED`, `FAILED` or `CANCELED`.',
  });

export const endpointOutOfUseEvent = z
  .object({
    id: eventPosition,
    type: z.enum(['webhook_endpoint.paused', 'webhook_endpoint.disabled']),
    timestamp: happenedAt,
    data: z.object({
      id: webhookEndpointId,
      object: z.literal('webhook_endpoint'),
      sequence,
      url: z.string(),
      state: z.enum(['PAUSED', 'DISABLED']),
      stateReason: z.string(),
    }),
  })
  .meta({
    id: 'EndpointOutOfUseEvent',
    description:
      'We take nothing more to one of your endpoints: it failed for long (`paused`), or answered 410 (`disabled`). Told to the others at once, and to itself when it is resumed.',
  });

export const testEvent = z
  .object({
    id: otherEventId,
    type: z.literal('webhook.test'),
    timestamp: happenedAt,
    data: z.object({
      id: webhookEndpointId,
      object: z.literal('webhook_endpoint'),
      message: z.string(),
    }),
  })
  .meta({ id: 'TestEvent', description: 'You asked for a test. Nothing happened, and no money moved.' });

/** Every event of the log. */
export const streamEvent = z
  .discriminatedUnion('type', [
    withdrawalStateEvent,
    depositStateEvent,
    bulkCompletedEvent,
    endpointOutOfUseEvent,
  ])
  .meta({ id: 'StreamEvent', description: 'Something happened to what is yours.' });
export type StreamEventBody = z.output<typeof streamEvent>;

/** Every event that a webhook can bring. */
export const webhookEvent = z.union([streamEvent, testEvent]);
export type WebhookEventBody = z.output<typeof webhookEvent>;
export const webhookEventTypes = [
  ...streamEventTypes,
  'webhook.test',
] as const satisfies readonly WebhookEventBody['type'][];

export const streamQuery = z.strictObject({
  after: position.optional().meta({
    description:
      'Tell everything after this position. `0`: from the beginning; left out: what happens from now on. The header `Last-Event-ID` goes before it.',
    examples: ['48211'],
  }),
});
