import { accountThresholdList, setThresholdRequest } from '@naru/wire/sub-account.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { orProblem } from '../sub-accounts/account-problems.ts';
import { toThresholdBody } from '../sub-accounts/to-account-body.ts';

export const setAccountThresholdRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/account-thresholds',
  operationId: 'setAccountThreshold',
  tag: 'Operators',
  summary: 'Set how much accounts should hold',
  description:
    'Below low an account is topped up to target, above high it is swept down to target. Takes effect within seconds. The same call again changes nothing.',
  scope: 'admin',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: 'account_threshold.update',
  request: { params: null, query: null, body: setThresholdRequest },
  responses: { 200: { description: 'All of the chain, as they are now.', schema: accountThresholdList } },
  errors: [
    'account_threshold_invalid',
    'asset_not_supported',
    'chain_not_supported',
    'sub_account_not_found',
  ],
  handler: async ({ accounts }, { caller, body, audit }) => {
    const change = { levels: { low: body.low, target: body.target, high: body.high }, reason: body.reason };
    const found = await orProblem(accounts.setThreshold(caller, body, change, audit));
    return { status: 200, body: { data: found.map(toThresholdBody) } } as const;
  },
});
