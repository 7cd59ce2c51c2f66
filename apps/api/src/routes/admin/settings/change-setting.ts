import { changeSettingRequest, settingParams, settingVersion } from '@naru/wire/setting.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { toVersionBody } from './to-setting-body.ts';

export const changeSettingRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/settings/:key',
  operationId: 'changeSetting',
  tag: 'Operators',
  summary: 'Change a setting',
  description:
    'Puts a value in force on every instance, within a second or two and without a restart. `seenVersion` is the version that you looked at: where somebody else has decided in between, nothing changes.',
  scope: 'admin',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'setting_version.insert',
  request: {
    params: { schema: settingParams, otherwise: 'setting_not_found' },
    query: null,
    body: changeSettingRequest,
  },
  responses: { 201: { description: 'In force.', schema: settingVersion } },
  errors: ['setting_changed', 'setting_dangerous'],
  handler: async ({ operator }, { caller, idempotencyKey, params, body, audit, note }) => {
    note({ setting: params.key, target: body.target });
    const { target, seenVersion, acknowledge, reason, value } = body;
    const change = { key: params.key, target, to: { value }, seenVersion, acknowledged: acknowledge, reason };
    const { value: made, headers } = doneOrThrow(
      await operator.settings.change(caller, idempotencyKey, change, audit),
    );
    return { status: 201, headers, body: toVersionBody(made) } as const;
  },
});
