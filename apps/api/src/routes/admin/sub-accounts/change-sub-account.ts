import { changeSubAccountRequest, subAccount, subAccountParams } from '@naru/wire/sub-account.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { orProblem } from './account-problems.ts';
import { toAccountBody } from './to-account-body.ts';

export const changeSubAccountRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/sub-accounts/:chain/:address/changes',
  operationId: 'changeSubAccount',
  tag: 'Operators',
  summary: 'Pause, resume, drain or retire a sub-account',
  description:
    'What has a nonce is signed, sent and settled as usual; the other accounts pay on. The same call again changes nothing.',
  scope: 'operations:write',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: 'sub_account.update',
  request: {
    params: { schema: subAccountParams, otherwise: 'sub_account_not_found' },
    query: null,
    body: changeSubAccountRequest,
  },
  responses: { 200: { description: 'The account as it is now.', schema: subAccount } },
  errors: ['chain_not_supported', 'sub_account_state'],
  handler: async ({ accounts }, { caller, params, body, audit }) => {
    const changed = await orProblem(accounts.change(caller, params, body, audit));
    return { status: 200, body: toAccountBody(changed) } as const;
  },
});
