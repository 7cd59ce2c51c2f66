import { webhookEndpoint } from '@naru/wire/webhook.ts';
import { defineRoute } from '../../http/define-route.ts';
import { ProblemError } from '../../http/problem-error.ts';
import { endpointParams, uuidOf } from '../params.ts';
import { toEndpointBody } from './to-webhook-body.ts';

export const getWebhookEndpointRoute = defineRoute({
  method: 'GET',
  path: '/v1/webhook-endpoints/:id',
  operationId: 'getWebhookEndpoint',
  tag: 'Webhooks',
  summary: 'Get a webhook endpoint',
  description: 'One endpoint, with how it does.',
  scope: 'webhooks:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: endpointParams, query: null, body: null },
  responses: { 200: { description: 'The endpoint.', schema: webhookEndpoint } },
  errors: [],
  handler: async ({ webhooks }, { caller, params }) => {
    const endpoint = await webhooks.get(caller, uuidOf('webhookEndpoint', params.id));
    if (endpoint === null) throw new ProblemError('webhook_endpoint_not_found');
    return { status: 200, body: toEndpointBody(endpoint) } as const;
  },
});
