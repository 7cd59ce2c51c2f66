import { webhookDelivery } from '@naru/wire/webhook.ts';
import { defineRoute } from '../../http/define-route.ts';
import { webhookDoneOrThrow } from '../../http/refusals.ts';
import { deliveryParams, uuidOf } from '../params.ts';
import { toDeliveryBody } from './to-webhook-body.ts';

export const resendWebhookDeliveryRoute = defineRoute({
  method: 'POST',
  path: '/v1/webhook-deliveries/:id/resend',
  operationId: 'resendWebhookDelivery',
  tag: 'Webhooks',
  summary: 'Send a delivery once more',
  description:
    'Now, under the same `webhook-id` and with the same body, wherever it stands; failed tries begin their schedule again.',
  scope: 'webhooks:write',
  idempotency: 'optional',
  rateLimit: 'per_key',
  audit: 'webhook_delivery.resend',
  request: { params: deliveryParams, query: null, body: null },
  responses: { 202: { description: 'On its way.', schema: webhookDelivery } },
  errors: ['webhook_endpoint_not_found', 'webhook_endpoint_state'],
  handler: async ({ webhooks }, { caller, idempotencyKey, params, audit }) => {
    const id = uuidOf('webhookMessage', params.id);
    const { value, headers } = webhookDoneOrThrow(await webhooks.resend(caller, idempotencyKey, id, audit));
    return { status: 202, headers, body: toDeliveryBody(value) } as const;
  },
});
