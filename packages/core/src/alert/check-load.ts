import type { Database } from '@naru/db/database.ts';
import type { CheckResult, Finding } from '../reconciliation/invariants.ts';
import { UNDELIVERED_MS_MAX } from './alert.limits.ts';
import { findUndelivered } from './alert-message.store.ts';
import { countDeadLetters, readFinished, readQueue, sampleFinished } from './load.store.ts';
import {
  FAILURE_RATE_MINUTES,
  findingsOf,
  QUEUE_WAIT_SECONDS_MIN,
  showCount,
  showShare,
  thresholds,
} from './thresholds.ts';

const MINUTE_MS = 60_000;

/** Installations without Prometheus are told by these of what its rules find: the same thresholds, from the same rows. */
export async function checkQueue(db: Database): Promise<CheckResult> {
  const { count, oldestSeconds } = await readQueue(db);
  if (oldestSeconds < QUEUE_WAIT_SECONDS_MIN) return { kind: 'checked', findings: [] };
  const minutes = Math.floor(oldestSeconds / 60);
  const detail = `${showCount(count)} withdrawals are accepted and have no nonce; the oldest waits for ${minutes} minutes`;
  return {
    kind: 'checked',
    findings: findingsOf('withdrawals', count, thresholds.queue, showCount, detail),
  };
}

export async function checkDeadLetters(db: Database): Promise<CheckResult> {
  const causes = await countDeadLetters(db);
  const count = causes.reduce((sum, cause) => sum + cause.count, 0);
  const detail = `given up: ${causes.map((cause) => `${showCount(cause.count)} ${cause.what}`).join(', ')}`;
  return {
    kind: 'checked',
    findings: findingsOf('dead letters', count, thresholds.deadLetters, showCount, detail),
  };
}

export async function checkFailureRate(db: Database): Promise<CheckResult> {
  await sampleFinished(db);
  const { confirmed, failedOurs, failedRecipient } = await readFinished(db, FAILURE_RATE_MINUTES);
  const ended = confirmed + failedOurs + failedRecipient;
  const detail = `of ${showCount(ended)} that ended in ${FAILURE_RATE_MINUTES} minutes, ${showCount(failedOurs)} could not be paid`;
  const rate = ended === 0 ? 0 : failedOurs / ended;
  return {
    kind: 'checked',
    findings: findingsOf('failed', rate, thresholds.failureRate, showShare, detail),
  };
}

/** Used shares by name, as they are here now. */
export function checkResources(used: Readonly<Record<string, number>>): CheckResult {
  const findings = Object.entries(used).flatMap(([name, share]): Finding[] => {
    const what = name.replaceAll('_', ' ');
    const detail = `${showShare(share)} of ${what} is used, as the jobs role sees it`;
    return findingsOf(what, share, thresholds.resources, showShare, detail);
  });
  return { kind: 'checked', findings };
}

/** A channel that cannot be told is told of by the others. */
export async function checkAlertDelivery(db: Database): Promise<CheckResult> {
  const findings = (await findUndelivered(db, UNDELIVERED_MS_MAX)).map(
    ({ name, waiting, oldestMs, lastError }) => ({
      subject: name,
      detail: `${showCount(waiting)} messages wait, the oldest for ${Math.floor(oldestMs / MINUTE_MS)} minutes: ${lastError ?? 'no try was made; does a jobs role run?'}`,
    }),
  );
  return { kind: 'checked', findings };
}
