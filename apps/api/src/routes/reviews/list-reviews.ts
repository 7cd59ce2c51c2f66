import type { ReviewFilter } from '@naru/core/approval/approval.reader.ts';
import { type ReviewPageBody, reviewListQuery, reviewPage } from '@naru/wire/review.ts';
import type { z } from 'zod';
import type { RouteDeps } from '../../deps.ts';
import { encodeCursor, readCursor } from '../../http/cursor.ts';
import { defineRoute } from '../../http/define-route.ts';
import { uuidOf } from '../params.ts';
import { toReviewBody } from './to-review-body.ts';

/** What the two lists of reviews have in common. */
const list = {
  method: 'GET',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: reviewListQuery, body: null },
  responses: { 200: { description: 'One page.', schema: reviewPage } },
  errors: [],
} as const;

export const listReviewsRoute = defineRoute({
  ...list,
  path: '/v1/reviews',
  operationId: 'listReviews',
  tag: 'Reviews',
  summary: 'List reviews',
  description:
    'Withdrawals of yours that wait, or waited, for people; newest first. `state=OPEN` are those to decide now, `confirmation=DUE` emergency approvals that a second person must look at.',
  scope: 'approvals:read',
  handler: async (deps, { caller, query }) =>
    ({ status: 200, body: await readPage(deps, caller.organisationId, query) }) as const,
});

export const listAllReviewsRoute = defineRoute({
  ...list,
  path: '/v1/admin/reviews',
  operationId: 'listAllReviews',
  tag: 'Operators',
  summary: 'List reviews of all organisations',
  description: 'As `GET /v1/reviews`, of every organisation of the installation.',
  scope: 'operations:read',
  handler: async (deps, { query }) => ({ status: 200, body: await readPage(deps, null, query) }) as const,
});

async function readPage(
  { reviews }: RouteDeps,
  organisationId: string | null,
  query: z.output<typeof reviewListQuery>,
): Promise<ReviewPageBody> {
  const { limit, cursor, ...filter } = query;
  const after = cursor === undefined ? null : readCursor(cursor, filter);
  const wanted: ReviewFilter = {
    organisationId,
    ...(filter.state === undefined ? {} : { state: filter.state }),
    ...(filter.confirmation === undefined ? {} : { confirmation: filter.confirmation }),
    ...(filter.withdrawalId === undefined ? {} : { withdrawalId: uuidOf('withdrawal', filter.withdrawalId) }),
  };
  const page = await reviews.list(wanted, { limit, after });
  return {
    data: page.data.map(toReviewBody),
    nextCursor: page.next === null ? null : encodeCursor(page.next, filter),
  };
}
