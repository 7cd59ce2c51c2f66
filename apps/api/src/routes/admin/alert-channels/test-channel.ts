import { alertChannel } from '@naru/wire/alert-channel.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { uuidOf } from '../../params.ts';
import { alertChannelParams, toChannelBody } from './to-body.ts';

export const testAlertChannelRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/alert-channels/:id/test',
  operationId: 'testAlertChannel',
  stepUp: false,
  tag: 'Operators',
  summary: 'Send a test',
  description:
    'Sends a test message the way alarms go. Look at `lastMessage` of the channel afterwards: whether it was taken, and if not, why.',
  scope: 'admin',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'alert_channel.test',
  request: { params: alertChannelParams, query: null, body: null },
  responses: { 200: { description: 'It is being sent.', schema: alertChannel } },
  errors: ['alert_channel_not_found'],
  handler: async ({ alertChannels }, { caller, idempotencyKey, params, audit }) => {
    const id = uuidOf('alertChannel', params.id);
    const { value, headers } = doneOrThrow(await alertChannels.test(caller, idempotencyKey, id, audit));
    return { status: 200, headers, body: toChannelBody(value) } as const;
  },
});
