import { addSubAccountRequest, subAccount } from '@naru/wire/sub-account.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { orProblem } from './account-problems.ts';
import { toAccountBody } from './to-account-body.ts';

export const addSubAccountRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/sub-accounts',
  operationId: 'addSubAccount',
  tag: 'Operators',
  summary: 'Add a sub-account',
  description:
    'Adds an address whose key the signer has. It is `JOINING` until a processor has found the key there and the transaction count on the chain, within seconds; approvals follow by themselves. The same call again changes nothing.',
  scope: 'admin',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: 'sub_account.insert',
  request: { params: null, query: null, body: addSubAccountRequest },
  responses: { 201: { description: 'It joins, or has joined.', schema: subAccount } },
  errors: ['chain_not_supported', 'sub_account_exists', 'sub_account_not_found'],
  handler: async ({ accounts }, { caller, body, audit }) => {
    const added = await orProblem(accounts.add(caller, body, audit));
    return { status: 201, body: toAccountBody(added) } as const;
  },
});
