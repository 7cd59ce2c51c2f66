import { accountThresholdList, chainQuery } from '@naru/wire/sub-account.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { orProblem } from '../sub-accounts/account-problems.ts';
import { toThresholdBody } from '../sub-accounts/to-account-body.ts';

export const listAccountThresholdsRoute = defineRoute({
  method: 'GET',
  path: '/v1/admin/account-thresholds',
  operationId: 'listAccountThresholds',
  tag: 'Operators',
  summary: 'List how much accounts should hold',
  description: 'What is set for roles and for single accounts; what is set for an account counts alone.',
  scope: 'operations:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: chainQuery, body: null },
  responses: { 200: { description: 'All of them.', schema: accountThresholdList } },
  errors: ['chain_not_supported'],
  handler: async ({ accounts }, { caller, query }) => {
    const found = await orProblem(accounts.thresholds(caller, query.chain ?? null));
    return { status: 200, body: { data: found.map(toThresholdBody) } } as const;
  },
});
