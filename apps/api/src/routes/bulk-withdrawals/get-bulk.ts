import { bulkWithdrawal } from '@naru/wire/bulk.ts';
import { defineRoute } from '../../http/define-route.ts';
import { ProblemError } from '../../http/problem-error.ts';
import { bulkParams, uuidOf } from '../params.ts';
import { toBulkBody } from '../to-body.ts';

export const getBulkRoute = defineRoute({
  method: 'GET',
  path: '/v1/bulk-withdrawals/:id',
  operationId: 'getBulkWithdrawal',
  tag: 'Bulk withdrawals',
  summary: 'Read the progress of a file',
  description:
    'How many of its withdrawals are in each state. It is done when all of them are in a final one.',
  scope: 'withdrawals:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: bulkParams, query: null, body: null },
  responses: { 200: { description: 'The file.', schema: bulkWithdrawal } },
  errors: ['bulk_not_found'],
  handler: async ({ withdrawals }, { caller, params, note }) => {
    note({ bulkId: params.id });
    const bulk = await withdrawals.getBulk(caller, uuidOf('bulk', params.id));
    if (bulk === null) throw new ProblemError('bulk_not_found');
    return { status: 200, body: toBulkBody(bulk) } as const;
  },
});
