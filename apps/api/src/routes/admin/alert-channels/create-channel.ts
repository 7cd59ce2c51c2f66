import { createAlertChannelRequest, createdAlertChannel } from '@naru/wire/alert-channel.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { toChannelBody } from './to-body.ts';

export const createAlertChannelRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/alert-channels',
  operationId: 'createAlertChannel',
  tag: 'Operators',
  summary: 'Tell somebody of alarms',
  description:
    'Tells somebody of alarms from now on, by a webhook (Standard Webhooks) or by mail: of those that are open as well.',
  scope: 'admin',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'alert_channel.insert',
  request: { params: null, query: null, body: createAlertChannelRequest },
  responses: { 201: { description: 'It is told from now on.', schema: createdAlertChannel } },
  errors: ['alert_channel_exists', 'alert_channels_too_many', 'alert_channel_not_found'],
  handler: async ({ alertChannels }, { caller, idempotencyKey, body, audit }) => {
    const input = {
      name: body.name,
      kind: body.kind === 'webhook' ? ('WEBHOOK' as const) : ('EMAIL' as const),
      targets: body.kind === 'webhook' ? [body.url] : body.to,
      severityMin: body.severity === 'critical' ? ('CRITICAL' as const) : ('WARNING' as const),
    };
    const result = await alertChannels.create(caller, idempotencyKey, input, audit);
    const { value, headers } = doneOrThrow(result);
    const secret = value.secret?.reveal() ?? null;
    return { status: 201, headers, body: { ...toChannelBody(value.channel), secret } } as const;
  },
});
