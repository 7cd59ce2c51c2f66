import { addAssetRequest, operatedAsset } from '@naru/wire/operated-asset.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { uuidOf } from '../../params.ts';
import { toOperatedAsset } from './to-operated-asset.ts';

export const addAssetRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/assets',
  operationId: 'addAsset',
  tag: 'Operators',
  summary: 'Add a token',
  description:
    "Adds the token of a probe: accepted from then on, on every instance and without a restart. It is paid once the signer's policy names it and the sub-accounts hold some.",
  scope: 'admin',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'asset.insert',
  request: { params: null, query: null, body: addAssetRequest },
  responses: { 201: { description: 'Added.', schema: operatedAsset } },
  errors: ['asset_exists', 'asset_has_warnings', 'asset_refused', 'probe_not_done', 'probe_not_found'],
  handler: async ({ operator }, { caller, idempotencyKey, body, audit }) => {
    const { probeId, code, minimum, acceptWarnings, reason } = body;
    const input = {
      probeId: uuidOf('probe', probeId),
      code: code ?? null,
      minimum: minimum ?? null,
      acceptWarnings,
      reason,
    };
    const { value, headers } = doneOrThrow(await operator.assets.add(caller, idempotencyKey, input, audit));
    return { status: 201, headers, body: toOperatedAsset(value) } as const;
  },
});
