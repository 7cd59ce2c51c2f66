import type { Tx } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { fromPublicId, newUuid } from '@naru/kit/ids.ts';
import { advanceByIds } from '../withdrawal/withdrawal.store.ts';
import {
  REVIEW_EXPIRY_MS_MAX,
  REVIEW_EXPIRY_MS_MIN,
  REVIEW_QUORUM_MAX,
  REVIEW_REASONS_MAX,
} from './approval.limits.ts';
import { insertReviews, lockReviewable } from './approval.store.ts';
import type { ReviewReason } from './approval.ts';

export type OpenReview = {
  withdrawalId: string;
  /** Different persons that must approve, 1 to `REVIEW_QUORUM_MAX`. */
  quorum: number;
  expiresInMs: number;
  reasons: readonly ReviewReason[];
  /** The version of the policy that asks; null: none that has versions. */
  policyVersionId: string | null;
};

/**
 * VALIDATING → REVIEW for each, with the review that it waits for: three statements, however many they are. Who calls
 * has seen them in VALIDATING in this transaction; one that is elsewhere is a bug, and nothing is written.
 */
export async function openReviews(tx: Tx, reviews: readonly OpenReview[]): Promise<void> {
  if (reviews.length === 0) return;
  for (const review of reviews) check(review);
  const ids = reviews.map((review) => review.withdrawalId);
  assert(new Set(ids).size === ids.length, 'a withdrawal is named twice');
  const found = new Map((await lockReviewable(tx, ids)).map((row) => [row.id, row]));
  const inserted = await insertReviews(
    tx,
    reviews.map((review) => {
      const { state, version, requester } = assertPresent(
        found.get(review.withdrawalId),
        `withdrawal ${review.withdrawalId}`,
      );
      assert(state === 'VALIDATING', `withdrawal ${review.withdrawalId} is ${state}: it cannot be reviewed`);
      const requesterKeyId = requester.startsWith('api_key:')
        ? assertPresent(fromPublicId('apiKey', requester.slice('api_key:'.length)), `key of ${requester}`)
        : null;
      return { ...review, id: newUuid(), withdrawalVersion: version + 1, requester, requesterKeyId };
    }),
  );
  assert(inserted === reviews.length, `opened ${inserted} reviews of ${reviews.length}`);
  const moved = await advanceByIds(tx, ids, {
    from: 'VALIDATING',
    to: 'REVIEW',
    actor: 'system:policy',
    reason: 'waits for approval',
  });
  assert(moved.length === reviews.length, `moved ${moved.length} withdrawals of ${reviews.length} to REVIEW`);
}

function check({ withdrawalId, quorum, expiresInMs, reasons }: OpenReview): void {
  const of = `review of ${withdrawalId}`;
  assert(
    Number.isInteger(quorum) && quorum >= 1 && quorum <= REVIEW_QUORUM_MAX,
    `${of}: a quorum of ${quorum}`,
  );
  assert(
    expiresInMs >= REVIEW_EXPIRY_MS_MIN && expiresInMs <= REVIEW_EXPIRY_MS_MAX,
    `${of}: ${expiresInMs} ms`,
  );
  assert(reasons.length > 0 && reasons.length <= REVIEW_REASONS_MAX, `${of}: ${reasons.length} reasons`);
}
