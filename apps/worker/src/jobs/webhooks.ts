import type { WorkLoop } from '@naru/core/loop/work-loop.ts';
import { createDispatcher } from '@naru/core/webhook/dispatcher.ts';
import { handOnEvents } from '@naru/core/webhook/hand-on-events.ts';
import { replayEvents } from '@naru/core/webhook/replay-events.ts';
import { createSecretBox } from '@naru/core/webhook/secret-box.ts';
import { readWebhookFigures } from '@naru/core/webhook/webhook.metrics.ts';
import type { WebhookSettings } from '@naru/core/webhook/webhook-environment.ts';
import { completeBulks } from '@naru/core/withdrawal/complete-bulks.ts';
import type { Database } from '@naru/db/database.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { registerGaugeGroup } from '@naru/ops/gauge-group.ts';
import { createOutbound } from '@naru/outbound/create-outbound.ts';
import { Counter, Histogram, type Registry } from 'prom-client';
import type { StartLoop } from '../run.ts';

type Parts = {
  db: Database;
  logger: Logger;
  registry: Registry;
  start: StartLoop;
  pollMs: number;
};

/** Messages that were handed on are looked for at once; this is for what waits for its next try. */
const DELIVER_POLL_MS = 250;

/**
 * The loops that tell of files that are done, hand events on to endpoints and deliver them. Without a key there are no
 * endpoints, and only the first: the stream tells of files, too.
 */
export function startWebhooks(
  { db, logger, registry, start, pollMs }: Parts,
  settings: WebhookSettings,
): { close(): Promise<void> } {
  registerFigures(registry, db);
  let afterBulk: string | null = null;
  start(
    'complete-bulks',
    async () => {
      const { next } = await completeBulks({ db }, afterBulk);
      afterBulk = next;
      return next !== null;
    },
    pollMs,
  );
  if (settings.keys === null) return { close: async () => undefined };
  const outbound = createOutbound({ allowLocal: settings.allowLocal });
  const tries = new Counter({
    name: 'naru_webhook_deliveries_total',
    help: 'Tries to deliver a webhook that this process made, by how they ended',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'naru_webhook_try_seconds',
    help: 'How long a try to deliver a webhook took',
    labelNames: ['outcome'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
    registers: [registry],
  });
  let deliver: WorkLoop | null = null;
  const dispatcher = createDispatcher({
    db,
    logger,
    send: (message) => outbound.post(message),
    secretBox: createSecretBox(settings.keys),
    onTry({ outcome, durationMs }) {
      tries.inc({ outcome });
      durations.observe({ outcome }, durationMs / 1_000);
    },
    onRoom: () => deliver?.wake(),
  });
  deliver = start('webhook-deliver', () => dispatcher.step(), DELIVER_POLL_MS);
  start(
    'webhook-hand-on',
    async () => {
      const handed = await handOnEvents({ db });
      const replayed = await replayEvents({ db });
      if (handed.messages > 0 || replayed) deliver?.wake();
      return handed.more || replayed;
    },
    pollMs,
  );
  return {
    async close() {
      await dispatcher.stop();
      await outbound.close();
    },
  };
}

function registerFigures(registry: Registry, db: Database): void {
  registerGaugeGroup(
    registry,
    [
      {
        name: 'naru_webhook_pending',
        help: 'Webhooks that wait to be taken, of endpoints in use',
        labelNames: [],
      },
      {
        name: 'naru_webhook_oldest_untried_seconds',
        help: 'How long the oldest webhook has waited for its first try',
        labelNames: [],
      },
      {
        name: 'naru_webhook_log_lag',
        help: 'Positions of the log of events that were not handed on to endpoints yet',
        labelNames: [],
      },
      { name: 'naru_webhook_endpoints', help: 'Webhook endpoints in each state', labelNames: ['state'] },
    ],
    async () => {
      const figures = await readWebhookFigures(db);
      return {
        naru_webhook_pending: [{ labels: {}, value: figures.pending }],
        naru_webhook_oldest_untried_seconds: [{ labels: {}, value: figures.oldestUntriedSeconds }],
        naru_webhook_log_lag: [{ labels: {}, value: figures.lag }],
        naru_webhook_endpoints: figures.endpoints.map(({ state, count }) => ({
          labels: { state },
          value: count,
        })),
      };
    },
  );
}
