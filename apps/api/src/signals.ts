import { announceThrough } from '@naru/db/after-commit.ts';
import type { Database } from '@naru/db/database.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { ReadinessCheck } from '@naru/ops/ops-server.ts';
import type { SqsSettings } from '@naru/sqs/sqs-settings.ts';
import type { Registry } from 'prom-client';

export type Signals = { readiness: Record<string, ReadinessCheck>; close(): Promise<void> };

/** The edge only says that there is work: by NOTIFY, which needs nothing, or over SQS. */
export async function connectSignals(
  deps: { db: Database; log: Logger; metrics: Registry },
  settings: SqsSettings | null,
): Promise<Signals> {
  if (settings === null) return { readiness: {}, close: async () => undefined };
  // Only then: a deployment without SQS does not even load its client.
  const { connectSqsSignals } = await import('@naru/sqs/sqs-signals.ts');
  const signals = connectSqsSignals({ logger: deps.log, registry: deps.metrics }, settings);
  announceThrough(deps.db, signals.send);
  return {
    readiness: {
      signals: async () => {
        const degraded = signals.problem();
        return degraded === null ? { ok: true } : { ok: true, degraded };
      },
    },
    close: signals.close,
  };
}
