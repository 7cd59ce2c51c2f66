import { resumeWebhookEndpointRequest, webhookEndpoint } from '@naru/wire/webhook.ts';
import { defineRoute } from '../../http/define-route.ts';
import { webhookDoneOrThrow } from '../../http/refusals.ts';
import { endpointParams, uuidOf } from '../params.ts';
import { toEndpointBody } from './to-webhook-body.ts';

export const resumeWebhookEndpointRoute = defineRoute({
  method: 'POST',
  path: '/v1/webhook-endpoints/:id/resume',
  operationId: 'resumeWebhookEndpoint',
  tag: 'Webhooks',
  summary: 'Resume a webhook endpoint',
  description:
    'Takes an endpoint that was paused or disabled into use again, with what it missed or without. Resuming one that is in use changes nothing.',
  scope: 'webhooks:write',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: 'webhook_endpoint.resume',
  request: { params: endpointParams, query: null, body: resumeWebhookEndpointRequest },
  responses: { 200: { description: 'As it is now.', schema: webhookEndpoint } },
  errors: [],
  handler: async ({ webhooks }, { caller, params, body, audit }) => {
    const id = uuidOf('webhookEndpoint', params.id);
    const result = await webhooks.resume(caller, id, body.missed, audit);
    return { status: 200, body: toEndpointBody(webhookDoneOrThrow(result).value) } as const;
  },
});
