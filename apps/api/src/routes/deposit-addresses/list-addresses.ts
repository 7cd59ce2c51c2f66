import { depositAddressListQuery, depositAddressPage } from '@naru/wire/deposit.ts';
import { encodeCursor } from '../../http/cursor.ts';
import { defineRoute } from '../../http/define-route.ts';
import { given, readPageCursor } from '../../http/page-after.ts';
import { toAddressBody } from '../deposits/deposit-body.ts';

export const listDepositAddressesRoute = defineRoute({
  method: 'GET',
  path: '/v1/deposit-addresses',
  operationId: 'listDepositAddresses',
  tag: 'Deposits',
  summary: 'List deposit addresses',
  description: 'Newest first. Pages follow `nextCursor`.',
  scope: 'deposits:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: depositAddressListQuery, body: null },
  responses: { 200: { description: 'One page.', schema: depositAddressPage } },
  errors: [],
  handler: async ({ deposits }, { caller, query }) => {
    const { limit, cursor, ...filter } = query;
    const page = await deposits.listAddresses(caller, given(filter), {
      limit,
      after: readPageCursor(cursor, filter),
    });
    const nextCursor = page.next === null ? null : encodeCursor(page.next, filter);
    return { status: 200, body: { data: page.data.map(toAddressBody), nextCursor } } as const;
  },
});
