import type { WithdrawalFilter } from '@naru/core/withdrawal/withdrawal.ts';
import { withdrawalListQuery, withdrawalPage } from '@naru/wire/withdrawal.ts';
import { encodeCursor, readCursor } from '../../http/cursor.ts';
import { defineRoute } from '../../http/define-route.ts';
import { uuidOf } from '../params.ts';
import { toWithdrawalBody } from '../to-body.ts';

export const listWithdrawalsRoute = defineRoute({
  method: 'GET',
  path: '/v1/withdrawals',
  operationId: 'listWithdrawals',
  tag: 'Withdrawals',
  summary: 'List withdrawals',
  description:
    'Newest first. All filters given must match. Pages follow `nextCursor`; withdrawals that are created meanwhile do not shift them.',
  scope: 'withdrawals:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: withdrawalListQuery, body: null },
  responses: { 200: { description: 'One page.', schema: withdrawalPage } },
  errors: [],
  handler: async ({ withdrawals }, { caller, query }) => {
    const { limit, cursor, ...filter } = query;
    const after = cursor === undefined ? null : readCursor(cursor, filter);
    const { createdFrom, createdTo, bulkId, ...plain } = filter;
    const wanted = {
      ...plain,
      ...(bulkId === undefined ? {} : { bulkId: uuidOf('bulk', bulkId) }),
      ...(createdFrom === undefined ? {} : { createdFrom: new Date(createdFrom) }),
      ...(createdTo === undefined ? {} : { createdTo: new Date(createdTo) }),
    };
    const page = await withdrawals.list(caller, withoutUndefined(wanted), { limit, after });
    const nextCursor = page.next === null ? null : encodeCursor(page.next, filter);
    return { status: 200, body: { data: page.data.map(toWithdrawalBody), nextCursor } } as const;
  },
});

type Loose<T> = { [Key in keyof T]: T[Key] | undefined };

function withoutUndefined(filter: Loose<WithdrawalFilter>): WithdrawalFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}
