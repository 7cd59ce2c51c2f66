import { bulkListQuery, bulkPage } from '@naru/wire/bulk.ts';
import { encodeCursor } from '../../http/cursor.ts';
import { defineRoute } from '../../http/define-route.ts';
import { readPageCursor } from '../../http/page-after.ts';
import { toListedBulkBody } from '../to-body.ts';

export const listBulksRoute = defineRoute({
  method: 'GET',
  path: '/v1/bulk-withdrawals',
  operationId: 'listBulkWithdrawals',
  tag: 'Bulk withdrawals',
  summary: 'List files',
  description: 'Newest first, with how far each is. Pages follow `nextCursor`.',
  scope: 'withdrawals:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: bulkListQuery, body: null },
  responses: { 200: { description: 'One page.', schema: bulkPage } },
  errors: [],
  handler: async ({ withdrawals }, { caller, query }) => {
    const { limit, cursor } = query;
    const page = await withdrawals.listBulks(caller, { limit, after: readPageCursor(cursor, {}) });
    const nextCursor = page.next === null ? null : encodeCursor(page.next, {});
    return { status: 200, body: { data: page.data.map(toListedBulkBody), nextCursor } } as const;
  },
});
