import { operatedAssetList } from '@naru/wire/operated-asset.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { toOperatedAsset } from './to-operated-asset.ts';

export const listOperatedAssetsRoute = defineRoute({
  method: 'GET',
  path: '/v1/admin/assets',
  operationId: 'listOperatedAssets',
  tag: 'Operators',
  summary: 'List assets as their operator',
  description: 'Coins and tokens of every chain, those that are disabled too.',
  scope: 'operations:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'All of them.', schema: operatedAssetList } },
  errors: [],
  handler: async ({ operator }) =>
    ({ status: 200, body: { data: (await operator.assets.list()).map(toOperatedAsset) } }) as const,
});
