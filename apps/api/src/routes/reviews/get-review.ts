import { type ReviewBody, review } from '@naru/wire/review.ts';
import type { RouteDeps } from '../../deps.ts';
import { defineRoute } from '../../http/define-route.ts';
import { ProblemError } from '../../http/problem-error.ts';
import { reviewParams, uuidOf } from '../params.ts';
import { toReviewBody } from './to-review-body.ts';

/** What the two ways to read one have in common. */
const read = {
  method: 'GET',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: reviewParams, query: null, body: null },
  responses: { 200: { description: 'The review.', schema: review } },
  errors: ['review_not_found'],
} as const;

export const getReviewRoute = defineRoute({
  ...read,
  path: '/v1/reviews/:id',
  operationId: 'getReview',
  tag: 'Reviews',
  summary: 'Read a review',
  description: 'What is asked, why, by whom, until when, and every vote so far.',
  scope: 'approvals:read',
  handler: async (deps, { caller, params, note }) => {
    note({ reviewId: params.id });
    return { status: 200, body: await readBody(deps, caller.organisationId, params.id) } as const;
  },
});

export const getAnyReviewRoute = defineRoute({
  ...read,
  path: '/v1/admin/reviews/:id',
  operationId: 'getAnyReview',
  tag: 'Operators',
  summary: 'Read a review of any organisation',
  description: 'As `GET /v1/reviews/{id}`, of every organisation of the installation.',
  scope: 'operations:read',
  handler: async (deps, { params, note }) => {
    note({ reviewId: params.id });
    return { status: 200, body: await readBody(deps, null, params.id) } as const;
  },
});

async function readBody(
  { reviews }: RouteDeps,
  organisationId: string | null,
  publicId: string,
): Promise<ReviewBody> {
  const found = await reviews.get(organisationId, uuidOf('review', publicId));
  if (found === null) throw new ProblemError('review_not_found');
  return toReviewBody(found);
}
