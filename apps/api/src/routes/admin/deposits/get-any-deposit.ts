import { adminDeposit } from '@naru/wire/deposit.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { ProblemError } from '../../../http/problem-error.ts';
import { toAdminDepositBody } from '../../deposits/deposit-body.ts';
import { depositParams, uuidOf } from '../../params.ts';

export const getAnyDepositRoute = defineRoute({
  method: 'GET',
  path: '/v1/admin/deposits/:id',
  operationId: 'getAnyDeposit',
  tag: 'Operators',
  summary: 'Read a deposit of any organisation',
  description: 'One payment to a deposit address, whoever it is for.',
  scope: 'operations:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: depositParams, query: null, body: null },
  responses: { 200: { description: 'The deposit.', schema: adminDeposit } },
  errors: ['deposit_not_found'],
  handler: async ({ deposits }, { params, note }) => {
    note({ depositId: params.id });
    const found = await deposits.getAny(uuidOf('deposit', params.id));
    if (found === null) throw new ProblemError('deposit_not_found');
    return { status: 200, body: toAdminDepositBody(found) } as const;
  },
});
