import { eventListQuery, eventPage } from '@naru/wire/webhook.ts';
import { defineRoute } from '../../http/define-route.ts';
import { uuidOf } from '../params.ts';

export const listEventsRoute = defineRoute({
  method: 'GET',
  path: '/v1/events',
  operationId: 'listEvents',
  tag: 'Events',
  summary: 'List events',
  description:
    'What happened to your withdrawals, newest first: the same events as webhooks and the event stream tell.',
  scope: 'withdrawals:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: eventListQuery, body: null },
  responses: { 200: { description: 'One page.', schema: eventPage } },
  errors: [],
  handler: async ({ webhooks }, { caller, query }) => {
    const { limit, cursor, type, withdrawalId } = query;
    const filter = {
      ...(type === undefined ? {} : { types: [type] }),
      ...(withdrawalId === undefined ? {} : { withdrawalId: uuidOf('withdrawal', withdrawalId) }),
    };
    const before = cursor === undefined ? null : BigInt(cursor);
    const { data, next } = await webhooks.events(caller, filter, { limit, before });
    return { status: 200, body: { data, nextCursor: next === null ? null : String(next) } } as const;
  },
});
