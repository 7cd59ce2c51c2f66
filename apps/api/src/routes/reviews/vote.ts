import type { Ballot } from '@naru/core/approval/judge-vote.ts';
import { approveRequest, confirmRequest, denyRequest, review } from '@naru/wire/review.ts';
import type { z } from 'zod';
import { defineRoute } from '../../http/define-route.ts';
import { doneOrThrow } from '../../http/refusals.ts';
import { reviewParams, uuidOf } from '../params.ts';
import { toReviewBody } from './to-review-body.ts';

export function toApproval({ alone, factsHash, reason }: z.output<typeof approveRequest>): Ballot {
  return {
    decision: alone ? 'APPROVE_ALONE' : 'APPROVE',
    factsHash: Buffer.from(factsHash, 'hex'),
    reason: reason ?? null,
  };
}

/** A call that casts one vote on the review that its path names. */
function voteRoute<Body extends z.ZodType>(route: {
  verb: 'approve' | 'deny' | 'confirm' | 'object';
  operationId: string;
  summary: string;
  description: string;
  body: Body;
  toBallot: (body: z.output<Body>) => Ballot;
  errors: readonly ('review_closed' | 'review_facts_mismatch' | 'confirmation_not_due')[];
}) {
  return defineRoute({
    method: 'POST',
    path: `/v1/reviews/:id/${route.verb}`,
    operationId: route.operationId,
    tag: 'Reviews',
    summary: route.summary,
    description: route.description,
    scope: 'approvals:write',
    idempotency: 'optional',
    rateLimit: 'per_key',
    audit: 'review.vote',
    request: { params: reviewParams, query: null, body: route.body },
    responses: { 200: { description: 'Your vote counts; the review as it stands now.', schema: review } },
    errors: ['review_not_found', 'vote_not_allowed', ...route.errors],
    handler: async ({ reviews }, { caller, idempotencyKey, params, body, note, audit }) => {
      note({ reviewId: params.id });
      const target = { reviewId: uuidOf('review', params.id), organisationId: caller.organisationId };
      const ballot = route.toBallot(body as z.output<Body>);
      const result = await reviews.vote(caller, idempotencyKey, target, ballot, audit);
      const { value, headers } = doneOrThrow(result);
      return { status: 200, body: toReviewBody(value), headers } as const;
    },
  });
}

export const voteRoutes = [
  voteRoute({
    verb: 'approve',
    operationId: 'approveReview',
    summary: 'Approve a withdrawal',
    description:
      'One approval by the person behind your key, for exactly what `factsHash` stands for. With as many different persons as the review asks for, the withdrawal goes on. Who asked for the withdrawal cannot approve it. The same vote again is answered the same way.',
    body: approveRequest,
    toBallot: toApproval,
    errors: ['review_closed', 'review_facts_mismatch'],
  }),
  voteRoute({
    verb: 'deny',
    operationId: 'denyReview',
    summary: 'Deny a withdrawal',
    description:
      'Ends the withdrawal at once, whoever has approved it: `FAILED` with the code `denied` and your reason; the amount is released.',
    body: denyRequest,
    toBallot: ({ reason }) => ({ decision: 'DENY', factsHash: null, reason }),
    errors: ['review_closed'],
  }),
  voteRoute({
    verb: 'confirm',
    operationId: 'confirmReview',
    summary: 'Confirm an emergency approval',
    description:
      'Says, as a second person, that what one person approved alone in an emergency was right. It stays listed as `confirmation=DUE`, and an alarm stays open, until somebody does this or objects.',
    body: confirmRequest,
    toBallot: ({ factsHash, reason }) => ({
      decision: 'CONFIRM',
      factsHash: Buffer.from(factsHash, 'hex'),
      reason: reason ?? null,
    }),
    errors: ['confirmation_not_due', 'review_facts_mismatch'],
  }),
  voteRoute({
    verb: 'object',
    operationId: 'objectToReview',
    summary: 'Object to an emergency approval',
    description:
      'Says, as a second person, that an emergency approval was wrong. The payment is not called back by this; the objection is kept with it.',
    body: denyRequest,
    toBallot: ({ reason }) => ({ decision: 'OBJECT', factsHash: null, reason }),
    errors: ['confirmation_not_due'],
  }),
] as const;
