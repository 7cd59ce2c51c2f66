import { depositAddress } from '@naru/wire/deposit.ts';
import { defineRoute } from '../../http/define-route.ts';
import { ProblemError } from '../../http/problem-error.ts';
import { toAddressBody } from '../deposits/deposit-body.ts';
import { depositAddressParams, uuidOf } from '../params.ts';

export const getDepositAddressRoute = defineRoute({
  method: 'GET',
  path: '/v1/deposit-addresses/:id',
  operationId: 'getDepositAddress',
  tag: 'Deposits',
  summary: 'Read a deposit address',
  description: 'One address of the caller.',
  scope: 'deposits:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: depositAddressParams, query: null, body: null },
  responses: { 200: { description: 'The address.', schema: depositAddress } },
  errors: ['deposit_address_not_found'],
  handler: async ({ deposits }, { caller, params }) => {
    const address = await deposits.getAddress(caller, uuidOf('depositAddress', params.id));
    if (address === null) throw new ProblemError('deposit_address_not_found');
    return { status: 200, body: toAddressBody(address) } as const;
  },
});
