import { assertPresent } from '@naru/kit/assert.ts';
import { fromPublicId } from '@naru/kit/ids.ts';
import { webhookEvent } from '@naru/wire/event.ts';
import { defineRoute } from '../../http/define-route.ts';
import { ProblemError } from '../../http/problem-error.ts';
import { eventParams } from '../params.ts';

export const getEventRoute = defineRoute({
  method: 'GET',
  path: '/v1/events/:id',
  operationId: 'getEvent',
  tag: 'Events',
  summary: 'Get an event',
  description: 'One event, by the `id` in its body. Tests of endpoints are kept for 30 days.',
  scope: 'withdrawals:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: eventParams, query: null, body: null },
  responses: { 200: { description: 'The event.', schema: webhookEvent } },
  errors: [],
  handler: async ({ webhooks }, { caller, params }) => {
    const uuid = fromPublicId('event', params.id);
    const id = uuid === null ? { position: BigInt(params.id) } : { uuid };
    const text = await webhooks.event(caller, id);
    if (text === null) throw new ProblemError('event_not_found');
    // What was told, as it was: checked like any other answer before it leaves.
    return { status: 200, body: webhookEvent.parse(JSON.parse(assertPresent(text, 'event'))) } as const;
  },
});
