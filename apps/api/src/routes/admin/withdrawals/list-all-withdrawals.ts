import type { OwnedWithdrawal } from '@naru/core/lookup/lookup.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import {
  type OperatedWithdrawalBody,
  operatedWithdrawalCountsQuery,
  operatedWithdrawalListQuery,
  operatedWithdrawalPage,
  withdrawalCounts,
} from '@naru/wire/operated-withdrawal.ts';
import { encodeCursor } from '../../../http/cursor.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { readPageCursor } from '../../../http/page-after.ts';
import { toWithdrawalBody } from '../../to-body.ts';
import { operatorRead } from '../operator-read.ts';
import { toOperatorFilter } from './operator-filter.ts';

const read = { ...operatorRead, errors: [] } as const;

export function toOwnedBody(row: OwnedWithdrawal): OperatedWithdrawalBody {
  const organisation = { id: toPublicId('organisation', row.organisationId), name: row.organisationName };
  return { ...toWithdrawalBody(row), organisation };
}

export const listAllWithdrawalsRoute = defineRoute({
  ...read,
  path: '/v1/admin/withdrawals',
  operationId: 'listAllWithdrawals',
  summary: 'List withdrawals of all organisations',
  description:
    'Newest or oldest first. All filters given must match. Pages follow `nextCursor`; withdrawals that are created meanwhile do not shift them.',
  request: { params: null, query: operatedWithdrawalListQuery, body: null },
  responses: { 200: { description: 'One page.', schema: operatedWithdrawalPage } },
  handler: async ({ lookup }, { query }) => {
    const { limit, cursor, order, ...filter } = query;
    const named = { ...filter, order };
    const after = readPageCursor(cursor, named);
    const page = await lookup.withdrawals(toOperatorFilter(filter), { limit, after, order });
    const nextCursor = page.next === null ? null : encodeCursor(page.next, named);
    return { status: 200, body: { data: page.data.map(toOwnedBody), nextCursor } } as const;
  },
});

export const countAllWithdrawalsRoute = defineRoute({
  ...read,
  path: '/v1/admin/withdrawals/counts',
  operationId: 'countAllWithdrawals',
  summary: 'Count withdrawals by state',
  description:
    'For the filters of the list, all but `state`. Exact up to a bound, so that it answers at once however many there are.',
  request: { params: null, query: operatedWithdrawalCountsQuery, body: null },
  responses: { 200: { description: 'Every state.', schema: withdrawalCounts } },
  handler: async ({ lookup }, { query }) => {
    const data = await lookup.countWithdrawals(toOperatorFilter({ ...query, state: undefined }));
    return { status: 200, body: { data } } as const;
  },
});
