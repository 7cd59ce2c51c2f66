import { revertSettingRequest, settingParams, settingVersion } from '@naru/wire/setting.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { toVersionBody } from './to-setting-body.ts';

export const revertSettingRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/settings/:key/revert',
  operationId: 'revertSetting',
  tag: 'Operators',
  summary: 'Go back to an earlier value',
  description:
    'Puts the value of an earlier version in force again, as a new version; 0 is what ships. Checked as any change is.',
  scope: 'admin',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'setting_version.insert',
  request: {
    params: { schema: settingParams, otherwise: 'setting_not_found' },
    query: null,
    body: revertSettingRequest,
  },
  responses: { 201: { description: 'In force.', schema: settingVersion } },
  errors: ['setting_changed', 'setting_dangerous'],
  handler: async ({ operator }, { caller, idempotencyKey, params, body, audit, note }) => {
    note({ setting: params.key, target: body.target });
    const { target, seenVersion, acknowledge, reason, toVersion } = body;
    const change = {
      key: params.key,
      target,
      to: { version: toVersion },
      seenVersion,
      acknowledged: acknowledge,
      reason,
    };
    const { value: made, headers } = doneOrThrow(
      await operator.settings.change(caller, idempotencyKey, change, audit),
    );
    return { status: 201, headers, body: toVersionBody(made) } as const;
  },
});
