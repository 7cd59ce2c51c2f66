import { accountTransfer, subAccountParams, topUpRequest } from '@naru/wire/sub-account.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { orProblem } from './account-problems.ts';
import { toTransferBody } from './to-account-body.ts';

export const topUpRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/sub-accounts/:chain/:address/top-ups',
  operationId: 'topUpSubAccount',
  tag: 'Operators',
  summary: 'Top up a sub-account now',
  description:
    'Moves money from the main account that holds most (gas money from a gas account), besides what thresholds bring. At most one of the same asset is under way to an account.',
  scope: 'operations:write',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'account_transfer.request',
  request: {
    params: { schema: subAccountParams, otherwise: 'sub_account_not_found' },
    query: null,
    body: topUpRequest,
  },
  responses: { 202: { description: 'It will be planned.', schema: accountTransfer } },
  errors: [
    'account_reserve_missing',
    'account_transfer_under_way',
    'asset_not_supported',
    'chain_not_supported',
    'sub_account_state',
  ],
  handler: async ({ accounts }, { caller, params, idempotencyKey, body, audit }) => {
    const { transfer, replayed } = await orProblem(
      accounts.topUp(caller, idempotencyKey, params, body, audit),
    );
    const headers: Record<string, string> = replayed ? { 'idempotency-replayed': 'true' } : {};
    return { status: 202, headers, body: toTransferBody(transfer) } as const;
  },
});
