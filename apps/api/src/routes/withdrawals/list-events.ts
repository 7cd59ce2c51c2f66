import { withdrawalEvents } from '@naru/wire/withdrawal.ts';
import { defineRoute } from '../../http/define-route.ts';
import { ProblemError } from '../../http/problem-error.ts';
import { uuidOf, withdrawalParams } from '../params.ts';
import { toEventBody } from '../to-body.ts';

export const listWithdrawalEventsRoute = defineRoute({
  method: 'GET',
  path: '/v1/withdrawals/:id/events',
  operationId: 'listWithdrawalEvents',
  tag: 'Withdrawals',
  summary: 'Read the history of a withdrawal',
  description: 'Every change of state, oldest first: when, by whom and why.',
  scope: 'withdrawals:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: withdrawalParams, query: null, body: null },
  responses: { 200: { description: 'The history.', schema: withdrawalEvents } },
  errors: ['withdrawal_not_found'],
  handler: async ({ withdrawals }, { caller, params, note }) => {
    note({ withdrawalId: params.id });
    const events = await withdrawals.events(caller, uuidOf('withdrawal', params.id));
    if (events === null) throw new ProblemError('withdrawal_not_found');
    return { status: 200, body: { data: events.map(toEventBody) } } as const;
  },
});
