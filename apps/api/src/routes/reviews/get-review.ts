import { review } from '@naru/wire/review.ts';
import { defineRoute } from '../../http/define-route.ts';
import { ProblemError } from '../../http/problem-error.ts';
import { reviewParams, uuidOf } from '../params.ts';
import { toReviewBody } from './to-review-body.ts';

export const getReviewRoute = defineRoute({
  method: 'GET',
  path: '/v1/reviews/:id',
  operationId: 'getReview',
  tag: 'Reviews',
  summary: 'Read a review',
  description: 'What is asked, why, by whom, until when, and every vote so far.',
  scope: 'approvals:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: reviewParams, query: null, body: null },
  responses: { 200: { description: 'The review.', schema: review } },
  errors: ['review_not_found'],
  handler: async ({ reviews }, { caller, params, note }) => {
    note({ reviewId: params.id });
    const found = await reviews.get(caller.organisationId, uuidOf('review', params.id));
    if (found === null) throw new ProblemError('review_not_found');
    return { status: 200, body: toReviewBody(found) } as const;
  },
});
