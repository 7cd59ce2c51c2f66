import { type EventPageBody, eventListQuery, eventPage } from '@naru/wire/webhook.ts';
import { defineRoute } from '../../http/define-route.ts';
import { uuidOf } from '../params.ts';

export const listEventsRoute = defineRoute({
  method: 'GET',
  path: '/v1/events',
  operationId: 'listEvents',
  tag: 'Events',
  summary: 'List events',
  description:
    'What happened to your withdrawals, deposits and files, newest first: the same events as webhooks and the event stream tell. Deposits only with the scope `deposits:read`.',
  scope: 'withdrawals:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: eventListQuery, body: null },
  responses: { 200: { description: 'One page.', schema: eventPage } },
  errors: [],
  handler: async ({ webhooks }, { caller, query }) => {
    const { limit, cursor, type, withdrawalId, depositId } = query;
    const filter = {
      ...(type === undefined ? {} : { types: [type] }),
      ...(withdrawalId === undefined ? {} : { withdrawalId: uuidOf('withdrawal', withdrawalId) }),
      ...(depositId === undefined ? {} : { depositId: uuidOf('deposit', depositId) }),
    };
    const before = cursor === undefined ? null : BigInt(cursor);
    const { data, next } = await webhooks.events(caller, filter, { limit, before });
    // Written down as they were told, and checked like any other answer before they leave.
    const body = { data: data as EventPageBody['data'], nextCursor: next === null ? null : String(next) };
    return { status: 200, body } as const;
  },
});
