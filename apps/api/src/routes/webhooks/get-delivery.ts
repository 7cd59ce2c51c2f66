import { webhookDeliveryDetail } from '@naru/wire/webhook.ts';
import { defineRoute } from '../../http/define-route.ts';
import { ProblemError } from '../../http/problem-error.ts';
import { deliveryParams, uuidOf } from '../params.ts';
import { toDeliveryDetailBody } from './to-webhook-body.ts';

export const getWebhookDeliveryRoute = defineRoute({
  method: 'GET',
  path: '/v1/webhook-deliveries/:id',
  operationId: 'getWebhookDelivery',
  tag: 'Webhooks',
  summary: 'Get a delivery',
  description: 'One event for one endpoint, with every try: what was sent, and what came back.',
  scope: 'webhooks:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: deliveryParams, query: null, body: null },
  responses: { 200: { description: 'The delivery.', schema: webhookDeliveryDetail } },
  errors: [],
  handler: async ({ webhooks }, { caller, params }) => {
    const found = await webhooks.delivery(caller, uuidOf('webhookMessage', params.id));
    if (found === null) throw new ProblemError('webhook_delivery_not_found');
    return { status: 200, body: toDeliveryDetailBody(found) } as const;
  },
});
