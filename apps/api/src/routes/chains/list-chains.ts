import { toSafeNumber } from '@naru/kit/safe-number.ts';
import { chainList } from '@naru/wire/chain.ts';
import { defineRoute } from '../../http/define-route.ts';

export const listChainsRoute = defineRoute({
  method: 'GET',
  path: '/v1/chains',
  operationId: 'listChains',
  tag: 'Catalogue',
  summary: 'List chains',
  description: 'The chains that this key can reach.',
  scope: 'withdrawals:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'All of them.', schema: chainList } },
  errors: [],
  handler: async ({ withdrawals }, { caller }) => {
    const chains = await withdrawals.listChains(caller);
    const data = chains.map(({ id, evmChainId, ...chain }) => ({
      ...chain,
      chain: id,
      evmChainId: toSafeNumber(evmChainId),
    }));
    return { status: 200, body: { data } } as const;
  },
});
