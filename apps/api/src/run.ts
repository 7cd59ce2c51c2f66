import { createAccess } from '@naru/core/access/create-access.ts';
import { createAccountManager } from '@naru/core/account-manager/create-account-manager.ts';
import { createAlertChannels } from '@naru/core/alert/operate-channels.ts';
import { createReviews } from '@naru/core/approval/reviews.ts';
import { createAuditDesk } from '@naru/core/audit/audit-desk.ts';
import { createOperations } from '@naru/core/dead-letter/operations.ts';
import { createDeposits } from '@naru/core/deposit/deposits.ts';
import { createExportDesk } from '@naru/core/export/export-desk.ts';
import { creditBalance } from '@naru/core/ledger/credit-balance.ts';
import { createLedgerBook } from '@naru/core/ledger/ledger-book.ts';
import { createLookup } from '@naru/core/lookup/create-lookup.ts';
import { createOverviews } from '@naru/core/overview/create-overview.ts';
import { createQueues } from '@naru/core/overview/read-queues.ts';
import { createPeople } from '@naru/core/person/people.ts';
import { createRuleBook } from '@naru/core/policy/rule-book.ts';
import { createReconciliationDesk } from '@naru/core/reconciliation/desk.ts';
import { createReportDesk } from '@naru/core/report/report-desk.ts';
import { proveBalances } from '@naru/core/reserves/prove-balance.ts';
import { readNewestReport } from '@naru/core/reserves/reserves.store.ts';
import { createSavedViews } from '@naru/core/saved-view/saved-views.ts';
import { createTreasuries } from '@naru/core/treasury/create-treasuries.ts';
import { createSecretBox } from '@naru/core/webhook/secret-box.ts';
import { createWebhooks } from '@naru/core/webhook/webhooks.ts';
import { createWithdrawals } from '@naru/core/withdrawal/create-withdrawals.ts';
import { signalChannels } from '@naru/core/withdrawal/withdrawal.store.ts';
import { openDatabase } from '@naru/db/database.ts';
import { listen } from '@naru/db/listen.ts';
import { hashPassword } from '@naru/identity/hash-password.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { errorText } from '@naru/kit/errors.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { createMetricsRegistry } from '@naru/ops/ops-server.ts';
import { findUrlProblem } from '@naru/outbound/url-rules.ts';
import { createSpanBuffer } from '@naru/telemetry/span-buffer.ts';
import type { Config } from './config.ts';
import { createOperator } from './operator.ts';
import { createPersonAccess } from './people/create-person-access.ts';
import { createReadiness } from './readiness.ts';
import { toLook } from './routes/admin/overview/to-look.ts';
import { type Server, serve } from './serve.ts';
import { connectShared } from './shared.ts';
import { connectSignals } from './signals.ts';
import { createEventFeed, type FeedDeps } from './stream/event-feed.ts';
import { createEventStreams } from './stream/event-streams.ts';
import { createFeedRelay } from './stream/feed-relay.ts';
import { createOverviewStreams } from './stream/overview-streams.ts';

/** The public edge as a process: database, domains, server; stopped in the reverse order. */
export async function run(config: Config, log: Logger): Promise<Server> {
  const db = openDatabase({
    databaseUrl: config.databaseUrl.reveal(),
    applicationName: 'naru-api',
    connectionsMax: config.databaseConnectionsMax,
    onError: (error) => log.warn({ reason: errorText(error) }, 'a database connection was lost'),
  });
  const metrics = createMetricsRegistry('api');
  const signals = await connectSignals({ db, log, metrics }, config.sqs);
  const shared = await connectShared({ log }, config.redisUrl);
  const { invalidations } = shared;
  const withdrawals = createWithdrawals({ db, clock: systemClock, invalidations });
  const feed = createEventFeed({
    db,
    log,
    relay: shared.redis === null ? null : createFeedRelay(shared.redis),
    listen: config.sqs === null ? listenWith(config, log) : null,
  });
  const overviews = createOverviews({ db });
  const { telemetry } = config;
  const spans = telemetry === null ? null : createSpanBuffer({ logger: log }, telemetry);
  const server = await serve(
    {
      withdrawals,
      deposits: createDeposits({ db }),
      reserves: {
        newest: () => readNewestReport(db),
        prove: ({ organisationId }) => proveBalances({ db }, organisationId),
      },
      webhooks: createWebhooks({
        db,
        secretBox: config.webhooks.keys === null ? null : createSecretBox(config.webhooks.keys),
        findUrlProblem: (url) => findUrlProblem(url, { allowLocal: config.webhooks.allowLocal }),
      }),
      access: createAccess({ db, clock: systemClock, invalidations }),
      people: createPeople({
        db,
        invalidations,
        hashPassword: config.identity === null ? null : hashPassword,
      }),
      personAccess:
        config.identity === null ? null : createPersonAccess({ db, invalidations, log }, config.identity),
      credit: (caller, idempotencyKey, input, audit) =>
        creditBalance({ db }, caller, idempotencyKey, input, audit),
      operator: createOperator({ db, invalidations }),
      reviews: createReviews({ db }),
      accounts: createAccountManager({ db }),
      treasuries: createTreasuries({ db }),
      alertChannels: createAlertChannels({ db, alertKey: config.alertKey }),
      operations: createOperations({ db }),
      rules: createRuleBook({ db }),
      savedViews: createSavedViews({ db }),
      lookup: createLookup({ db }),
      ledger: createLedgerBook({ db }),
      readiness: { ...createReadiness(db), ...signals.readiness, ...shared.readiness },
      metrics,
      streams: createEventStreams({ db, feed, metrics }),
      audit: createAuditDesk({ db }),
      overviews,
      queues: createQueues({ db }),
      reports: createReportDesk({ db }),
      exports: createExportDesk({ db }),
      reconciliation: createReconciliationDesk({ db }),
      overviewStreams: createOverviewStreams({
        look: async () => toLook(await overviews.read()),
        log,
        metrics,
      }),
      limits: { bulkBytesMax: config.bulkBytesMax },
      sharedCount: shared.count,
      trustProxy: config.trustProxy,
      log,
      tracing:
        spans === null || telemetry === null
          ? null
          : { ratio: telemetry.ratio, tell: (span) => spans.add(span) },
    },
    config,
  ).catch(async (error: unknown) => {
    await feed.close();
    await Promise.all([signals.close(), shared.close()]);
    await db.destroy();
    throw error;
  });
  log.info({ url: server.url }, 'ready to take requests');
  return {
    url: server.url,
    async close() {
      await server.close();
      await spans?.close();
      await feed.close();
      await withdrawals.close();
      await Promise.all([signals.close(), shared.close()]);
      await db.destroy();
      log.info('stopped');
    },
  };
}

/** Whatever wakes a role has just written events: the transactions that signal are those that change states. */
function listenWith(config: Config, log: Logger): FeedDeps['listen'] {
  return (wake) =>
    listen({
      databaseUrl: config.databaseUrl.reveal(),
      applicationName: 'naru-api-signals',
      channels: signalChannels,
      onSignal: wake,
      onError: (error) => log.warn({ reason: errorText(error) }, 'signals are lost for now; polling goes on'),
    });
}
