import type { WithdrawalActionBody, WithdrawalDetailBody } from '@naru/wire/withdrawal-detail.ts';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatAmount, formatCount } from '../../format/number.ts';
import { describeCause, nameReason } from '../../i18n/causes.ts';
import type { Locale } from '../../i18n/locale.ts';
import { sayMachineText } from '../../i18n/machine-texts.ts';
import type { Anomaly } from '../../primitives/detail-page.tsx';
import { Prose } from '../../primitives/prose.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { isBeingFreed } from './chain-tx-states.ts';
import type { detailTexts } from './detail.texts.ts';

type Verb = WithdrawalActionBody['verb'];
type Means = {
  words: (typeof detailTexts)['ko'];
  locale: Locale;
  /** The button of a verb that may be done now; null otherwise. */
  button: (verb: Verb) => ReactNode;
};

/** What is the matter with it, worst first; null where it goes as it should. */
export function anomalyOf(detail: WithdrawalDetailBody, means: Means): Anomaly | null {
  return (
    ofLetter(detail, means) ??
    ofReview(detail, means) ??
    ofFailure(detail, means) ??
    ofTransaction(detail, means)
  );
}

function ofLetter(detail: WithdrawalDetailBody, { words, locale, button }: Means): Anomaly | null {
  const letter = detail.deadLetters.find((one) => one.state === 'OPEN');
  if (letter === undefined) return null;
  const cause = describeCause(letter.cause, letter, locale);
  return {
    tone: 'bad',
    title: words.anomalyLetter(cause.name),
    text: (
      <>
        <p>
          <Prose text={`${cause.means} ${cause.action}`} />
        </p>
        <p className="mt-1 text-xs">{sayMachineText(letter.detail, locale)}</p>
      </>
    ),
    actions: (
      <>
        {button('retry')}
        {button('bump')}
        {button('release')}
        {button('close')}
      </>
    ),
  };
}

function ofReview(detail: WithdrawalDetailBody, { words, locale, button }: Means): Anomaly | null {
  const { review, state } = detail;
  if (state !== 'REVIEW' || review === null) return null;
  return {
    tone: 'warn',
    title: words.anomalyReview(formatCount(review.approvals), formatCount(review.quorum)),
    text: (
      <>
        <p>{words.anomalyReviewText(`${formatAmount(detail.amount)} ${detail.asset}`)}</p>
        <ul className="mt-1 list-disc ps-5">
          {review.reasons.map((reason) => (
            <li key={`${reason.code} ${reason.text}`}>
              {nameReason(reason.code, locale)}{' '}
              <span className="text-xs">({sayMachineText(reason.text, locale)})</span>
            </li>
          ))}
        </ul>
        <p className="mt-1">
          {words.expires}: <Time at={review.expiresAt} />
        </p>
      </>
    ),
    actions: (
      <>
        {button('approve')}
        {button('deny')}
        <Link to="/approvals/$id" params={{ id: review.id }} className="self-center text-sm underline">
          {words.openReview}
        </Link>
      </>
    ),
  };
}

function ofFailure(detail: WithdrawalDetailBody, { words, locale, button }: Means): Anomaly | null {
  const { failure } = detail;
  if (failure === null) return null;
  const cause = describeCause(failure.code, { means: failure.message, action: '' }, locale);
  return {
    tone: 'bad',
    title: `${words.anomalyFailed}: ${cause.name}`,
    text: (
      <>
        <p>
          {cause.means === failure.message ? null : `${cause.means} `}
          <Prose text={cause.action} />
        </p>
        <p>{words.anomalyFailedText(`${formatAmount(detail.amount)} ${detail.asset}`)}</p>
        <p className="mt-1 text-xs">
          {sayMachineText(failure.message, locale)} (<code>{failure.code}</code>)
        </p>
        {detail.retriedAs === null ? null : (
          <p className="mt-1">
            {words.anomalyRetried}{' '}
            <Link to="/withdrawals/$id" params={{ id: detail.retriedAs }} className="underline">
              <ShortId text={detail.retriedAs} />
            </Link>
          </p>
        )}
      </>
    ),
    actions: button('retry'),
  };
}

function ofTransaction(detail: WithdrawalDetailBody, { words, locale, button }: Means): Anomaly | null {
  const chainTx = detail.chainTxs.at(-1);
  if (chainTx === undefined || chainTx.finalAt !== null || chainTx.minedAt !== null) return null;
  if (isBeingFreed(chainTx))
    return { tone: 'info', title: words.anomalyReleasing, text: words.anomalyReleasingText };
  if (chainTx.subAccountState !== 'ACTIVE')
    return {
      tone: 'warn',
      title: words.anomalyPaused,
      text: sayMachineText(chainTx.pauseReason ?? chainTx.subAccountState, locale),
      actions: button('release'),
    };
  if (chainTx.lastError === null || chainTx.failureCount === 0) return null;
  return {
    tone: 'warn',
    title: words.anomalyStuck,
    text: (
      <>
        <p>{words.anomalyStuckText}</p>
        <p className="mt-1 text-xs">{sayMachineText(chainTx.lastError, locale)}</p>
      </>
    ),
    actions: (
      <>
        {button('retry')}
        {button('bump')}
      </>
    ),
  };
}
