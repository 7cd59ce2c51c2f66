import { alertChannelList } from '@naru/wire/alert-channel.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { toChannelBody } from './to-body.ts';

export const listAlertChannelsRoute = defineRoute({
  method: 'GET',
  path: '/v1/admin/alert-channels',
  operationId: 'listAlertChannels',
  tag: 'Operators',
  summary: 'List who is told of alarms',
  description: 'Those who are told of alarms, by name, each with what became of the last message to it.',
  scope: 'operations:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'All of them.', schema: alertChannelList } },
  errors: [],
  handler: async ({ alertChannels }) =>
    ({ status: 200, body: { data: (await alertChannels.list()).map(toChannelBody) } }) as const,
});
