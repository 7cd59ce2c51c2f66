import { rotateWebhookSecretRequest, webhookSecret } from '@naru/wire/webhook.ts';
import { defineRoute } from '../../http/define-route.ts';
import { webhookDoneOrThrow } from '../../http/refusals.ts';
import { endpointParams, uuidOf } from '../params.ts';
import { toSecretBody } from './to-webhook-body.ts';

export const rotateWebhookSecretRoute = defineRoute({
  method: 'POST',
  path: '/v1/webhook-endpoints/:id/rotate-secret',
  operationId: 'rotateWebhookSecret',
  tag: 'Webhooks',
  summary: 'Replace the secret of a webhook endpoint',
  description:
    'Gives a new secret. For a while what is sent carries a signature by each of them, so that receivers can change over without losing anything.',
  scope: 'webhooks:write',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'webhook_endpoint.rotate_secret',
  request: { params: endpointParams, query: null, body: rotateWebhookSecretRequest },
  responses: { 200: { description: 'The new secret, shown once.', schema: webhookSecret } },
  errors: ['webhooks_not_set_up'],
  handler: async ({ webhooks }, { caller, idempotencyKey, params, body, audit }) => {
    const endpointId = uuidOf('webhookEndpoint', params.id);
    const target = { endpointId, overlapMs: body.overlapSeconds * 1_000 };
    const result = await webhooks.rotateSecret(caller, idempotencyKey, target, audit);
    const { value, headers } = webhookDoneOrThrow(result);
    return { status: 200, headers, body: toSecretBody(value) } as const;
  },
});
