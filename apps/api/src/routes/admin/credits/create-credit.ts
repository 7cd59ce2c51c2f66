import { formatAmount } from '@naru/kit/money.ts';
import { createCreditRequest, credit } from '@naru/wire/balance.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { uuidOf } from '../../params.ts';

export const createCreditRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/credits',
  operationId: 'createCredit',
  tag: 'Operators',
  summary: 'Credit a balance',
  description:
    'Moves an amount that the house owns to the balance of an organisation, after its money has come in.',
  scope: 'admin',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'credit.create',
  request: { params: null, query: null, body: createCreditRequest },
  responses: { 201: { description: 'Booked.', schema: credit } },
  errors: ['asset_not_supported', 'chain_not_supported', 'insufficient_balance', 'organisation_not_found'],
  handler: async (deps, { caller, idempotencyKey, body, note, audit }) => {
    note({ creditedOrganisationId: body.organisationId });
    const input = {
      ...body,
      organisationId: uuidOf('organisation', body.organisationId),
      note: body.note ?? null,
    };
    const result = await deps.credit(caller, idempotencyKey, input, audit);
    const { value, headers } = doneOrThrow(result);
    note({ transferId: value.transferId });
    const { transferId, chain, asset, decimals } = value;
    return {
      status: 201,
      headers,
      body: {
        object: 'credit',
        transferId,
        organisationId: body.organisationId,
        chain,
        asset,
        amount: formatAmount(value.amount, decimals),
        available: formatAmount(value.available, decimals),
      },
    } as const;
  },
});
