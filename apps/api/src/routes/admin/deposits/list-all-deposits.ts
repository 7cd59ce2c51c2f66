import { adminDepositPage, depositListQuery } from '@naru/wire/deposit.ts';
import { encodeCursor } from '../../../http/cursor.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { given, readPageCursor } from '../../../http/page-after.ts';
import { toAdminDepositBody } from '../../deposits/deposit-body.ts';
import { uuidOf } from '../../params.ts';

export const listAllDepositsRoute = defineRoute({
  method: 'GET',
  path: '/v1/admin/deposits',
  operationId: 'listAllDeposits',
  tag: 'Operators',
  summary: 'List deposits of all organisations',
  description: 'Newest first. `state=UNCREDITED` are those that wait for a person.',
  scope: 'operations:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: depositListQuery, body: null },
  responses: { 200: { description: 'One page.', schema: adminDepositPage } },
  errors: [],
  handler: async ({ deposits }, { query }) => {
    const { limit, cursor, ...filter } = query;
    const { addressId, ...plain } = filter;
    const wanted = given({
      ...plain,
      addressId: addressId === undefined ? undefined : uuidOf('depositAddress', addressId),
    });
    const page = await deposits.listAll(wanted, { limit, after: readPageCursor(cursor, filter) });
    const nextCursor = page.next === null ? null : encodeCursor(page.next, filter);
    return { status: 200, body: { data: page.data.map(toAdminDepositBody), nextCursor } } as const;
  },
});
