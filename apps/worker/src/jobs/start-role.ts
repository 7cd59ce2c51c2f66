import { createVerifier } from '@naru/core/audit/audit-desk.ts';
import { sealHistory } from '@naru/core/audit/seal-history.ts';
import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import type { Chain } from '@naru/core/chain/chain.ts';
import type { RateSources } from '@naru/core/exchange-rate/refresh-rates.ts';
import type { Work } from '@naru/core/loop/work-loop.ts';
import { tellTraces } from '@naru/core/trace/tell-traces.ts';
import { readConnectionUse } from '@naru/db/connection-use.ts';
import { type Database, openDatabase } from '@naru/db/database.ts';
import { systemClock } from '@naru/kit/clock.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { ReadinessCheck } from '@naru/ops/ops-server.ts';
import { createResourceReader } from '@naru/ops/resources.ts';
import type { Span } from '@naru/telemetry/otlp.ts';
import { sendSpans } from '@naru/telemetry/send-spans.ts';
import { Counter, type Registry } from 'prom-client';
import { createAlertSender } from '../alerts/sender.ts';
import { ALERTS_POLL_MS, alertsWork } from '../alerts/work.ts';
import type { Config } from '../config.ts';
import type { WorkerPort } from '../roles.ts';
import type { StartLoop } from '../run.ts';
import { allJobs, jobNames } from './all-jobs.ts';
import { registerJobMetrics } from './metrics.ts';
import { JOBS_AT_ONCE, startJobs } from './start-jobs.ts';
import { startWebhooks } from './webhooks.ts';

/** A seal at most this often for each stream; what is in none yet is what somebody could still rewrite unseen. */
const SEAL_POLL_MS = 5_000;
/** Somebody waits for the verification that was asked for. */
const VERIFY_POLL_MS = 2_000;
/** Traces are for people, who look later. */
const TRACES_POLL_MS = 1_000;

type RoleParts = {
  config: Config;
  db: Database;
  logger: Logger;
  registry: Registry;
  start: StartLoop;
  rateSources: RateSources;
};

export type RunningJobsRole = {
  readiness: Record<string, ReadinessCheck>;
  /** Ends the jobs under way. */
  stop(): Promise<void>;
  /** Once no loop runs any more. */
  close(): Promise<void>;
};

/** The sealer of history as a loop, and the queue of jobs. The sealer waits for no queue: it is the younger, the better. */
export async function startJobsRole(
  parts: RoleParts,
  readConnected: () => Promise<{ chain: Chain; port: WorkerPort }[]>,
): Promise<RunningJobsRole> {
  const { config, db, logger, registry } = parts;
  const locks = openDatabase({
    databaseUrl: config.databaseUrl,
    applicationName: 'naru-jobs-locks',
    connectionsMax: JOBS_AT_ONCE + 2, // the sealer's, and the teller's of traces
    onError: (error) => logger.warn({ error: error.message }, 'a database connection was lost'),
  });
  registerJobMetrics(registry, db, jobNames);
  parts.start('seal', sealerWork({ db, locks }, registry), SEAL_POLL_MS);
  const verifier = createVerifier({ db, logger });
  parts.start('verify', verifier.look, VERIFY_POLL_MS);
  const webhooks = startWebhooks(
    { db, logger, registry, start: parts.start, pollMs: config.pollMs },
    config.webhooks,
  );
  const sender = createAlertSender({ smtp: config.alerts.smtp });
  const alerts = { db, clock: systemClock, logger, sender, alertKey: config.alerts.key };
  parts.start('alerts', alertsWork(alerts), ALERTS_POLL_MS);
  const { telemetry } = config;
  if (telemetry !== null) {
    const send = (spans: readonly Span[]) => sendSpans(telemetry, spans);
    const traces = { db, locks, logger, ratio: telemetry.ratio, send };
    parts.start('traces', () => tellTraces(traces), TRACES_POLL_MS);
  }
  const readResources = createResourceReader(config.backups === null ? [] : [config.backups.dir]);
  const jobs = await startJobs(
    {
      databaseUrl: config.databaseUrl,
      db,
      locks,
      logger,
      instance: config.instance,
      idempotencyKeptDays: config.idempotencyKeptDays,
      rateSources: parts.rateSources,
      backups: config.backups === null ? null : { ...config.backups, databaseUrl: config.databaseUrl },
      readChains: () => readEnabled(db, readConnected),
      readResources: async () => ({
        ...(await readResources()),
        database_connections: await readConnectionUse(db),
      }),
    },
    jobNames,
    allJobs,
  );
  return {
    readiness: {
      jobs: async () => {
        const problem = jobs.problem();
        return problem === null ? { ok: true } : { ok: false, problem };
      },
    },
    async stop() {
      await Promise.all([jobs.stop(), verifier.stop()]);
    },
    async close() {
      await webhooks.close();
      await locks.destroy();
    },
  };
}

function sealerWork(deps: { db: Database; locks: Database }, registry: Registry): Work {
  const sealed = new Counter({
    name: 'naru_history_sealed_rows_total',
    help: 'Rows of history that this process has sealed',
    registers: [registry],
  });
  return async () => {
    const step = await sealHistory(deps);
    sealed.inc(step?.rows ?? 0);
    return step?.more ?? false;
  };
}

/** The chains that are connected here, as they are configured now, without those that were disabled since the start. */
async function readEnabled(
  db: Database,
  readConnected: () => Promise<{ chain: Chain; port: WorkerPort }[]>,
): Promise<{ chain: Chain; port: WorkerPort }[]> {
  const { chains } = await readCatalogue(db);
  return (await readConnected()).flatMap(({ chain, port }) => {
    const current = chains.get(chain.id);
    return current?.enabled === true ? [{ chain: current, port }] : [];
  });
}
