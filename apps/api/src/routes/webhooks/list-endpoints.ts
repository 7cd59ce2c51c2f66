import { webhookEndpointList } from '@naru/wire/webhook.ts';
import { defineRoute } from '../../http/define-route.ts';
import { toEndpointBody } from './to-webhook-body.ts';

export const listWebhookEndpointsRoute = defineRoute({
  method: 'GET',
  path: '/v1/webhook-endpoints',
  operationId: 'listWebhookEndpoints',
  tag: 'Webhooks',
  summary: 'List webhook endpoints',
  description: 'All of them, oldest first, each with how it does.',
  scope: 'webhooks:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'All there are.', schema: webhookEndpointList } },
  errors: [],
  handler: async ({ webhooks }, { caller }) => {
    const data = (await webhooks.list(caller)).map(toEndpointBody);
    return { status: 200, body: { data } } as const;
  },
});
