import { chainQuery, reserveForecastList } from '@naru/wire/sub-account.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { orProblem } from '../sub-accounts/account-problems.ts';
import { toForecastBody } from '../sub-accounts/to-account-body.ts';

export const readAccountForecastRoute = defineRoute({
  method: 'GET',
  path: '/v1/admin/account-forecast',
  operationId: 'readAccountForecast',
  tag: 'Operators',
  summary: 'How long main and gas accounts last',
  description: 'What they hold, what left lately, and when they are below low if it goes on like that.',
  scope: 'operations:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: chainQuery, body: null },
  responses: { 200: { description: 'Of each asset and role.', schema: reserveForecastList } },
  errors: ['chain_not_supported'],
  handler: async ({ accounts }, { caller, query }) => {
    const found = await orProblem(accounts.forecast(caller, query.chain ?? null));
    return { status: 200, body: { data: found.map(toForecastBody) } } as const;
  },
});
