import type { Database } from '@naru/db/database.ts';
import type { Clock } from '@naru/kit/clock.ts';
import { MESSAGES_KEPT_MS } from '../webhook/webhook.limits.ts';
import {
  ALARMS_KEPT_MS,
  ATTEMPTS_KEPT_MS,
  CHECKS_KEPT_MS,
  IDEMPOTENCY_KEPT_DAYS_MIN,
  PROBES_KEPT_MS,
  RATES_KEPT_MS,
  REMOVE_ROWS_PER_STEP,
  SCREENING_KEPT_MS,
  SESSIONS_KEPT_MS,
  USAGE_KEPT_DAYS,
  VERIFICATIONS_KEPT_MS,
} from './retention.limits.ts';
import {
  type RemovalStep,
  removeAlertMessages,
  removeChecks,
  removeClosedAlarms,
  removeExchangeRates,
  removeIdempotencyRecords,
  removeJobRuns,
  removeLocks,
  removeRateCounts,
  removeScreeningResults,
  removeSessions,
  removeTokenProbes,
  removeUsage,
  removeVerifications,
  removeWebhookEvents,
  removeWebhookMessages,
  removeWebhookReplays,
} from './retention.store.ts';

const DAY_MS = 86_400_000;

export type Removed = Record<
  | 'idempotencyRecords'
  | 'invariantChecks'
  | 'closedAlarms'
  | 'alertMessages'
  | 'jobRuns'
  | 'tokenProbes'
  | 'withdrawalUsage'
  | 'screeningResults'
  | 'exchangeRates'
  | 'webhookMessages'
  | 'webhookEvents'
  | 'webhookReplays'
  | 'sessions'
  | 'verifications'
  | 'rateCounts'
  | 'locks',
  number
>;

/**
 * Removes what has been kept for as long as it is needed, in short transactions. May be interrupted and run again at any
 * time. History and the audit log are not its matter: they leave by an export only.
 */
export async function removeExpired(
  deps: { db: Database; clock: Clock },
  options: { idempotencyKeptDays: number; signal?: AbortSignal },
): Promise<Removed> {
  const nowMs = deps.clock.now().getTime();
  const before = (keptMs: number) => new Date(nowMs - keptMs);
  const keptDays = Math.max(options.idempotencyKeptDays, IDEMPOTENCY_KEPT_DAYS_MIN);
  const all = (step: RemovalStep) => removeAll(deps.db, step, options.signal);
  return {
    idempotencyRecords: await all(removeIdempotencyRecords(before(keptDays * DAY_MS))),
    invariantChecks: await all(removeChecks(before(CHECKS_KEPT_MS))),
    closedAlarms: await all(removeClosedAlarms(before(ALARMS_KEPT_MS))),
    alertMessages: await all(removeAlertMessages(before(ALARMS_KEPT_MS))),
    jobRuns: await all(removeJobRuns(before(CHECKS_KEPT_MS))),
    tokenProbes: await all(removeTokenProbes(before(PROBES_KEPT_MS))),
    withdrawalUsage: await all(removeUsage(USAGE_KEPT_DAYS)),
    screeningResults: await all(removeScreeningResults(before(SCREENING_KEPT_MS))),
    exchangeRates: await all(removeExchangeRates(before(RATES_KEPT_MS))),
    webhookMessages: await all(removeWebhookMessages(before(MESSAGES_KEPT_MS))),
    webhookEvents: await all(removeWebhookEvents(before(MESSAGES_KEPT_MS))),
    webhookReplays: await all(removeWebhookReplays(before(MESSAGES_KEPT_MS))),
    sessions: await all(removeSessions(before(SESSIONS_KEPT_MS))),
    verifications: await all(removeVerifications(before(VERIFICATIONS_KEPT_MS))),
    rateCounts: await all(removeRateCounts(before(ATTEMPTS_KEPT_MS))),
    locks: await all(removeLocks(before(ATTEMPTS_KEPT_MS))),
  };
}

async function removeAll(db: Database, step: RemovalStep, signal?: AbortSignal): Promise<number> {
  let removed = 0;
  while (signal?.aborted !== true) {
    const count = await step(db, REMOVE_ROWS_PER_STEP);
    removed += count;
    if (count < REMOVE_ROWS_PER_STEP) break;
  }
  return removed;
}
