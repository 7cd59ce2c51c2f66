import type { Queryable } from '@naru/db/database.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import type { Caller } from '../access/access.ts';
import { readReviewFacts, readVotingKey } from '../approval/approval.store.ts';
import type { Review } from '../approval/approval.ts';
import { judgeVote } from '../approval/judge-vote.ts';
import {
  judgeBump,
  judgeRelease,
  judgeRetry,
  judgeTryNow,
  type Objection,
} from '../dead-letter/judge-verb.ts';
import { findLookalike, readChainTx, readSubject, type Subject } from '../dead-letter/operation.store.ts';
import type { WithdrawalErrorCode } from '../withdrawal/withdrawal.errors.ts';
import { cancelableWithdrawalStates } from '../withdrawal/withdrawal.machine.ts';

export const actionVerbs = [
  'approve',
  'deny',
  'cancel',
  'retry',
  'bump',
  'release',
  'close',
  'note',
] as const;
export type ActionVerb = (typeof actionVerbs)[number];

/** `why`: what stands against it, or what would be asked; null where nothing does. */
export type Action = {
  verb: ActionVerb;
  allowed: boolean;
  code: WithdrawalErrorCode | null;
  why: { en: string; ko: string } | null;
};

/**
 * What this caller may do to a withdrawal now, by the functions that the verbs themselves ask. Of this moment: a verb
 * asks again, under its locks. `reviews`: oldest first. Whether the caller's key has the scope, its route decides.
 */
export async function judgeActions(
  db: Queryable,
  caller: Caller,
  withdrawalId: string,
  facts: { reviews: readonly Review[]; hasOpenLetter: boolean },
): Promise<Action[]> {
  const subject = await readSubject(db, withdrawalId);
  if (subject === null) return [];
  const found = subject.chainTxId === null ? null : await readChainTx(db, subject.chainTxId);
  const review = facts.reviews.at(-1) ?? null;
  return [
    action('approve', await judgeDecision(db, caller, review, 'APPROVE')),
    action('deny', await judgeDecision(db, caller, review, 'DENY')),
    action('cancel', judgeCancel(caller, subject)),
    action('retry', await judgeRetryOf(db, subject, found)),
    action('bump', judgeBump(subject, found)),
    action('release', subject.state === 'CANCELED' ? over(subject) : judgeRelease(subject, found, false)),
    action('close', facts.hasOpenLetter ? null : nothingToClose),
    action('note', null),
  ];
}

type Against = { code: WithdrawalErrorCode | null; en: string; ko: string } | null;

/** A verb that is refused only until the operator says that it is meant so is allowed, and says what of. */
function action(verb: ActionVerb, against: Against | Objection): Action {
  if (against === null) return { verb, allowed: true, code: null, why: null };
  const { code, en, ko } = against;
  const allowed = code === 'release_affects_others' || code === 'retry_duplicate';
  return { verb, allowed, code, why: { en, ko } };
}

/** As if the caller had been shown what is to be paid. */
async function judgeDecision(
  db: Queryable,
  caller: Caller,
  review: Review | null,
  decision: 'APPROVE' | 'DENY',
): Promise<Against> {
  if (review === null)
    return {
      code: 'review_not_found',
      en: 'It is not, and was not, in review.',
      ko: '검토 대상이 아니고, 검토한 적도 없는 출금이에요.',
    };
  const key = await readVotingKey(db, caller.apiKeyId);
  if (key === null)
    return { code: 'vote_not_allowed', en: 'This API key is gone.', ko: '이미 없어진 API 키예요.' };
  const facts = await readReviewFacts(db, review.id);
  const factsHash = decision === 'APPROVE' ? facts.factsHash : null;
  const judgement = judgeVote({ review, ...facts }, key, { decision, factsHash, reason: 'asked beforehand' });
  if (judgement.kind === 'counts') return null;
  if (judgement.kind === 'repeat')
    return { code: null, en: 'You have said so already.', ko: '이미 같은 의견을 남겼어요.' };
  const { code, message } = judgement.refusal;
  return { code, en: message, ko: koreanOfVote(code, review, key.holder) };
}

function koreanOfVote(code: WithdrawalErrorCode, review: Review, holder: string | null): string {
  if (code === 'review_closed') return `이미 끝난 검토예요(${review.state}). 더 정할 것이 없어요.`;
  if (holder === null) return '이 API 키에는 사람 이름이 없어서 누구의 의견인지 알 수 없어요.';
  if (holder === review.requesterHolder) return '출금을 요청한 사람은 승인하거나 거절할 수 없어요.';
  return '이 키로는 이 검토에 의견을 낼 수 없어요.';
}

/** Its owner's verb; an operator of another organisation releases it instead, which before a nonce is the same. */
function judgeCancel(caller: Caller, { organisationId, state }: Subject): Against {
  if (!cancelableWithdrawalStates.includes(state))
    return {
      code: 'withdrawal_not_cancelable',
      en: `Signing has begun, or it is over (${state}); a withdrawal can be canceled only before that.`,
      ko: `서명이 시작됐거나 이미 끝나서(${state}) 취소할 수 없어요.`,
    };
  if (organisationId === caller.organisationId) return null;
  return {
    code: 'withdrawal_not_found',
    en: 'Only its owner cancels it. Release it instead, which now has the same effect.',
    ko: '취소는 요청한 조직만 할 수 있어요. 지금은 되돌리기가 같은 효과를 내요.',
  };
}

async function judgeRetryOf(
  db: Queryable,
  subject: Subject,
  found: Parameters<typeof judgeTryNow>[1],
): Promise<Against> {
  if (subject.state !== 'FAILED') return judgeTryNow(subject, found);
  if (subject.retriedAs !== null) {
    const made = toPublicId('withdrawal', subject.retriedAs);
    return {
      code: 'operation_not_possible',
      en: `It was retried already, as ${made}.`,
      ko: `이미 ${made}(으)로 다시 시도했어요.`,
    };
  }
  const lookalike = await findLookalike(db, subject.id);
  return judgeRetry(subject, lookalike === null ? null : toPublicId('withdrawal', lookalike));
}

function over({ state }: Subject): Against {
  return {
    code: 'operation_not_possible',
    en: `It is over already (${state}); nothing is reserved for it.`,
    ko: `이미 끝난 출금이라(${state}) 묶여 있는 금액이 없어요.`,
  };
}

const nothingToClose: Against = {
  code: 'dead_letter_not_found',
  en: 'No dead letter about it is open.',
  ko: '이 출금에 열려 있는 확인 필요 건이 없어요.',
};
