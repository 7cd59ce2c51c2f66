import type { BlockedAddress } from '@naru/core/address-book/address-book.ts';
import { checksumAddress } from '@naru/core/withdrawal/checksum-address.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import {
  type BlockedAddressBody,
  blockAddressRequest,
  blockedAddress,
  blockedAddressList,
  blockListQuery,
  unblockedAddress,
} from '@naru/wire/address-book.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { ProblemError } from '../../../http/problem-error.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { uuidOf } from '../../params.ts';
import { blockedParams, orderOf } from '../../rule-orders.ts';

function toBody({ id, chainId, address, reason, addedBy, createdAt }: BlockedAddress): BlockedAddressBody {
  return {
    id: toPublicId('blockedAddress', id),
    object: 'blocked_address',
    chain: chainId,
    address,
    reason,
    addedBy,
    createdAt: createdAt.toISOString(),
  };
}

export const listBlockedRoute = defineRoute({
  method: 'GET',
  path: '/v1/admin/block-list',
  operationId: 'listBlockedAddresses',
  tag: 'Operators',
  summary: 'List blocked addresses',
  description: 'The newest first, 100 at most; `address` finds one among any number.',
  scope: 'operations:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: blockListQuery, body: null },
  responses: { 200: { description: 'Addresses.', schema: blockedAddressList } },
  errors: [],
  handler: async ({ rules }, { query }) => {
    const address = query.address === undefined ? undefined : checksumAddress(query.address);
    return { status: 200, body: { data: (await rules.blocked({ address })).map(toBody) } } as const;
  },
});

export const blockAddressRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/block-list',
  operationId: 'blockAddress',
  tag: 'Operators',
  summary: 'Block an address',
  description:
    'No organisation can ask for a withdrawal to it from the next second on. One that a policy governs and that is not taken up yet is denied.',
  scope: 'admin',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'address.block',
  request: { params: null, query: null, body: blockAddressRequest },
  responses: { 201: { description: 'Blocked.', schema: blockedAddress } },
  errors: ['chain_not_supported'],
  handler: async ({ rules }, call) => {
    const { value, headers } = doneOrThrow(await rules.block(orderOf(call), call.body));
    const found = await rules.blockedOne(value);
    if (found === null) throw new ProblemError('blocked_address_not_found');
    return { status: 201, headers, body: toBody(found) } as const;
  },
});

export const unblockAddressRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/block-list/:id/remove',
  operationId: 'unblockAddress',
  tag: 'Operators',
  summary: 'Unblock an address',
  description: 'It can be paid again. What it was blocked for stays in the audit log.',
  scope: 'admin',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'address.unblock',
  request: { params: blockedParams, query: null, body: null },
  responses: { 200: { description: 'It is no longer blocked.', schema: unblockedAddress } },
  errors: ['blocked_address_not_found'],
  handler: async ({ rules }, call) => {
    const { id } = call.params;
    const { headers } = doneOrThrow(await rules.unblock(orderOf(call), uuidOf('blockedAddress', id)));
    return { status: 200, headers, body: { object: 'unblocked_address', id } } as const;
  },
});
