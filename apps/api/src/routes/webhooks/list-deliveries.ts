import { webhookDeliveryListQuery, webhookDeliveryPage } from '@naru/wire/webhook.ts';
import { encodeCursor, readCursor } from '../../http/cursor.ts';
import { defineRoute } from '../../http/define-route.ts';
import { ProblemError } from '../../http/problem-error.ts';
import { endpointParams, uuidOf } from '../params.ts';
import { toDeliveryBody } from './to-webhook-body.ts';

export const listWebhookDeliveriesRoute = defineRoute({
  method: 'GET',
  path: '/v1/webhook-endpoints/:id/deliveries',
  operationId: 'listWebhookDeliveries',
  tag: 'Webhooks',
  summary: 'List deliveries of an endpoint',
  description: 'The newest event first. Deliveries are kept for 30 days.',
  scope: 'webhooks:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: endpointParams, query: webhookDeliveryListQuery, body: null },
  responses: { 200: { description: 'One page.', schema: webhookDeliveryPage } },
  errors: [],
  handler: async ({ webhooks }, { caller, params, query }) => {
    const { limit, cursor, state, type } = query;
    const filter = { ...(state === undefined ? {} : { state }), ...(type === undefined ? {} : { type }) };
    const named = { ...filter, endpoint: params.id };
    const after = cursor === undefined ? null : readCursor(cursor, named);
    const id = uuidOf('webhookEndpoint', params.id);
    const page = await webhooks.deliveries(caller, id, filter, { limit, after });
    if (page === null) throw new ProblemError('webhook_endpoint_not_found');
    const nextCursor = page.next === null ? null : encodeCursor(page.next, named);
    return { status: 200, body: { data: page.data.map(toDeliveryBody), nextCursor } } as const;
  },
});
