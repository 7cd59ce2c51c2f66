import { decision, fullDecision } from '@naru/wire/policy.ts';
import { defineRoute } from '../../http/define-route.ts';
import { ProblemError } from '../../http/problem-error.ts';
import { toDecisionBody, toFullDecisionBody } from '../admin/policies/to-policy-body.ts';
import { uuidOf, withdrawalParams } from '../params.ts';

const common = {
  method: 'GET',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: withdrawalParams, query: null, body: null },
  errors: ['withdrawal_not_found', 'decision_not_found'],
} as const;

export const getDecisionRoute = defineRoute({
  ...common,
  path: '/v1/withdrawals/:id/decision',
  operationId: 'getDecision',
  tag: 'Withdrawals',
  summary: 'Read what the rules said of a withdrawal',
  description: 'The verdict, and how many people must approve. Why, is for operators.',
  scope: 'withdrawals:read',
  responses: { 200: { description: 'The decision.', schema: decision } },
  handler: async ({ rules, withdrawals }, { caller, params }) => {
    const id = uuidOf('withdrawal', params.id);
    if ((await withdrawals.get(caller, id)) === null) throw new ProblemError('withdrawal_not_found');
    const found = await rules.decision(caller.organisationId, id);
    if (found === null) throw new ProblemError('decision_not_found');
    return { status: 200, body: toDecisionBody(found) } as const;
  },
});

export const getFullDecisionRoute = defineRoute({
  ...common,
  path: '/v1/admin/withdrawals/:id/decision',
  operationId: 'getFullDecision',
  tag: 'Operators',
  summary: 'Read a decision with its reasons',
  description: 'Version, score, reasons and everything it was decided from, of any organisation.',
  scope: 'operations:read',
  responses: { 200: { description: 'The decision.', schema: fullDecision } },
  handler: async ({ rules }, { params }) => {
    const found = await rules.decision(null, uuidOf('withdrawal', params.id));
    if (found === null) throw new ProblemError('decision_not_found');
    return { status: 200, body: toFullDecisionBody(found) } as const;
  },
});
