import { type Database, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { newUuid } from '@naru/kit/ids.ts';
import type { Caller } from '../access/access.ts';
import { createAccess } from '../access/create-access.ts';
import { doneValue, requestOf, reviewOf, type World } from '../withdrawal/withdrawal.fixture.ts';
import { advanceByIds } from '../withdrawal/withdrawal.store.ts';
import type { WithdrawalRequest } from '../withdrawal/withdrawal.ts';
import type { Decision } from './approval.machine.ts';
import { readLatestReviews } from './approval.reader.ts';
import type { Review } from './approval.ts';
import { type OpenReview, openReviews } from './open-reviews.ts';
import { hashReviewFacts } from './review-facts.ts';
import { voteOnReview } from './vote-on-review.ts';

/** A key of the organisation that is really there, as a caller. */
export async function keyOf(
  db: Database,
  organisationId: string,
  holder: string | null,
  scopes: readonly string[] = ['approvals:read', 'approvals:write'],
  network: 'test' | 'live' = 'test',
): Promise<Caller> {
  const access = createAccess({ db, clock: systemClock });
  const key = await access.createApiKey({
    organisationId,
    name: `of ${holder ?? 'nobody'}`,
    network,
    scopes: [...scopes],
    ...(holder === null ? {} : { holder }),
  });
  return { organisationId, apiKeyId: key.id, network, scopes, requestsPerMinuteMax: 1_000 };
}

/** A withdrawal of the caller in VALIDATING. */
export async function submitted(
  world: World,
  caller: Caller,
  changes: Partial<WithdrawalRequest> = {},
): Promise<string> {
  const { id } = doneValue(await world.withdrawals.request(caller, newUuid(), requestOf(changes)));
  const step = { from: 'PENDING', to: 'VALIDATING', actor: 'system:test', reason: 'taken up' } as const;
  await withTransaction(world.db, (tx) => advanceByIds(tx, [id], step));
  return id;
}

/** A withdrawal of the caller in REVIEW. */
export async function inReview(
  world: World,
  caller: Caller,
  review: Partial<OpenReview> = {},
  changes: Partial<WithdrawalRequest> = {},
): Promise<string> {
  const id = await submitted(world, caller, changes);
  await withTransaction(world.db, (tx) => openReviews(tx, [reviewOf(id, review)]));
  return id;
}

/** The newest review of a withdrawal. */
export async function reviewOfWithdrawalIn(world: World, id: string): Promise<Review> {
  return assertPresent((await readLatestReviews(world.db, [id])).get(id), 'review');
}

/** One vote, on what the review really says unless told otherwise. */
export async function voteIn(
  world: World,
  caller: Caller,
  withdrawalId: string,
  decision: Decision,
  changes: { reason?: string | null; factsHash?: Buffer | null; key?: string | null } = {},
) {
  const review = await reviewOfWithdrawalIn(world, withdrawalId);
  const reason = decision === 'APPROVE' || decision === 'CONFIRM' ? null : 'because';
  return await voteOnReview(
    { db: world.db },
    caller,
    changes.key ?? null,
    { reviewId: review.id, organisationId: caller.scopes.includes('admin') ? null : caller.organisationId },
    { decision, factsHash: hashReviewFacts(review), reason, ...changes },
  );
}
