import { chainQuery, subAccountList } from '@naru/wire/sub-account.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { orProblem } from './account-problems.ts';
import { toAccountBody } from './to-account-body.ts';

export const listSubAccountsRoute = defineRoute({
  method: 'GET',
  path: '/v1/admin/sub-accounts',
  operationId: 'listSubAccounts',
  tag: 'Operators',
  summary: 'List sub-accounts',
  description: 'Our addresses on the chains that this key reaches, with role, state and balances.',
  scope: 'operations:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: chainQuery, body: null },
  responses: { 200: { description: 'All of them.', schema: subAccountList } },
  errors: ['chain_not_supported'],
  handler: async ({ accounts }, { caller, query }) => {
    const found = await orProblem(accounts.list(caller, query.chain ?? null));
    return { status: 200, body: { data: found.map(toAccountBody) } } as const;
  },
});
