import type { Refusal } from '../withdrawal/withdrawal.errors.ts';
import type { ApprovalErrorCode } from './approval.errors.ts';
import type { Confirmation, Decision, ReviewState } from './approval.machine.ts';
import type { Review, Vote } from './approval.ts';

/** The key that a vote comes with, as its row stands at this moment. */
export type VotingKey = {
  apiKeyId: string;
  organisationId: string;
  holder: string | null;
  scopes: readonly string[];
  network: 'test' | 'live';
  /** Neither revoked nor expired. */
  isValid: boolean;
};

export type Ballot = {
  decision: Decision;
  /** Hash of what the voter was shown; null where nothing is released by it. */
  factsHash: Buffer | null;
  reason: string | null;
};

/** Everything a vote is judged by, read under the locks of its transaction. */
export type VoteCase = {
  review: Review;
  requesterKeyId: string | null;
  /** Of what the withdrawal pays. */
  factsHash: Buffer;
  network: 'local' | 'test' | 'main';
};

export type Judgement =
  | { kind: 'counts' }
  /** The same person has said the same before. */
  | { kind: 'repeat' }
  | { kind: 'refused'; refusal: Refusal };

const AFTER: readonly Decision[] = ['CONFIRM', 'OBJECT'];
const RELEASING: readonly Decision[] = ['APPROVE', 'APPROVE_ALONE', 'CONFIRM'];

/** May this person say this of this review? The trigger `withdrawal_vote_guard` refuses the same. */
export function judgeVote(found: VoteCase, key: VotingKey, ballot: Ballot): Judgement {
  const { review } = found;
  const { decision } = ballot;
  const person = refusePerson(found, key, decision);
  if (person !== null) return refuse('vote_not_allowed', person);
  const isAfter = AFTER.includes(decision);
  if (review.votes.some((vote) => vote.holder === key.holder && vote.decision === decision))
    return { kind: 'repeat' };
  if (isAfter && review.confirmation !== 'DUE')
    return refuse('confirmation_not_due', confirmationText(review));
  if (!isAfter && review.state !== 'OPEN') return refuse('review_closed', closedText(review));
  if (isAfter && review.votes.some((vote) => vote.decision === 'APPROVE_ALONE' && vote.holder === key.holder))
    return refuse(
      'vote_not_allowed',
      `${key.holder} approved it alone; another person has to look at it now.`,
    );
  if (RELEASING.includes(decision) && ballot.factsHash?.equals(found.factsHash) !== true)
    return refuse(
      'review_facts_mismatch',
      'What you were shown is not what this withdrawal pays: withdrawal, chain, asset, destination or amount differ.',
    );
  return { kind: 'counts' };
}

/** Why this person, or this key, has no say here; null: they have. */
function refusePerson(found: VoteCase, key: VotingKey, decision: Decision): string | null {
  const { review } = found;
  if (!key.isValid) return 'This API key is not valid any more.';
  if (key.holder === null)
    return 'This API key names no holder, so nobody knows whose vote it is. Make a key with a holder.';
  if (!mayVote(review, key)) return 'This API key may not vote on reviews.';
  if ((key.network === 'live') !== (found.network === 'main'))
    return `A ${key.network} key does not decide about ${review.chain}.`;
  if (key.apiKeyId === found.requesterKeyId || key.holder === review.requesterHolder)
    return `${key.holder} asked for this withdrawal; who asks does not decide.`;
  if (decision !== 'APPROVE_ALONE') return null;
  if (!key.scopes.includes('approvals:emergency'))
    return 'Approving alone needs a key with the scope "approvals:emergency".';
  if (review.priority !== 'EMERGENCY')
    return `Only an EMERGENCY withdrawal is approved by one person alone; this one is ${review.priority}.`;
  return null;
}

function mayVote(review: Review, key: VotingKey): boolean {
  if (key.scopes.includes('admin')) return true;
  return (
    key.organisationId === review.organisationId &&
    (key.scopes.includes('approvals:write') || key.scopes.includes('approvals:emergency'))
  );
}

/** What a review is after its votes. */
export type Tally = { state: ReviewState; confirmation: Confirmation };

/** One denial ends it; one who may approve alone releases it, and a second person is due unless the quorum is there. */
export function tally(votes: readonly Vote[], quorum: number): Tally {
  if (votes.some((vote) => vote.decision === 'DENY')) return { state: 'DENIED', confirmation: 'NONE' };
  const approving = votes.filter(({ decision }) => decision === 'APPROVE' || decision === 'APPROVE_ALONE');
  const isAlone = votes.some((vote) => vote.decision === 'APPROVE_ALONE');
  if (new Set(approving.map((vote) => vote.holder)).size >= quorum)
    return { state: 'APPROVED', confirmation: 'NONE' };
  return isAlone ? { state: 'APPROVED', confirmation: 'DUE' } : { state: 'OPEN', confirmation: 'NONE' };
}

function closedText({ state, expiresAt, closedAt }: Review): string {
  if (state === 'EXPIRED')
    return `The review ended at ${expiresAt.toISOString()} without enough approvals; the withdrawal is not paid and its amount is released.`;
  const at = closedAt === null ? '' : ` since ${closedAt.toISOString()}`;
  return `The review is ${state}${at}; nothing can be decided about it any more.`;
}

function confirmationText({ confirmation }: Review): string {
  return confirmation === 'NONE'
    ? 'It was not approved by one person alone, so nothing is to be confirmed.'
    : `A second person has spoken already: ${confirmation}.`;
}

function refuse(code: ApprovalErrorCode, message: string): Judgement {
  return { kind: 'refused', refusal: { code, message, retryable: false } };
}
