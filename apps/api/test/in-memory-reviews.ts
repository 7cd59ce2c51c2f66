import type { Review } from '@naru/core/approval/approval.ts';
import type { Reviews } from '@naru/core/approval/reviews.ts';
import type { Withdrawal } from '@naru/core/withdrawal/withdrawal.ts';
import { newUuid } from '@naru/kit/ids.ts';

/**
 * A stand-in for reviews, for tests of the edge alone: it keeps who sees what, and takes every vote. Who may decide is
 * the core's matter (`vote-on-review.test.ts`).
 */
export type InMemoryReviews = Reviews & { open(withdrawal: Withdrawal): string };

export function createInMemoryReviews(): InMemoryReviews {
  const rows = new Map<string, Review>();
  const own = (organisationId: string | null, id: string) => {
    const row = rows.get(id);
    return row !== undefined && (organisationId === null || row.organisationId === organisationId)
      ? row
      : null;
  };
  return {
    open(withdrawal) {
      const id = newUuid();
      const { chain, asset, decimals, to, amount, priority, organisationId } = withdrawal;
      rows.set(id, {
        ...{ id, withdrawalId: withdrawal.id, organisationId, chain, asset, decimals, to, amount, priority },
        state: 'OPEN',
        quorum: 1,
        reasons: [{ code: 'test', text: 'A test asks for it.' }],
        policyVersionId: null,
        requester: 'api_key:test',
        requesterHolder: null,
        confirmation: 'NONE',
        openedAt: new Date(),
        expiresAt: new Date(Date.now() + 3_600_000),
        closedAt: null,
        votes: [],
      });
      return id;
    },
    async list({ organisationId, withdrawalId }) {
      const data = [...rows.values()].filter(
        (row) =>
          own(organisationId, row.id) !== null &&
          (withdrawalId === undefined || row.withdrawalId === withdrawalId),
      );
      return { data, next: null };
    },
    get: async (organisationId, id) => own(organisationId, id),
    async vote(caller, _key, { reviewId, organisationId }, { decision, reason }) {
      const row = own(organisationId, reviewId);
      if (row === null) {
        const refusal = {
          code: 'review_not_found',
          message: 'There is no such review.',
          retryable: false,
        } as const;
        return { kind: 'refused', refusal, replayed: false };
      }
      const vote = { holder: 'kim', apiKeyId: caller.apiKeyId, decision, reason, at: new Date() };
      const value = { ...row, votes: [...row.votes, vote] };
      rows.set(reviewId, value);
      return { kind: 'done', value, replayed: false };
    },
  };
}
