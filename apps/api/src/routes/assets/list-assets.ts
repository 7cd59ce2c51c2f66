import { formatAmount } from '@naru/kit/money.ts';
import { assetList } from '@naru/wire/chain.ts';
import { defineRoute } from '../../http/define-route.ts';

export const listAssetsRoute = defineRoute({
  method: 'GET',
  path: '/v1/assets',
  operationId: 'listAssets',
  tag: 'Catalogue',
  summary: 'List assets',
  description: 'What can be withdrawn on the chains that this key can reach.',
  scope: 'withdrawals:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'All of them.', schema: assetList } },
  errors: [],
  handler: async ({ withdrawals }, { caller }) => {
    const assets = await withdrawals.listAssets(caller);
    const data = assets.map((asset) => ({
      ...asset,
      minimum: formatAmount(asset.minimum, asset.decimals),
      maximum: asset.maximum === null ? null : formatAmount(asset.maximum, asset.decimals),
    }));
    return { status: 200, body: { data } } as const;
  },
});
