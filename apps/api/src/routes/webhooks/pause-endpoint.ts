import { webhookEndpoint } from '@naru/wire/webhook.ts';
import { defineRoute } from '../../http/define-route.ts';
import { webhookDoneOrThrow } from '../../http/refusals.ts';
import { endpointParams, uuidOf } from '../params.ts';
import { toEndpointBody } from './to-webhook-body.ts';

export const pauseWebhookEndpointRoute = defineRoute({
  method: 'POST',
  path: '/v1/webhook-endpoints/:id/pause',
  operationId: 'pauseWebhookEndpoint',
  tag: 'Webhooks',
  summary: 'Pause a webhook endpoint',
  description:
    'Nothing is sent to it until it is resumed, and nothing is lost: what happens meanwhile can be delivered then. Pausing it again changes nothing.',
  scope: 'webhooks:write',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: 'webhook_endpoint.pause',
  request: { params: endpointParams, query: null, body: null },
  responses: { 200: { description: 'As it is now.', schema: webhookEndpoint } },
  errors: [],
  handler: async ({ webhooks }, { caller, params, audit }) => {
    const result = await webhooks.pause(caller, uuidOf('webhookEndpoint', params.id), audit);
    return { status: 200, body: toEndpointBody(webhookDoneOrThrow(result).value) } as const;
  },
});
