import { z } from 'zod';
import { eventId, streamEvent, streamEventTypes, webhookEndpointId, webhookEventTypes } from './event.ts';
import { depositId, publicId, withdrawalId } from './id.ts';
import { pageOf, pageQuery } from './page.ts';
import { storableLine, timestamp } from './text.ts';

const URL_LENGTH_MAX = 2_000;
const DESCRIPTION_LENGTH_MAX = 255;
const EVENTS_MAX = 50;
const EVENT_NAME_LENGTH_MAX = 100;
const OVERLAP_SECONDS_MAX = 604_800;
const OVERLAP_SECONDS_DEFAULT = 86_400;

export const webhookDeliveryId = publicId(
  'msg',
  'msg_01kjr3q8c6e7rvt0xx0n3m7d5j',
  'Names one event for one endpoint: the header `webhook-id`, the same at every try.',
);

const eventFilter = z.string().min(1, 'too_short').max(EVENT_NAME_LENGTH_MAX, 'too_long');
const eventFilters = z
  .array(eventFilter)
  .min(1, 'too_short')
  .max(EVENTS_MAX, 'too_many')
  .meta({
    description: 'Types of events, groups of them (`withdrawal.*`), or `*` for all there are and will be.',
    examples: [['withdrawal.*', 'bulk.completed']],
  });
const url = storableLine(URL_LENGTH_MAX).meta({
  description:
    'Where events are sent: https, on port 443 or 8443, on the public internet, without user and password.',
  examples: ['https://example.com/naru/webhooks'],
});
const description = storableLine(DESCRIPTION_LENGTH_MAX).meta({ examples: ['Order system'] });

export const createWebhookEndpointRequest = z
  .strictObject({ url, events: eventFilters, description: description.nullish() })
  .meta({ id: 'CreateWebhookEndpointRequest', description: 'Where to send what.' });
export type CreateWebhookEndpointInput = z.input<typeof createWebhookEndpointRequest>;

export const changeWebhookEndpointRequest = z
  .strictObject({
    url: url.optional(),
    events: eventFilters.optional(),
    description: description.nullish(),
  })
  .meta({ id: 'ChangeWebhookEndpointRequest', description: 'What is left out stays as it is.' });
export type ChangeWebhookEndpointInput = z.input<typeof changeWebhookEndpointRequest>;

export const webhookEndpointStates = ['ACTIVE', 'PAUSED', 'DISABLED'] as const;
const nullableTimestamp = timestamp.nullable().meta({ examples: [null] });

export const webhookEndpoint = z
  .object({
    id: webhookEndpointId,
    object: z.literal('webhook_endpoint'),
    url: z.string().meta({ examples: ['https://example.com/naru/webhooks'] }),
    events: z.array(z.string()).meta({ examples: [['withdrawal.*']] }),
    description: z
      .string()
      .nullable()
      .meta({ examples: ['Order system'] }),
    state: z.enum(webhookEndpointStates).meta({
      description:
        '`ACTIVE` it is told · `PAUSED` it is told nothing, by request (`asked`) or since it failed for long (`failing`) · `DISABLED` it answered 410 (`gone`).',
      examples: ['ACTIVE'],
    }),
    stateReason: z
      .enum(['asked', 'failing', 'gone'])
      .nullable()
      .meta({ examples: [null] }),
    apiVersion: z.string().meta({ description: 'Of the bodies it gets.', examples: ['2026-03-01'] }),
    missedSince: nullableTimestamp.meta({
      description: 'Since when it misses events; null while it is in use.',
      examples: [null],
    }),
    health: z.object({
      successRate: z
        .number()
        .min(0)
        .max(1)
        .meta({ description: 'Of about the last 50 tries.', examples: [1] }),
      failureCount: z
        .int()
        .min(0)
        .meta({ description: 'Failed tries since the last that was taken.', examples: [0] }),
      failingSince: nullableTimestamp,
      lastSuccessAt: nullableTimestamp,
      lastFailureAt: nullableTimestamp,
      lastError: z
        .string()
        .nullable()
        .meta({ examples: [null] }),
    }),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'WebhookEndpoint', description: 'An address of yours that is told of events.' });
export type WebhookEndpointBody = z.output<typeof webhookEndpoint>;

const secretOnce = z
  .string()
  .nullable()
  .meta({
    description:
      'Verifies what is sent. Shown in this answer only; a repeat with the same idempotency key shows it too, as long as it is valid (then null).',
    examples: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  });
export const webhookEndpointCreated = webhookEndpoint
  .extend({ secret: secretOnce })
  .meta({ id: 'WebhookEndpointCreated', description: 'The endpoint, and its secret.' });
export type WebhookEndpointCreatedBody = z.output<typeof webhookEndpointCreated>;

export const webhookEndpointList = z
  .object({ data: z.array(webhookEndpoint) })
  .meta({ id: 'WebhookEndpointList', description: 'All that there are, oldest first.' });

export const webhookEndpointDeleted = z
  .object({ id: webhookEndpointId, object: z.literal('webhook_endpoint'), deleted: z.literal(true) })
  .meta({ id: 'WebhookEndpointDeleted', description: 'It is gone.' });

export const resumeWebhookEndpointRequest = z
  .strictObject({
    missed: z.enum(['deliver', 'skip'], 'value_not_allowed').meta({
      description:
        'What happened meanwhile: `deliver` sends it now, 30 days back at most, and tries what waited at once; `skip` sends neither.',
      examples: ['deliver'],
    }),
  })
  .meta({ id: 'ResumeWebhookEndpointRequest', description: 'How to go on.' });

export const rotateWebhookSecretRequest = z
  .strictObject({
    overlapSeconds: z
      .int()
      .min(0, 'number_out_of_range')
      .max(OVERLAP_SECONDS_MAX, 'number_out_of_range')
      .default(OVERLAP_SECONDS_DEFAULT)
      .meta({
        description:
          'For so long what is sent is signed with the secrets before, too. 0: they are invalid at once. A week at most.',
        examples: [OVERLAP_SECONDS_DEFAULT],
      }),
  })
  .meta({ id: 'RotateWebhookSecretRequest', description: 'How long the present secret stays valid.' });

export const webhookSecret = z
  .object({
    object: z.literal('webhook_secret'),
    secret: secretOnce,
    secrets: z
      .array(z.object({ createdAt: timestamp, expiresAt: nullableTimestamp }))
      .meta({ description: 'Those that are valid now, the newest first; the present one does not expire.' }),
  })
  .meta({ id: 'WebhookSecret', description: 'The new secret.' });
export type WebhookSecretBody = z.output<typeof webhookSecret>;

const moment = z.iso.datetime({ offset: true, error: 'timestamp_malformed' });
export const replayWebhookEventsRequest = z
  .strictObject({
    from: moment.meta({
      description: 'Events of this moment or later, 30 days back at most.',
      examples: ['2026-03-01T00:00:00Z'],
    }),
    to: moment.nullish().meta({
      description: 'Events before this moment; left out: until now.',
      examples: ['2026-03-02T00:00:00Z'],
    }),
    events: z
      .array(eventFilter)
      .max(EVENTS_MAX, 'too_many')
      .default([])
      .meta({
        description: 'Only these; empty: what the endpoint asks for.',
        examples: [['withdrawal.confirmed']],
      }),
    redeliver: z.boolean().default(false).meta({
      description:
        'Without: what it was never told, or never took. With: also what it took, under the same `webhook-id`.',
    }),
  })
  .meta({ id: 'ReplayWebhookEventsRequest', description: 'Which events to tell again.' });
export type ReplayWebhookEventsInput = z.input<typeof replayWebhookEventsRequest>;

export const webhookReplay = z
  .object({
    id: publicId('replay', 'replay_01kjr3q8c6e7rvt0xx0n3m7d5k', 'Names the replay.'),
    object: z.literal('webhook_replay'),
    endpointId: webhookEndpointId,
    events: z.array(z.string()).meta({ examples: [[]] }),
    redeliver: z.boolean(),
    from: timestamp,
    to: timestamp,
    createdAt: timestamp,
  })
  .meta({ id: 'WebhookReplay', description: 'A replay that was begun; its deliveries appear in the list.' });
export type WebhookReplayBody = z.output<typeof webhookReplay>;

export const webhookDeliveryStates = ['PENDING', 'DELIVERED', 'FAILED', 'SKIPPED'] as const;
const deliveryState = z.enum(webhookDeliveryStates, 'state_unknown').meta({
  description:
    '`PENDING` not taken yet, tried again at `nextAttemptAt` · `DELIVERED` answered with 2xx · `FAILED` tried for three days, or the endpoint is gone · `SKIPPED` not wanted any more.',
  examples: ['DELIVERED'],
});

export const webhookDelivery = z
  .object({
    id: webhookDeliveryId,
    object: z.literal('webhook_delivery'),
    endpointId: webhookEndpointId,
    eventId,
    type: z.string().meta({ examples: ['withdrawal.confirmed'] }),
    subject: z.string().meta({
      description: 'What the event is about.',
      examples: ['wd_01kjr3q8c6e7rvt0xx0n3m7d5b'],
    }),
    sequence: z
      .int()
      .min(1)
      .meta({ examples: [7] }),
    state: deliveryState,
    attemptCount: z
      .int()
      .min(0)
      .meta({ examples: [1] }),
    nextAttemptAt: nullableTimestamp,
    lastStatus: z
      .int()
      .nullable()
      .meta({ examples: [200] }),
    lastError: z
      .string()
      .nullable()
      .meta({ examples: [null] }),
    eventAt: timestamp,
    createdAt: timestamp,
    endedAt: nullableTimestamp,
  })
  .meta({ id: 'WebhookDelivery', description: 'One event for one endpoint.' });
export type WebhookDeliveryBody = z.output<typeof webhookDelivery>;

const headers = z.record(z.string(), z.string());
export const webhookAttempt = z
  .object({
    number: z
      .int()
      .min(1)
      .meta({ examples: [1] }),
    at: timestamp,
    durationMs: z
      .int()
      .min(0)
      .nullable()
      .meta({ examples: [38] }),
    outcome: z.enum(['DELIVERED', 'REFUSED', 'BLOCKED', 'UNREACHED', 'UNANSWERED', 'INTERRUPTED']).meta({
      description:
        '`DELIVERED` 2xx · `REFUSED` another status · `BLOCKED` the address is not one that we call · `UNREACHED` no connection · `UNANSWERED` sent, and no answer came · `INTERRUPTED` we were interrupted, it may have arrived.',
      examples: ['DELIVERED'],
    }),
    url: z.string().meta({ examples: ['https://example.com/naru/webhooks'] }),
    address: z
      .string()
      .nullable()
      .meta({ description: 'That the connection went to.', examples: ['93.184.215.14'] }),
    request: z.object({ headers: headers.nullable() }),
    response: z
      .object({
        status: z.int(),
        headers: headers.nullable(),
        body: z.string().nullable().meta({ description: 'Its first KiB.' }),
      })
      .nullable(),
    error: z
      .string()
      .nullable()
      .meta({ examples: [null] }),
  })
  .meta({ id: 'WebhookAttempt', description: 'One try, with what was sent and what came back.' });

export const webhookDeliveryDetail = webhookDelivery
  .extend({
    body: z.string().meta({ description: 'The very text that is sent, and signed.' }),
    attempts: z.array(webhookAttempt),
  })
  .meta({ id: 'WebhookDeliveryDetail', description: 'A delivery with its tries, oldest first.' });
export type WebhookDeliveryDetailBody = z.output<typeof webhookDeliveryDetail>;

export const webhookDeliveryPage = pageOf(webhookDelivery).meta({
  id: 'WebhookDeliveryPage',
  description: 'Deliveries of an endpoint, newest event first.',
});
export type WebhookDeliveryPageBody = z.output<typeof webhookDeliveryPage>;

export const webhookDeliveryListQuery = z.strictObject({
  state: deliveryState.optional(),
  type: z
    .enum(webhookEventTypes, 'event_unknown')
    .optional()
    .meta({ description: 'Only of this type.', examples: ['withdrawal.confirmed'] }),
  ...pageQuery,
});

export const eventListQuery = z.strictObject({
  type: z
    .enum(streamEventTypes, 'event_unknown')
    .optional()
    .meta({ description: 'Only of this type.', examples: ['withdrawal.confirmed'] }),
  withdrawalId: withdrawalId.optional().meta({ description: 'Only of this withdrawal.' }),
  depositId: depositId.optional().meta({ description: 'Only of this deposit.' }),
  limit: pageQuery.limit,
  cursor: z
    .string()
    .regex(/^[0-9]{1,18}$/, 'cursor_malformed')
    .optional()
    .meta({ description: '`nextCursor` of the page before.', examples: ['48000'] }),
});

export const eventPage = pageOf(streamEvent).meta({
  id: 'EventPage',
  description:
    'Your events, newest first. A page can have less than asked for, even nothing, and still a `nextCursor`: the search goes on there.',
});
export type EventPageBody = z.output<typeof eventPage>;
