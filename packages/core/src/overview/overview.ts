import type { AccountOverview } from '../account-manager/account.reader.ts';
import type { Forecast } from '../account-manager/forecast.ts';
import type { InvariantState } from '../reconciliation/alarm.store.ts';
import type { WebhookFigures } from '../webhook/webhook.metrics.ts';
import type { FilledBlock, Presence, ProviderOverview } from './fleet.store.ts';
import type { ReviewFigures, readStandingAlarms, StageRow } from './overview.reader.ts';

/** Withdrawals that did so in one bucket, or in each second. */
export type Flow = { submitted: number; confirmed: number; failed: number };

/** Everything that answers "is money stuck?", as one look at the database found it. */
export type Overview = {
  /** Nothing in it is older. */
  asOf: Date;
  flow: {
    bucketSeconds: number;
    /** Oldest first, without holes; the last bucket is not over. */
    buckets: (Flow & { at: Date })[];
    /** Per second, of the last whole buckets. */
    now: Flow;
  };
  lastHour: {
    submitted: number;
    confirmed: number;
    failedOurs: number;
    failedRecipient: number;
    failedDecision: number;
    /** Confirmed, of what was confirmed or could not be paid, 0 to 1; null: nothing ended. Decisions against one do not count. */
    successRate: number | null;
    /** Seconds from submit to CONFIRMED; null: nothing was confirmed. */
    latency: { p50: number; p95: number; p99: number } | null;
  };
  stuckAfterSeconds: number;
  stages: StageRow[];
  deadLetters: { cause: string; count: number }[];
  reviews: ReviewFigures;
  providers: ProviderOverview[];
  accounts: AccountOverview[];
  forecast: Forecast[];
  alarms: Awaited<ReturnType<typeof readStandingAlarms>>;
  webhooks: WebhookFigures;
  blocks: FilledBlock[];
  checks: InvariantState[];
  instances: (Presence & { seenAt: Date })[];
};
