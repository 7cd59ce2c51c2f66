import { createWithdrawalRequest, withdrawal } from '@naru/wire/withdrawal.ts';
import { defineRoute } from '../../http/define-route.ts';
import { doneOrThrow } from '../../http/refusals.ts';
import { toWithdrawalBody } from '../to-body.ts';

export const createWithdrawalRoute = defineRoute({
  method: 'POST',
  path: '/v1/withdrawals',
  operationId: 'createWithdrawal',
  tag: 'Withdrawals',
  summary: 'Request a withdrawal',
  description:
    'Checks the request, reserves the amount and answers at once with state `PENDING`. Repeating the call with the same idempotency key gives the same answer and pays once.',
  scope: 'withdrawals:write',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: null, body: createWithdrawalRequest },
  responses: { 202: { description: 'Accepted; the amount is reserved.', schema: withdrawal } },
  errors: [
    'fee_not_known',
    'asset_not_supported',
    'chain_not_supported',
    'insufficient_balance',
    'limit_exceeded',
  ],
  handler: async ({ withdrawals }, { caller, idempotencyKey, body, note }) => {
    const result = await withdrawals.request(caller, idempotencyKey, {
      ...body,
      reference: body.reference ?? null,
    });
    const { value, headers } = doneOrThrow(result);
    const answer = toWithdrawalBody(value);
    note({ withdrawalId: answer.id });
    return {
      status: 202,
      body: answer,
      headers: { ...headers, location: `/v1/withdrawals/${answer.id}` },
    } as const;
  },
});
