import { webhookEndpointDeleted } from '@naru/wire/webhook.ts';
import { defineRoute } from '../../http/define-route.ts';
import { webhookDoneOrThrow } from '../../http/refusals.ts';
import { endpointParams, uuidOf } from '../params.ts';

export const deleteWebhookEndpointRoute = defineRoute({
  method: 'DELETE',
  path: '/v1/webhook-endpoints/:id',
  operationId: 'deleteWebhookEndpoint',
  tag: 'Webhooks',
  summary: 'Delete a webhook endpoint',
  description:
    'Nothing more is sent to it, its secrets are destroyed, and what waited is skipped. Its deliveries can be read by their ids for 30 days.',
  scope: 'webhooks:write',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: 'webhook_endpoint.delete',
  request: { params: endpointParams, query: null, body: null },
  responses: { 200: { description: 'Deleted.', schema: webhookEndpointDeleted } },
  errors: [],
  handler: async ({ webhooks }, { caller, params, audit }) => {
    webhookDoneOrThrow(await webhooks.remove(caller, uuidOf('webhookEndpoint', params.id), audit));
    return { status: 200, body: { id: params.id, object: 'webhook_endpoint', deleted: true } } as const;
  },
});
