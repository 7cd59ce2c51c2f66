import { toPublicId } from '@naru/kit/ids.ts';
import { adminDeposit, creditDepositRequest } from '@naru/wire/deposit.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { toAdminDepositBody } from '../../deposits/deposit-body.ts';
import { depositParams, uuidOf } from '../../params.ts';

export const creditDepositRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/deposits/:id/credit',
  operationId: 'creditDeposit',
  tag: 'Operators',
  summary: 'Credit a deposit',
  description:
    'Credits a deposit that is final and was not credited by itself, to the organisation whose address was paid. Done again it changes nothing.',
  scope: 'operations:write',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: 'deposit.credit',
  request: { params: depositParams, query: null, body: creditDepositRequest },
  responses: { 200: { description: 'The deposit, credited.', schema: adminDeposit } },
  errors: ['deposit_not_found', 'deposit_not_creditable'],
  handler: async ({ deposits }, { caller, params, body, audit, note }) => {
    note({ depositId: params.id });
    const actor = `api_key:${toPublicId('apiKey', caller.apiKeyId)}`;
    const result = await deposits.credit(uuidOf('deposit', params.id), {
      actor,
      reason: body.reason,
      ...audit,
    });
    const { value, headers } = doneOrThrow(result);
    return { status: 200, headers, body: toAdminDepositBody(value) } as const;
  },
});
