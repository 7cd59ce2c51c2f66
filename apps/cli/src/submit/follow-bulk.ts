import { sleep } from '@naru/kit/clock.ts';
import type { Naru } from '@naru/sdk/create-naru.ts';
import { NaruApiError } from '@naru/sdk/errors.ts';
import type { BulkWithdrawalBody } from '@naru/wire/bulk.ts';
import { finalWithdrawalStates, withdrawalStates } from '@naru/wire/withdrawal.ts';
import type { CliContext } from '../context.ts';
import { EXIT_INTERRUPTED } from '../explain-error.ts';
import { showCount, showDuration } from '../format.ts';
import { createProgress } from '../progress.ts';

const POLL_MS = 1_000;
/** An API that is being restarted is waited for; the payouts do not need it. */
const SILENCE_MS_MAX = 5 * 60_000;
/** The rate is that of the last seconds, so that it says what is now. */
const RATE_WINDOW_MS = 15_000;

export type FollowEnd = { bulk: BulkWithdrawalBody; isDone: boolean };

/** Watches a file until every row is in a final state, or until Ctrl-C, which leaves the payouts alone. */
export async function followBulk(
  context: CliContext,
  naru: Naru,
  submitted: BulkWithdrawalBody,
  file: string,
): Promise<FollowEnd> {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const progress = createProgress(context.output, 'final');
  const rate = createRate();
  let bulk = submitted;
  let heardAtMs = performance.now();
  try {
    for (;;) {
      const done = countFinal(bulk);
      rate.note(performance.now(), done);
      progress.show(done, bulk.total, describe(bulk, rate.perSecond()));
      if (done >= bulk.total) return { bulk, isDone: true };
      await sleep(POLL_MS, interruption.signal);
      if (interruption.signal.aborted) break;
      try {
        bulk = await naru.bulk.get(bulk.id, { signal: interruption.signal });
        heardAtMs = performance.now();
      } catch (error) {
        if (interruption.signal.aborted) break;
        const isLost = error instanceof NaruApiError && !error.retryable;
        if (isLost || performance.now() - heardAtMs > SILENCE_MS_MAX) throw error;
      }
    }
  } finally {
    progress.end();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
  const open = bulk.total - countFinal(bulk);
  context.output.note(
    `\nStopped watching. The payouts go on: ${showCount(open)} of ${showCount(bulk.total)} are under way (${bulk.id}).\n` +
      `To look at them again:  naru submit ${file}   (the same command; it never pays twice)`,
  );
  context.fail(EXIT_INTERRUPTED);
  return { bulk, isDone: false };
}

function countFinal(bulk: BulkWithdrawalBody): number {
  return finalWithdrawalStates.reduce((sum, state) => sum + (bulk.counts[state] ?? 0), 0);
}

/** `204/s · 1 s left · 188 confirming · 3 failed`: what is confirmed is in the bar, and a narrow screen cuts the end. */
function describe(bulk: BulkWithdrawalBody, perSecond: number): string {
  const open = bulk.total - countFinal(bulk);
  const parts: string[] = [];
  if (perSecond > 0) {
    parts.push(`${perSecond >= 10 ? showCount(Math.round(perSecond)) : perSecond.toFixed(1)}/s`);
    if (open > 0) parts.push(`${showDuration((open / perSecond) * 1_000)} left`);
  }
  for (const state of [...withdrawalStates].reverse()) {
    const count = bulk.counts[state] ?? 0;
    if (count > 0 && state !== 'CONFIRMED') parts.push(`${showCount(count)} ${state.toLowerCase()}`);
  }
  return parts.join(' · ');
}

function createRate() {
  const marks: { atMs: number; done: number }[] = [];
  return {
    note(atMs: number, done: number): void {
      marks.push({ atMs, done });
      while ((marks[1]?.atMs ?? atMs) < atMs - RATE_WINDOW_MS) marks.shift();
    },
    perSecond(): number {
      const first = marks[0];
      const last = marks.at(-1);
      if (first === undefined || last === undefined || last.atMs === first.atMs) return 0;
      return ((last.done - first.done) * 1_000) / (last.atMs - first.atMs);
    },
  };
}
