import { withdrawal } from '@naru/wire/withdrawal.ts';
import { defineRoute } from '../../http/define-route.ts';
import { ProblemError } from '../../http/problem-error.ts';
import { uuidOf, withdrawalParams } from '../params.ts';
import { toWithdrawalBody } from '../to-body.ts';

export const getWithdrawalRoute = defineRoute({
  method: 'GET',
  path: '/v1/withdrawals/:id',
  operationId: 'getWithdrawal',
  tag: 'Withdrawals',
  summary: 'Read a withdrawal',
  description: 'The withdrawal as it stands now, with its transaction once it has one.',
  scope: 'withdrawals:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: withdrawalParams, query: null, body: null },
  responses: { 200: { description: 'The withdrawal.', schema: withdrawal } },
  errors: ['withdrawal_not_found'],
  handler: async ({ withdrawals }, { caller, params, note }) => {
    note({ withdrawalId: params.id });
    const found = await withdrawals.get(caller, uuidOf('withdrawal', params.id));
    if (found === null) throw new ProblemError('withdrawal_not_found');
    return { status: 200, body: toWithdrawalBody(found) } as const;
  },
});
