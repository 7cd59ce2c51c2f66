import type { Chain } from '@naru/core/chain/chain.ts';
import { toSafeNumber } from '@naru/kit/safe-number.ts';
import { type OperatedChainBody, operatedChainList } from '@naru/wire/operated-asset.ts';
import { defineRoute } from '../../../http/define-route.ts';

export function toOperatedChain(chain: Chain): OperatedChainBody {
  return {
    chain: chain.id,
    name: chain.name,
    evmChainId: toSafeNumber(chain.evmChainId),
    network: chain.network,
    configured: chain.enabled,
    accepting: chain.enabled && chain.operation.accepting,
    payoutContract: chain.payoutContract,
  };
}

export const listOperatedChainsRoute = defineRoute({
  method: 'GET',
  path: '/v1/admin/chains',
  operationId: 'listOperatedChains',
  tag: 'Operators',
  summary: 'List chains as their operator',
  description:
    'Every chain that ships, of every network. Depth, batch, fees and retries of each are settings: `GET /v1/admin/settings?target=<chain>`.',
  scope: 'operations:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'All of them.', schema: operatedChainList } },
  errors: [],
  handler: async ({ operator }) =>
    ({ status: 200, body: { data: (await operator.chains.list()).map(toOperatedChain) } }) as const,
});
