import { alertChannel } from '@naru/wire/alert-channel.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { uuidOf } from '../../params.ts';
import { alertChannelParams, toChannelBody } from './to-body.ts';

export const removeAlertChannelRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/alert-channels/:id/remove',
  operationId: 'removeAlertChannel',
  tag: 'Operators',
  summary: 'Tell somebody no longer',
  description:
    'Ends a channel. What it has not been told yet, it will not be told. Repeated, it is not found any more.',
  scope: 'admin',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: 'alert_channel.update',
  request: { params: alertChannelParams, query: null, body: null },
  responses: { 200: { description: 'As it was.', schema: alertChannel } },
  errors: ['alert_channel_not_found'],
  handler: async ({ alertChannels }, { caller, params, audit }) => {
    const { value } = doneOrThrow(
      await alertChannels.remove(caller, uuidOf('alertChannel', params.id), audit),
    );
    return { status: 200, body: toChannelBody(value) } as const;
  },
});
