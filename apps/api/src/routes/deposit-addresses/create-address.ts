import { createDepositAddressRequest, depositAddress } from '@naru/wire/deposit.ts';
import { defineRoute } from '../../http/define-route.ts';
import { doneOrThrow } from '../../http/refusals.ts';
import { toAddressBody } from '../deposits/deposit-body.ts';

export const createDepositAddressRoute = defineRoute({
  method: 'POST',
  path: '/v1/deposit-addresses',
  operationId: 'createDepositAddress',
  tag: 'Deposits',
  summary: 'Make a deposit address',
  description:
    'Gives the caller one more address to be paid at, forever. What arrives there is credited to its balance when it is final on the chain.',
  scope: 'deposits:write',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: null, body: createDepositAddressRequest },
  responses: { 201: { description: 'The address.', schema: depositAddress } },
  errors: ['chain_not_supported', 'deposits_not_available', 'deposits_not_ready', 'too_many_addresses'],
  handler: async ({ deposits }, { caller, idempotencyKey, body, requestId, note }) => {
    const input = { chain: body.chain, label: body.label ?? null, takesCoin: body.coin ?? true };
    const result = await deposits.createAddress(caller, idempotencyKey, input, { origin: null, requestId });
    const { value, headers } = doneOrThrow(result);
    note({ depositAddressId: value.id });
    return { status: 201, headers, body: toAddressBody(value) } as const;
  },
});
