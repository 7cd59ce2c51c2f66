import { replayWebhookEventsRequest, webhookReplay } from '@naru/wire/webhook.ts';
import { defineRoute } from '../../http/define-route.ts';
import { webhookDoneOrThrow } from '../../http/refusals.ts';
import { endpointParams, uuidOf } from '../params.ts';
import { toReplayBody } from './to-webhook-body.ts';

export const replayWebhookEventsRoute = defineRoute({
  method: 'POST',
  path: '/v1/webhook-endpoints/:id/replay',
  operationId: 'replayWebhookEvents',
  tag: 'Webhooks',
  summary: 'Tell events of a time again',
  description:
    'Sends what the endpoint was never told or never took, or on request everything, under the ids that it had or would have had. So an endpoint that was made later can be told what came before.',
  scope: 'webhooks:write',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'webhook_endpoint.replay',
  request: { params: endpointParams, query: null, body: replayWebhookEventsRequest },
  responses: { 202: { description: 'Begun.', schema: webhookReplay } },
  errors: ['webhook_endpoint_limit', 'webhook_endpoint_state'],
  handler: async ({ webhooks }, { caller, idempotencyKey, params, body, audit }) => {
    const { from, to, events, redeliver } = body;
    const end = to === undefined || to === null ? null : new Date(to);
    const input = { from: new Date(from), to: end, events, redeliver };
    const target = { endpointId: uuidOf('webhookEndpoint', params.id), input };
    const { value, headers } = webhookDoneOrThrow(
      await webhooks.replay(caller, idempotencyKey, target, audit),
    );
    return { status: 202, headers, body: toReplayBody(value) } as const;
  },
});
