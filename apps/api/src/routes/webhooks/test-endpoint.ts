import { webhookDelivery } from '@naru/wire/webhook.ts';
import { defineRoute } from '../../http/define-route.ts';
import { webhookDoneOrThrow } from '../../http/refusals.ts';
import { endpointParams, uuidOf } from '../params.ts';
import { toDeliveryBody } from './to-webhook-body.ts';

export const testWebhookEndpointRoute = defineRoute({
  method: 'POST',
  path: '/v1/webhook-endpoints/:id/test',
  operationId: 'testWebhookEndpoint',
  stepUp: false,
  tag: 'Webhooks',
  summary: 'Send a test event',
  description: 'Sends `webhook.test`, whatever the endpoint asks for. Read the delivery to see how it went.',
  scope: 'webhooks:write',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'webhook_endpoint.test',
  request: { params: endpointParams, query: null, body: null },
  responses: { 202: { description: 'On its way.', schema: webhookDelivery } },
  errors: ['webhook_delivery_not_found', 'webhook_endpoint_state', 'webhooks_not_set_up'],
  handler: async ({ webhooks }, { caller, idempotencyKey, params, audit }) => {
    const id = uuidOf('webhookEndpoint', params.id);
    const { value, headers } = webhookDoneOrThrow(await webhooks.test(caller, idempotencyKey, id, audit));
    return { status: 202, headers, body: toDeliveryBody(value) } as const;
  },
});
