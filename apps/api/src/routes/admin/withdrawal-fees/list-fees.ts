import { withdrawalFeeList } from '@naru/wire/withdrawal-fee.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { toFeeBody } from './to-fee-body.ts';

export const listWithdrawalFeesRoute = defineRoute({
  method: 'GET',
  path: '/v1/admin/withdrawal-fees',
  operationId: 'listWithdrawalFees',
  tag: 'Operators',
  summary: 'List fees',
  description: 'What is charged now, for each asset and for organisations that have fees of their own.',
  scope: 'operations:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'All of them.', schema: withdrawalFeeList } },
  errors: [],
  handler: async ({ operator }) => {
    const fees = await operator.fees.list();
    return {
      status: 200,
      body: { data: fees.map(({ schedule, asset }) => toFeeBody(schedule, asset)) },
    } as const;
  },
});
