import type { Database } from '@naru/db/database.ts';
import { listAccountOverviews } from '../account-manager/account.reader.ts';
import { type Forecast, readForecast } from '../account-manager/forecast.ts';
import { QUEUE_WAIT_SECONDS_MIN } from '../alert/thresholds.ts';
import { countOpenByCause } from '../dead-letter/dead-letter.reader.ts';
import { readInvariantStates } from '../reconciliation/alarm.store.ts';
import { readWebhookFigures } from '../webhook/webhook.metrics.ts';
import { listFill, listPresent, listProviders } from './fleet.store.ts';
import { percentileOf } from './latency-bins.ts';
import { NOW_BUCKETS, PULSE_SECONDS, RATE_SECONDS, SERIES_SECONDS } from './overview.limits.ts';
import { readNow, readReviewFigures, readStages, readStandingAlarms } from './overview.reader.ts';
import type { Flow, Overview } from './overview.ts';
import { type PulseBucket, readPulse, readPulseTotals } from './pulse.store.ts';

/**
 * One look at everything. The figures are of one moment each, not all of the same one: a withdrawal that moves on
 * meanwhile may be counted in two stages or in none. `asOf` is before all of them.
 */
export async function readOverview(
  deps: { db: Database },
  forecast: () => Promise<Forecast[]>,
): Promise<Overview> {
  const { db } = deps;
  const asOf = await readNow(db);
  const [pulse, hour, stages, deadLetters, reviews] = await Promise.all([
    readPulse(db, SERIES_SECONDS),
    readPulseTotals(db, RATE_SECONDS),
    readStages(db, QUEUE_WAIT_SECONDS_MIN),
    countOpenByCause(db),
    readReviewFigures(db),
  ]);
  const [providers, accounts, alarms, webhooks, blocks, checks, instances] = await Promise.all([
    listProviders(db),
    listAccountOverviews(db, null),
    readStandingAlarms(db),
    readWebhookFigures(db),
    listFill(db),
    readInvariantStates(db),
    listPresent(db),
  ]);
  return {
    asOf,
    flow: toFlow(pulse, asOf),
    lastHour: toLastHour(hour),
    stuckAfterSeconds: QUEUE_WAIT_SECONDS_MIN,
    stages,
    deadLetters,
    reviews,
    providers,
    accounts,
    forecast: await forecast(),
    alarms,
    webhooks,
    blocks,
    checks,
    instances,
  };
}

/** The forecast alone: it reads more than all the rest, and may be older. */
export function readOverviewForecast(deps: { db: Database }): Promise<Forecast[]> {
  return readForecast(deps.db, null);
}

/** Every bucket of the time that is shown, also those in which nothing happened. */
export function toFlow(pulse: readonly PulseBucket[], asOf: Date): Overview['flow'] {
  const bucketMs = PULSE_SECONDS * 1_000;
  const lastMs = Math.floor(asOf.getTime() / bucketMs) * bucketMs;
  const count = SERIES_SECONDS / PULSE_SECONDS;
  const known = new Map(pulse.map((bucket) => [bucket.at.getTime(), bucket]));
  const buckets = Array.from({ length: count }, (_, index) => {
    const atMs = lastMs - (count - 1 - index) * bucketMs;
    const bucket = known.get(atMs);
    return {
      at: new Date(atMs),
      submitted: bucket?.submitted ?? 0,
      confirmed: bucket?.confirmed ?? 0,
      failed: bucket === undefined ? 0 : bucket.failedOurs + bucket.failedRecipient + bucket.failedDecision,
    };
  });
  const whole = buckets.slice(-1 - NOW_BUCKETS, -1);
  const perSecond = (pick: (flow: Flow) => number) =>
    whole.reduce((sum, bucket) => sum + pick(bucket), 0) / (NOW_BUCKETS * PULSE_SECONDS);
  return {
    bucketSeconds: PULSE_SECONDS,
    buckets,
    now: {
      submitted: perSecond(({ submitted }) => submitted),
      confirmed: perSecond(({ confirmed }) => confirmed),
      failed: perSecond(({ failed }) => failed),
    },
  };
}

export function toLastHour({ latency, ...counts }: Omit<PulseBucket, 'at'>): Overview['lastHour'] {
  const { confirmed, failedOurs, failedRecipient } = counts;
  // What somebody decided against is no failure of a payment.
  const ended = confirmed + failedOurs + failedRecipient;
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentileOf(latency, share));
  return {
    ...counts,
    successRate: ended === 0 ? null : confirmed / ended,
    latency: p50 == null || p95 == null || p99 == null ? null : { p50, p95, p99 },
  };
}
