import { settingParams, settingQuery, settingWithHistory } from '@naru/wire/setting.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { ProblemError } from '../../../http/problem-error.ts';
import { toSettingBody, toVersionBody } from './to-setting-body.ts';

export const getSettingRoute = defineRoute({
  method: 'GET',
  path: '/v1/admin/settings/:key',
  operationId: 'getSetting',
  tag: 'Operators',
  summary: 'Get a setting with its history',
  description: 'One setting of one target: what is in force, and who decided what, when and why.',
  scope: 'operations:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: {
    params: { schema: settingParams, otherwise: 'setting_not_found' },
    query: settingQuery,
    body: null,
  },
  responses: { 200: { description: 'The setting.', schema: settingWithHistory } },
  errors: [],
  handler: async ({ operator }, { params, query }) => {
    const found = await operator.settings.get({ key: params.key, target: query.target ?? '' });
    if (found === null) throw new ProblemError('setting_not_found');
    return {
      status: 200,
      body: { setting: toSettingBody(found.setting), history: found.history.map(toVersionBody) },
    } as const;
  },
});
