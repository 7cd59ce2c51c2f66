import { toDepositBody } from '@naru/core/deposit/to-deposit-body.ts';
import { deposit } from '@naru/wire/deposit.ts';
import { defineRoute } from '../../http/define-route.ts';
import { ProblemError } from '../../http/problem-error.ts';
import { depositParams, uuidOf } from '../params.ts';

export const getDepositRoute = defineRoute({
  method: 'GET',
  path: '/v1/deposits/:id',
  operationId: 'getDeposit',
  tag: 'Deposits',
  summary: 'Read a deposit',
  description: 'One payment to a deposit address of the caller.',
  scope: 'deposits:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: depositParams, query: null, body: null },
  responses: { 200: { description: 'The deposit.', schema: deposit } },
  errors: ['deposit_not_found'],
  handler: async ({ deposits }, { caller, params, note }) => {
    note({ depositId: params.id });
    const found = await deposits.get(caller, uuidOf('deposit', params.id));
    if (found === null) throw new ProblemError('deposit_not_found');
    return { status: 200, body: toDepositBody(found) } as const;
  },
});
