import { withdrawal } from '@naru/wire/withdrawal.ts';
import { defineRoute } from '../../http/define-route.ts';
import { doneOrThrow } from '../../http/refusals.ts';
import { uuidOf, withdrawalParams } from '../params.ts';
import { toWithdrawalBody } from '../to-body.ts';

export const cancelWithdrawalRoute = defineRoute({
  method: 'POST',
  path: '/v1/withdrawals/:id/cancel',
  operationId: 'cancelWithdrawal',
  tag: 'Withdrawals',
  summary: 'Cancel a withdrawal',
  description:
    'Calls a withdrawal back while it is not being signed (`PENDING`, `VALIDATING`, `REVIEW`) and releases the amount. Canceling it again is answered the same way, with or without an idempotency key.',
  scope: 'withdrawals:write',
  idempotency: 'optional',
  rateLimit: 'per_key',
  audit: null,
  request: { params: withdrawalParams, query: null, body: null },
  responses: { 200: { description: 'Canceled; the amount is available again.', schema: withdrawal } },
  errors: ['withdrawal_not_found', 'withdrawal_not_cancelable'],
  handler: async ({ withdrawals }, { caller, idempotencyKey, params, note }) => {
    note({ withdrawalId: params.id });
    const result = await withdrawals.cancel(caller, idempotencyKey, uuidOf('withdrawal', params.id));
    const { value, headers } = doneOrThrow(result);
    return { status: 200, body: toWithdrawalBody(value), headers } as const;
  },
});
