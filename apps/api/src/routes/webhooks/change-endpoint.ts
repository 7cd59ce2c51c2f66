import { changeWebhookEndpointRequest, webhookEndpoint } from '@naru/wire/webhook.ts';
import { defineRoute } from '../../http/define-route.ts';
import { webhookDoneOrThrow } from '../../http/refusals.ts';
import { endpointParams, uuidOf } from '../params.ts';
import { toEndpointBody } from './to-webhook-body.ts';

export const changeWebhookEndpointRoute = defineRoute({
  method: 'PATCH',
  path: '/v1/webhook-endpoints/:id',
  operationId: 'changeWebhookEndpoint',
  tag: 'Webhooks',
  summary: 'Change a webhook endpoint',
  description: 'Changes what is given. What waits for its next try goes to the new address.',
  scope: 'webhooks:write',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: 'webhook_endpoint.change',
  request: { params: endpointParams, query: null, body: changeWebhookEndpointRequest },
  responses: { 200: { description: 'As it is now.', schema: webhookEndpoint } },
  errors: [],
  handler: async ({ webhooks }, { caller, params, body, audit }) => {
    const { url, events, description } = body;
    const change = {
      ...(url === undefined ? {} : { url }),
      ...(events === undefined ? {} : { events }),
      ...(description === undefined ? {} : { description }),
    };
    const result = await webhooks.change(caller, uuidOf('webhookEndpoint', params.id), change, audit);
    return { status: 200, body: toEndpointBody(webhookDoneOrThrow(result).value) } as const;
  },
});
