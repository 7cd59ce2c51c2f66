import { formatAmount } from '@naru/kit/money.ts';
import { balanceList } from '@naru/wire/balance.ts';
import { defineRoute } from '../../http/define-route.ts';

export const listBalancesRoute = defineRoute({
  method: 'GET',
  path: '/v1/balances',
  operationId: 'listBalances',
  tag: 'Catalogue',
  summary: 'List balances',
  description:
    'What your organisation has available, and what is reserved for withdrawals that are not final.',
  scope: 'withdrawals:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'One entry for each asset held.', schema: balanceList } },
  errors: [],
  handler: async ({ withdrawals }, { caller }) => {
    const balances = await withdrawals.listBalances(caller);
    const data = balances.map(({ chain, asset, decimals, available, reserved }) => ({
      chain,
      asset,
      available: formatAmount(available, decimals),
      reserved: formatAmount(reserved, decimals),
    }));
    return { status: 200, body: { data } } as const;
  },
});
