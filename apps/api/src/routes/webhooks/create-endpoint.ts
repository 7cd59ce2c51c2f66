import { createWebhookEndpointRequest, webhookEndpointCreated } from '@naru/wire/webhook.ts';
import { defineRoute } from '../../http/define-route.ts';
import { webhookDoneOrThrow } from '../../http/refusals.ts';
import { toEndpointBody } from './to-webhook-body.ts';

export const createWebhookEndpointRoute = defineRoute({
  method: 'POST',
  path: '/v1/webhook-endpoints',
  operationId: 'createWebhookEndpoint',
  tag: 'Webhooks',
  summary: 'Make a webhook endpoint',
  description:
    'From now on the address is told of these events, signed with the secret in the answer (Standard Webhooks). Up to 20 for an organisation.',
  scope: 'webhooks:write',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'webhook_endpoint.create',
  request: { params: null, query: null, body: createWebhookEndpointRequest },
  responses: { 201: { description: 'Made; the secret is shown once.', schema: webhookEndpointCreated } },
  errors: ['webhook_endpoint_limit', 'webhook_endpoint_not_found', 'webhooks_not_set_up'],
  handler: async ({ webhooks }, { caller, idempotencyKey, body, audit }) => {
    const input = { url: body.url, events: body.events, description: body.description ?? null };
    const { value, headers } = webhookDoneOrThrow(
      await webhooks.create(caller, idempotencyKey, input, audit),
    );
    const secret = value.secret?.reveal() ?? null;
    return { status: 201, headers, body: { ...toEndpointBody(value.endpoint), secret } } as const;
  },
});
