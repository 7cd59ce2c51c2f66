import { changeRoleRequest, subAccount, subAccountParams } from '@naru/wire/sub-account.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { orProblem } from './account-problems.ts';
import { toAccountBody } from './to-account-body.ts';

export const changeRoleRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/sub-accounts/:chain/:address/role',
  operationId: 'changeSubAccountRole',
  tag: 'Operators',
  summary: 'Give a sub-account another role',
  description:
    'What it has under way goes on. The signer has rules of its own for each account: change its policy too.',
  scope: 'admin',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: 'sub_account.update',
  request: {
    params: { schema: subAccountParams, otherwise: 'sub_account_not_found' },
    query: null,
    body: changeRoleRequest,
  },
  responses: { 200: { description: 'The account as it is now.', schema: subAccount } },
  errors: ['chain_not_supported', 'sub_account_state'],
  handler: async ({ accounts }, { caller, params, body, audit }) => {
    const changed = await orProblem(accounts.changeRole(caller, params, body, audit));
    return { status: 200, body: toAccountBody(changed) } as const;
  },
});
