import { assetIdOf } from '@naru/core/chain/chain.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { assetLimitRequest, assetParams, enableRequest, operatedAsset } from '@naru/wire/operated-asset.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { toOperatedAsset } from './to-operated-asset.ts';

const params = { schema: assetParams, otherwise: 'asset_not_supported' } as const;

function switchAssetRoute(verb: 'enable' | 'disable') {
  const enabled = verb === 'enable';
  return defineRoute({
    method: 'POST',
    path: `/v1/admin/assets/:chain/:asset/${verb}`,
    operationId: `${verb}Asset`,
    tag: 'Operators',
    summary: enabled ? 'Accept withdrawals of an asset again' : 'Accept no more withdrawals of an asset',
    description: `${enabled ? 'Accepts' : 'Refuses'} new withdrawals from the next request on, on every instance. What was accepted is paid either way.`,
    scope: 'admin',
    idempotency: 'required',
    rateLimit: 'per_key',
    audit: 'asset.update',
    request: { params, query: null, body: enableRequest },
    responses: { 200: { description: 'In force.', schema: operatedAsset } },
    errors: [],
    handler: async ({ operator }, call) => {
      const input = { ...call.params, enabled, reason: call.body.reason };
      const result = await operator.assets.enable(call.caller, call.idempotencyKey, input, call.audit);
      const { value, headers } = doneOrThrow(result);
      return { status: 200, headers, body: toOperatedAsset(value) } as const;
    },
  });
}

export const enableAssetRoute = switchAssetRoute('enable');
export const disableAssetRoute = switchAssetRoute('disable');

export const limitAssetRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/assets/:chain/:asset/limits',
  operationId: 'limitAsset',
  tag: 'Operators',
  summary: 'Set the smallest or largest withdrawal',
  description:
    'In whole units of the asset. From the next request on, on every instance. They are the settings `asset.minimum` and `asset.maximum`, with their history.',
  scope: 'admin',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'setting_version.insert',
  request: { params, query: null, body: assetLimitRequest },
  responses: { 200: { description: 'In force.', schema: operatedAsset } },
  errors: ['setting_not_found'],
  handler: async ({ operator }, call) => {
    const input = { ...call.params, ...call.body };
    const result = await operator.assets.limit(call.caller, call.idempotencyKey, input, call.audit);
    const { headers } = doneOrThrow(result);
    const id = assetIdOf(call.params.chain, call.params.asset);
    const asset = assertPresent(await operator.assets.find(id), `asset ${id}`);
    return { status: 200, headers, body: toOperatedAsset(asset) } as const;
  },
});
