import { toDepositBody } from '@naru/core/deposit/to-deposit-body.ts';
import { depositListQuery, depositPage } from '@naru/wire/deposit.ts';
import { encodeCursor } from '../../http/cursor.ts';
import { defineRoute } from '../../http/define-route.ts';
import { given, readPageCursor } from '../../http/page-after.ts';
import { uuidOf } from '../params.ts';

export const listDepositsRoute = defineRoute({
  method: 'GET',
  path: '/v1/deposits',
  operationId: 'listDeposits',
  tag: 'Deposits',
  summary: 'List deposits',
  description:
    'In the order in which they were seen, newest first. All filters given must match. Pages follow `nextCursor`.',
  scope: 'deposits:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: depositListQuery, body: null },
  responses: { 200: { description: 'One page.', schema: depositPage } },
  errors: [],
  handler: async ({ deposits }, { caller, query }) => {
    const { limit, cursor, ...filter } = query;
    const { addressId, ...plain } = filter;
    const wanted = given({
      ...plain,
      addressId: addressId === undefined ? undefined : uuidOf('depositAddress', addressId),
    });
    const page = await deposits.list(caller, wanted, { limit, after: readPageCursor(cursor, filter) });
    const nextCursor = page.next === null ? null : encodeCursor(page.next, filter);
    return { status: 200, body: { data: page.data.map(toDepositBody), nextCursor } } as const;
  },
});
