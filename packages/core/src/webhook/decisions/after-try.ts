import type { SendResult } from '../ports.ts';
import { RETRY_AFTER_MS_MAX, RETRY_DELAYS_MS, RETRY_JITTER } from '../webhook.limits.ts';
import type { AttemptOutcome } from '../webhook.ts';

/** What becomes of a message after a try, and of its endpoint. */
export type Decision = {
  outcome: AttemptOutcome;
  /** FAILED: its last try by itself. */
  state: 'PENDING' | 'DELIVERED' | 'FAILED';
  /** Until the next try; 0 where there is none. */
  delayMs: number;
  /** Nothing else is sent to the endpoint for so long: it said so. */
  holdMs: number | null;
  /** It wants nothing any more. */
  isGone: boolean;
  error: string | null;
};

const GONE = 410;
/** Answers that speak of the endpoint rather than of this message. Source: Standard Webhooks 1.0.0. */
const BUSY: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * Any 2xx is a delivery, everything else is not: a redirect is not followed, since it may lead anywhere.
 * @param failureCount failed tries before this one, since it was put into the queue
 * @param now moment of the answer, for a `Retry-After` that is a date
 * @param chance 0 up to 1, for the jitter
 */
export function decideAfterTry(
  result: SendResult,
  failureCount: number,
  now: Date,
  chance: number,
): Decision {
  if (result.kind === 'answered' && result.status >= 200 && result.status < 300)
    return {
      outcome: 'DELIVERED',
      state: 'DELIVERED',
      delayMs: 0,
      holdMs: null,
      isGone: false,
      error: null,
    };
  const scheduled = RETRY_DELAYS_MS[failureCount];
  const askedMs = result.kind === 'answered' ? retryAfterMs(result.headers['retry-after'], now) : null;
  const isGone = result.kind === 'answered' && result.status === GONE;
  const isLast = scheduled === undefined || isGone;
  const jittered = isLast ? 0 : Math.round(scheduled * (1 + RETRY_JITTER * (2 * chance - 1)));
  return {
    outcome: outcomeOf(result),
    state: isLast ? 'FAILED' : 'PENDING',
    delayMs: isLast ? 0 : Math.max(jittered, askedMs ?? 0),
    holdMs: result.kind === 'answered' && BUSY.has(result.status) ? askedMs : null,
    isGone,
    error: describe(result),
  };
}

function outcomeOf(result: SendResult): AttemptOutcome {
  switch (result.kind) {
    case 'answered':
      return 'REFUSED';
    case 'blocked':
      return 'BLOCKED';
    case 'unreached':
      return 'UNREACHED';
    case 'unanswered':
      return 'UNANSWERED';
  }
}

function describe(result: SendResult): string {
  if (result.kind !== 'answered') return result.error;
  const { status } = result;
  if (status === GONE) return 'it answered 410: it wants nothing any more';
  if (status >= 300 && status < 400) return `it answered ${status}: redirects are not followed`;
  return `it answered ${status}`;
}

/** Seconds or a date. Source: RFC 9110, 10.2.3. */
export function retryAfterMs(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  const ms = /^[0-9]{1,9}$/.test(text) ? Number(text) * 1_000 : new Date(text).getTime() - now.getTime();
  if (Number.isNaN(ms) || ms <= 0) return null;
  return Math.min(ms, RETRY_AFTER_MS_MAX);
}
