import { isCovered, type ReservesBody } from '@naru/core/reserves/reserves.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { reservesReport } from '@naru/wire/reserves.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { ProblemError } from '../../../http/problem-error.ts';

export const getReservesRoute = defineRoute({
  method: 'GET',
  path: '/v1/admin/reserves',
  operationId: 'getReserves',
  tag: 'Operators',
  summary: 'Read the newest report on reserves',
  description: 'What is owed against what the chains hold, as the daily job or `naru reserves` has found it.',
  scope: 'operations:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'The report.', schema: reservesReport } },
  errors: ['reserves_not_found'],
  handler: async ({ reserves }) => {
    const report = await reserves.newest();
    if (report === null) throw new ProblemError('reserves_not_found');
    return {
      status: 200,
      body: {
        object: 'reserves_report',
        id: toPublicId('reservesReport', report.id),
        createdAt: report.createdAt.toISOString(),
        hash: report.hash,
        covered: isCovered(JSON.parse(report.body) as ReservesBody),
        body: report.body,
      },
    } as const;
  },
});
