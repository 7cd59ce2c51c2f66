import type { Caller } from '@naru/core/access/access.ts';
import type { Ballot } from '@naru/core/approval/judge-vote.ts';
import { approveRequest, denyRequest, review } from '@naru/wire/review.ts';
import type { RouteDeps } from '../../../deps.ts';
import { type AuditOrigin, defineRoute } from '../../../http/define-route.ts';
import { ProblemError } from '../../../http/problem-error.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { uuidOf, withdrawalParams } from '../../params.ts';
import { toReviewBody } from '../../reviews/to-review-body.ts';
import { toApproval } from '../../reviews/vote.ts';

const decide = {
  method: 'POST',
  tag: 'Operators',
  scope: 'admin',
  idempotency: 'optional',
  rateLimit: 'per_key',
  audit: 'review.vote',
  responses: { 200: { description: 'Your vote counts; the review as it stands now.', schema: review } },
} as const;

export const approveWithdrawalRoute = defineRoute({
  ...decide,
  path: '/v1/admin/withdrawals/:id/approve',
  operationId: 'approveWithdrawal',
  summary: 'Approve a withdrawal of any organisation',
  description:
    'As `POST /v1/reviews/{id}/approve`, by the id of the withdrawal: a vote on its newest review. Your key must name its holder; an operator is one person like any other, and does not decide about what they asked for.',
  request: { params: withdrawalParams, query: null, body: approveRequest },
  errors: [
    'withdrawal_not_found',
    'review_not_found',
    'vote_not_allowed',
    'review_closed',
    'review_facts_mismatch',
  ],
  handler: async (deps, { caller, idempotencyKey, params, body, note, audit }) => {
    note({ withdrawalId: params.id });
    return await vote(deps, caller, { idempotencyKey, audit }, params.id, toApproval(body));
  },
});

export const rejectWithdrawalRoute = defineRoute({
  ...decide,
  path: '/v1/admin/withdrawals/:id/reject',
  operationId: 'rejectWithdrawal',
  summary: 'Deny a withdrawal of any organisation',
  description: 'As `POST /v1/reviews/{id}/deny`, by the id of the withdrawal.',
  request: { params: withdrawalParams, query: null, body: denyRequest },
  errors: ['withdrawal_not_found', 'review_not_found', 'vote_not_allowed', 'review_closed'],
  handler: async (deps, { caller, idempotencyKey, params, body, note, audit }) => {
    note({ withdrawalId: params.id });
    const ballot: Ballot = { decision: 'DENY', factsHash: null, reason: body.reason };
    return await vote(deps, caller, { idempotencyKey, audit }, params.id, ballot);
  },
});

async function vote(
  { reviews }: RouteDeps,
  caller: Caller,
  call: { idempotencyKey: string | null; audit: AuditOrigin },
  publicId: string,
  ballot: Ballot,
) {
  const withdrawalId = uuidOf('withdrawal', publicId);
  const found = await reviews.list({ organisationId: null, withdrawalId }, { limit: 1, after: null });
  const [latest] = found.data;
  if (latest === undefined)
    throw new ProblemError('review_not_found', {
      message: 'This withdrawal is not, and was not, in review.',
    });
  const target = { reviewId: latest.id, organisationId: null };
  const result = await reviews.vote(caller, call.idempotencyKey, target, ballot, call.audit);
  const { value, headers } = doneOrThrow(result);
  return { status: 200, body: toReviewBody(value), headers } as const;
}
