import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import type { Caller } from '../access/access.ts';
import { setAuditContext } from '../audit/audit.store.ts';
import { assetIdOf } from '../chain/chain.ts';
import { runOnce } from '../command/run-once.ts';
import { openLetters } from '../dead-letter/dead-letter.store.ts';
import type { Refusal } from '../withdrawal/withdrawal.errors.ts';
import { advanceByIds, lockWithdrawal, signal } from '../withdrawal/withdrawal.store.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import { readReview } from './approval.reader.ts';
import { closeReview, insertVote, lockReview, readVotingKey, recordConfirmation } from './approval.store.ts';
import type { Review } from './approval.ts';
import { type Ballot, judgeVote, type Tally, tally } from './judge-vote.ts';
import { releaseUnpaid } from './release-unpaid.ts';

const COMMAND = 'vote-on-review';
const notFound: Refusal = { code: 'review_not_found', message: 'There is no such review.', retryable: false };

export type VoteTarget = {
  /** UUID. */
  reviewId: string;
  /** Null: of any organisation, for operators of the installation. */
  organisationId: string | null;
};

/**
 * One person's word on a review, and what follows from it, in one transaction: a denial ends the withdrawal and releases
 * its amount, the last approval that is needed sends it on. The same word again is answered as done, so the key is
 * optional. Who the person is, their key says, as its row stands at this moment.
 */
export async function voteOnReview(
  deps: { db: Database },
  caller: Caller,
  idempotencyKey: string | null,
  target: VoteTarget,
  ballot: Ballot,
  from: { origin: string | null; requestId: string | null } = { origin: null, requestId: null },
): Promise<CommandResult<Review>> {
  const { reviewId } = target;
  const answer = await withTransaction(deps.db, async (tx) => {
    await setAuditContext(tx, { actor: `api_key:${caller.apiKeyId}`, reason: ballot.reason, ...from });
    return await runOnce(
      tx,
      {
        organisationId: caller.organisationId,
        key: idempotencyKey,
        command: COMMAND,
        input: [caller.apiKeyId, reviewId, ballot.decision, ballot.factsHash?.toString('hex'), ballot.reason],
        resourceId: reviewId,
      },
      () => vote(tx, caller, target, ballot),
    );
  });
  if (answer.kind === 'refused') return answer;
  const review = assertPresent(await readReview(deps.db, null, reviewId), `review ${reviewId}`);
  return { kind: 'done', value: review, replayed: answer.replayed };
}

async function vote(tx: Tx, caller: Caller, target: VoteTarget, ballot: Ballot): Promise<Refusal | null> {
  const seen = await readReview(tx, target.organisationId, target.reviewId);
  if (seen === null) return notFound;
  // The withdrawal first: everybody who moves it takes its lock, and then that of its review.
  assert(
    (await lockWithdrawal(tx, seen.organisationId, seen.withdrawalId)) !== null,
    `withdrawal ${seen.withdrawalId} of a review`,
  );
  const facts = await lockReview(tx, seen.id);
  const review = assertPresent(await readReview(tx, null, seen.id), `review ${seen.id}`);
  const key = assertPresent(await readVotingKey(tx, caller.apiKeyId), `key ${caller.apiKeyId}`);
  const judgement = judgeVote({ review, ...facts }, key, ballot);
  if (judgement.kind === 'refused') return judgement.refusal;
  if (judgement.kind === 'repeat') return null;
  const holder = assertPresent(key.holder, 'holder of a key that votes');
  const { decision, reason } = ballot;
  await insertVote(tx, {
    reviewId: review.id,
    holder,
    apiKeyId: key.apiKeyId,
    decision,
    factsHash: ballot.factsHash ?? facts.factsHash,
    reason,
  });
  if (decision === 'CONFIRM' || decision === 'OBJECT') {
    await recordConfirmation(tx, review.id, decision === 'CONFIRM' ? 'CONFIRMED' : 'OBJECTED');
    if (decision === 'OBJECT') await tellOfObjection(tx, review, `${holder}: ${reason}`);
    return null;
  }
  const votes = [...review.votes, { holder, apiKeyId: key.apiKeyId, decision, reason, at: new Date() }];
  const actor = `api_key:${toPublicId('apiKey', key.apiKeyId)}`;
  await follow(tx, { ...review, votes }, tally(votes, review.quorum), { actor, holder, reason });
  return null;
}

async function tellOfObjection(tx: Tx, review: Review, detail: string): Promise<void> {
  const atStake = { assetId: assetIdOf(review.chain, review.asset), amount: review.amount };
  const subject = review.id;
  await openLetters(tx, [{ kind: 'REVIEW', subject, cause: 'emergency_objected', detail, atStake }]);
}

/** What becomes of the withdrawal. */
async function follow(
  tx: Tx,
  review: Review,
  { state, confirmation }: Tally,
  voter: { actor: string; holder: string; reason: string | null },
): Promise<void> {
  if (state === 'OPEN') return;
  assert(state === 'APPROVED' || state === 'DENIED', `votes do not make a review ${state}`);
  await closeReview(tx, review.id, { state, confirmation });
  const { actor, holder } = voter;
  if (state === 'DENIED') {
    const why = `denied by ${holder}: ${voter.reason}`;
    const failure = { code: 'denied', message: `It was denied in review: ${voter.reason}`, retryable: false };
    return await releaseUnpaid(tx, [review.withdrawalId], { actor, reason: why }, failure);
  }
  const persons = review.votes.map((one) => one.holder).join(', ');
  const reason = confirmation === 'DUE' ? `emergency: approved by ${holder} alone` : `approved by ${persons}`;
  const moved = await advanceByIds(tx, [review.withdrawalId], {
    from: 'REVIEW',
    to: 'VALIDATING',
    actor,
    reason,
  });
  assert(moved.length === 1, `approval of ${review.withdrawalId} moved ${moved.length} rows`);
  await signal(tx, 'naru_processor');
}
