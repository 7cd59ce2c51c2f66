import { endJobRun, insertJobRun } from '@naru/core/job/job-run.store.ts';
import { type Database, openDatabase } from '@naru/db/database.ts';
import { withExclusive } from '@naru/db/exclusive.ts';
import { sleep } from '@naru/kit/clock.ts';
import { CodedError, errorText } from '@naru/kit/errors.ts';
import { newUuid } from '@naru/kit/ids.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { Job, JobContext } from './job.ts';

export type JobRunnerDeps = {
  databaseUrl: string;
  db: Database;
  /** Connections for the right to run, held on one while the job uses others. */
  locks: Database;
  logger: Logger;
  instance: string;
  readChains: JobContext['readChains'];
  readResources: JobContext['readResources'];
  idempotencyKeptDays: number;
  rateSources: JobContext['rateSources'];
  backups: JobContext['backups'];
  /** Aborted when the process stops. */
  stopping: AbortSignal;
};

/** A job's own connections: few, as it works by itself. */
const CONNECTIONS_MAX = 3;
/** A job that is told to end has this long to do so, and its statement to be ended by the server. */
const GRACE_MS = 5_000;

/**
 * Runs a job once, unless it runs somewhere already, and keeps how that went. Throws when it failed. A process that is
 * killed here leaves a run that never ended; whoever runs the job next does not wait for it.
 */
export async function runJob(deps: JobRunnerDeps, name: string, job: Job): Promise<void> {
  const id = newUuid();
  const logger = deps.logger.child({ job: name, runId: id });
  await insertJobRun(deps.db, { id, job: name, instance: deps.instance });
  const startedMs = performance.now();
  try {
    const done = await withExclusive(deps.locks, `job ${name}`, () => runInTime(deps, logger, job));
    const durationMs = Math.round(performance.now() - startedMs);
    if (done === null) {
      logger.info('not run: it runs already');
      return await endJobRun(deps.db, id, { outcome: 'SKIPPED', result: null, error: 'it runs already' });
    }
    await endJobRun(deps.db, id, { outcome: 'DONE', result: done.value, error: null });
    logger.info({ durationMs, result: done.value }, 'job done');
  } catch (error) {
    const durationMs = Math.round(performance.now() - startedMs);
    logger.error({ durationMs, error: errorText(error) }, 'job failed');
    await endJobRun(deps.db, id, { outcome: 'FAILED', result: null, error: errorText(error) });
    throw error;
  }
}

async function runInTime(deps: JobRunnerDeps, logger: Logger, job: Job): Promise<Record<string, unknown>> {
  const limit = AbortSignal.timeout(job.timeLimitMs);
  const db = openDatabase({
    databaseUrl: deps.databaseUrl,
    applicationName: 'naru-jobs',
    connectionsMax: CONNECTIONS_MAX,
    statementTimeoutMs: job.timeLimitMs,
    onError: (error) => logger.warn({ error: error.message }, 'a database connection was lost'),
  });
  const { readChains, readResources, idempotencyKeptDays, rateSources, backups } = deps;
  const signal = AbortSignal.any([limit, deps.stopping]);
  const running = job.run({
    db,
    logger,
    readChains,
    readResources,
    idempotencyKeptDays,
    rateSources,
    backups,
    signal,
  });
  const late = new AbortController();
  try {
    return await Promise.race([running, rejectWhenLate(signal, limit, late.signal)]);
  } finally {
    late.abort();
    // A handler that is late is left behind; its connections close when its last statement has ended.
    running.catch(() => undefined);
    db.destroy().catch(() => undefined);
  }
}

/** Rejects some time after `signal` is aborted, unless `over` is by then. */
async function rejectWhenLate(signal: AbortSignal, limit: AbortSignal, over: AbortSignal): Promise<never> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true, signal: over });
  });
  await sleep(GRACE_MS, over);
  throw limit.aborted
    ? new CodedError('job_timeout', 'it was not done within its time limit')
    : new CodedError('job_stopped', 'the process was stopped meanwhile');
}
