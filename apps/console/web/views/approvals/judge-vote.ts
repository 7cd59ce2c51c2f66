import type { ReviewBody } from '@naru/wire/review.ts';
import type { Me } from '../../app/me.ts';
import type { Anomaly } from '../../primitives/detail-page.tsx';
import type { approvalTexts } from './approval.texts.ts';
import type { VoteVerb } from './use-vote-specs.tsx';

/** Time left at which a decision is urgent. */
const SOON_MS = 30 * 60_000;

type Voter = Pick<Me, 'email' | 'can'>;

/** What this person may say of it, as far as a page can tell; the API judges it again. */
export function mayVote(review: ReviewBody, me: Voter): Record<VoteVerb, boolean> {
  const decides = (me.can('approvals:write') || me.can('admin')) && !isRequester(review, me);
  const isOpen = review.state === 'OPEN' && decides;
  const isDue =
    review.confirmation === 'DUE' &&
    me.can('approvals:write') &&
    decides &&
    !hasVoted(review, me, 'APPROVE_ALONE');
  return {
    approve: isOpen && !hasVoted(review, me, 'APPROVE'),
    deny: isOpen,
    confirm: isDue,
    object: isDue,
  };
}

/** What stands in the way of this person, or what is special about it. */
export function anomalyOf(
  review: ReviewBody,
  me: Voter,
  words: (typeof approvalTexts)['ko'],
  now: Date,
): Anomaly | null {
  if (review.confirmation === 'DUE') {
    const alone = review.votes.find((vote) => vote.decision === 'APPROVE_ALONE')?.holder ?? '';
    return {
      tone: 'bad',
      title: words.dueTitle,
      text: alone === me.email ? words.dueSelf : words.dueText(alone),
    };
  }
  if (review.confirmation === 'OBJECTED')
    return { tone: 'bad', title: words.objectedTitle, text: words.objectedText };
  if (review.state !== 'OPEN') return null;
  if (isRequester(review, me)) return { tone: 'warn', title: words.selfTitle, text: words.selfText };
  if (!me.can('approvals:write') && !me.can('admin'))
    return { tone: 'idle', title: words.noScopeTitle, text: words.noScopeText };
  if (hasVoted(review, me, 'APPROVE'))
    return { tone: 'info', title: words.votedTitle, text: words.votedText };
  if (Date.parse(review.expiresAt) - now.getTime() < SOON_MS)
    return { tone: 'warn', title: words.soonTitle, text: words.soonText };
  return null;
}

function isRequester(review: ReviewBody, me: Voter): boolean {
  return review.requesterHolder !== null && review.requesterHolder === me.email;
}

function hasVoted(review: ReviewBody, me: Voter, decision: ReviewBody['votes'][number]['decision']): boolean {
  return review.votes.some((vote) => vote.holder === me.email && vote.decision === decision);
}
