import { settingList, settingListQuery } from '@naru/wire/setting.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { toSettingBody } from './to-setting-body.ts';

export const listSettingsRoute = defineRoute({
  method: 'GET',
  path: '/v1/admin/settings',
  operationId: 'listSettings',
  tag: 'Operators',
  summary: 'List settings',
  description:
    'Everything that can be turned while all runs, with what is in force, what ships, and the bounds. Settings of chains that are not configured are listed by their `target` only.',
  scope: 'operations:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: settingListQuery, body: null },
  responses: { 200: { description: 'All that match.', schema: settingList } },
  errors: [],
  handler: async ({ operator }, { query }) => {
    const filter = {
      ...(query.scope === undefined ? {} : { scope: query.scope }),
      ...(query.target === undefined ? {} : { target: query.target }),
    };
    const settings = await operator.settings.list(filter);
    return { status: 200, body: { data: settings.map(toSettingBody) } } as const;
  },
});
