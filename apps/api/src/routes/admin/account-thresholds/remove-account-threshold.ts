import { accountThresholdList, removeThresholdRequest } from '@naru/wire/sub-account.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { orProblem } from '../sub-accounts/account-problems.ts';
import { toThresholdBody } from '../sub-accounts/to-account-body.ts';

export const removeAccountThresholdRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/account-thresholds/remove',
  operationId: 'removeAccountThreshold',
  tag: 'Operators',
  summary: 'Take away what is set',
  description: 'Accounts are then topped up only when withdrawals wait for more than they hold.',
  scope: 'admin',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: 'account_threshold.delete',
  request: { params: null, query: null, body: removeThresholdRequest },
  responses: { 200: { description: 'All of the chain, as they are now.', schema: accountThresholdList } },
  errors: [
    'account_threshold_invalid',
    'asset_not_supported',
    'chain_not_supported',
    'sub_account_not_found',
  ],
  handler: async ({ accounts }, { caller, body, audit }) => {
    const change = { levels: null, reason: body.reason };
    const found = await orProblem(accounts.setThreshold(caller, body, change, audit));
    return { status: 200, body: { data: found.map(toThresholdBody) } } as const;
  },
});
