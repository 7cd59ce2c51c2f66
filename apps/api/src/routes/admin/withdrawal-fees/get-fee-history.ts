import { assetParams } from '@naru/wire/operated-asset.ts';
import { withdrawalFeeHistoryQuery, withdrawalFeeList } from '@naru/wire/withdrawal-fee.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { ProblemError } from '../../../http/problem-error.ts';
import { uuidOf } from '../../params.ts';
import { toFeeBody } from './to-fee-body.ts';

export const getWithdrawalFeeHistoryRoute = defineRoute({
  method: 'GET',
  path: '/v1/admin/withdrawal-fees/:chain/:asset',
  operationId: 'getWithdrawalFeeHistory',
  tag: 'Operators',
  summary: 'Get the fees of an asset with their history',
  description:
    'Who decided what, when and why: the newest 100, newest first. Of everybody, or of one organisation.',
  scope: 'operations:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: {
    params: { schema: assetParams, otherwise: 'asset_not_supported' },
    query: withdrawalFeeHistoryQuery,
    body: null,
  },
  responses: { 200: { description: 'All of them.', schema: withdrawalFeeList } },
  errors: [],
  handler: async ({ operator }, { params, query }) => {
    const organisationId =
      query.organisationId === undefined ? null : uuidOf('organisation', query.organisationId);
    const found = await operator.fees.history(params, organisationId);
    if (found === null) throw new ProblemError('asset_not_supported');
    return {
      status: 200,
      body: { data: found.schedules.map((schedule) => toFeeBody(schedule, found.asset)) },
    } as const;
  },
});
