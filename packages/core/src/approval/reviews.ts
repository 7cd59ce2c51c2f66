import type { Database } from '@naru/db/database.ts';
import type { Caller } from '../access/access.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import { listReviews, type ReviewFilter, readReview } from './approval.reader.ts';
import type { Review } from './approval.ts';
import type { Ballot } from './judge-vote.ts';
import { type VoteTarget, voteOnReview } from './vote-on-review.ts';

/** Reviews as the edges see them. `organisationId` null: of all, for operators of the installation. */
export type Reviews = {
  list(
    filter: ReviewFilter,
    page: { limit: number; after: string | null },
  ): Promise<{ data: Review[]; next: string | null }>;
  get(organisationId: string | null, id: string): Promise<Review | null>;
  vote(
    caller: Caller,
    idempotencyKey: string | null,
    target: VoteTarget,
    ballot: Ballot,
    from: { origin: string | null; requestId: string | null },
  ): Promise<CommandResult<Review>>;
};

export function createReviews(deps: { db: Database }): Reviews {
  return {
    list: (filter, page) => listReviews(deps.db, filter, page),
    get: (organisationId, id) => readReview(deps.db, organisationId, id),
    vote: (caller, idempotencyKey, target, ballot, from) =>
      voteOnReview(deps, caller, idempotencyKey, target, ballot, from),
  };
}
