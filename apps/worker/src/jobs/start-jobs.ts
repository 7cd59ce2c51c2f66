import { findJobQueueProblem } from '@naru/db/job-queue.ts';
import { sleep } from '@naru/kit/clock.ts';
import { CodedError, errorText } from '@naru/kit/errors.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { backoffMs } from '@naru/kit/retry.ts';
import { type CronItem, parseCronItems, Logger as QueueLogger, type Runner, run } from 'graphile-worker';
import pg from 'pg';
import { cronOf, findJobProblems, type Job } from './job.ts';
import { type JobRunnerDeps, runJob } from './run-job.ts';

/** Jobs that one process runs side by side; the slow ones of the night must not hold up those of each minute. */
export const JOBS_AT_ONCE = 3;
/** One for each job's place, and those that the queue keeps for listening and for scheduling. */
const QUEUE_CONNECTIONS_MAX = JOBS_AT_ONCE + 3;
/** A daily job whose time has passed while no instance ran is made up for, if it was not longer ago than this. */
const CATCH_UP_MS = 12 * 3_600_000;

export type RunningJobs = {
  /** Null while the queue is worked on, else what is wrong. */
  problem(): string | null;
  stop(): Promise<void>;
};

/**
 * Works on the queue of jobs until it is stopped. The queue decides, over all instances, that each time of a schedule is
 * one run. A queue that ends by itself, as it does when the database is away for long, is started again.
 */
export async function startJobs(
  deps: Omit<JobRunnerDeps, 'stopping'>,
  names: readonly string[],
  jobs: Readonly<Record<string, Job>>,
): Promise<RunningJobs> {
  const problems = findJobProblems(names, jobs);
  const queueProblem = await findJobQueueProblem(deps.db);
  if (queueProblem !== null) problems.push(queueProblem);
  if (problems.length > 0) throw new CodedError('jobs_wrong', problems.join('; '));
  const controller = new AbortController();
  const pool = openQueuePool(deps);
  let runner: Runner | null = null;
  let problem: string | null = 'the queue is not worked on yet';
  const keepRunning = async () => {
    for (let failures = 0; !controller.signal.aborted; ) {
      try {
        const current = await startQueue(pool, { ...deps, stopping: controller.signal }, jobs);
        runner = current;
        problem = null;
        failures = 0;
        await current.promise;
        problem = 'the queue ended by itself';
      } catch (error) {
        problem = errorText(error);
        failures += 1;
      }
      runner = null;
      if (controller.signal.aborted) return;
      const delayMs = backoffMs(failures + 1, { baseMs: 500, maxMs: 10_000 });
      deps.logger.error({ problem, delayMs }, 'the queue of jobs stopped and will be started again');
      await sleep(delayMs, controller.signal);
    }
  };
  const kept = keepRunning();
  return {
    problem: () => problem,
    async stop() {
      controller.abort();
      // Runs under way are told by their signal and end in their own time; none begins.
      await runner?.stop().catch(() => undefined);
      await kept;
      await pool.end();
    },
  };
}

async function startQueue(
  pool: pg.Pool,
  deps: JobRunnerDeps,
  jobs: Readonly<Record<string, Job>>,
): Promise<Runner> {
  return await run({
    pgPool: pool,
    logger: queueLogger(deps.logger),
    concurrency: JOBS_AT_ONCE,
    noHandleSignals: true,
    taskList: Object.fromEntries(
      Object.entries(jobs).map(([name, job]) => [
        name,
        async () => {
          try {
            await runJob(deps, name, job);
          } catch (error) {
            // Kept and logged by now. What comes again by itself soon is not tried again besides.
            if (job.triesMax > 1) throw error;
          }
        },
      ]),
    ),
    parsedCronItems: parseCronItems(Object.entries(jobs).map(([name, job]) => cronItemOf(name, job))),
  });
}

function cronItemOf(name: string, { schedule, triesMax }: Job): CronItem {
  const isDaily = 'dailyAtSeoul' in schedule;
  return {
    task: name,
    match: cronOf(schedule),
    // One waiting run of a job at most: minutes that nobody worked on do not pile up.
    options: { maxAttempts: triesMax, jobKey: name, backfillPeriod: isDaily ? CATCH_UP_MS : 0 },
  };
}

/** Connections of the library's own, which reads numbers as it expects them. */
function openQueuePool(deps: Omit<JobRunnerDeps, 'stopping'>): pg.Pool {
  const pool = new pg.Pool({
    connectionString: deps.databaseUrl,
    application_name: 'naru-jobs-queue',
    max: QUEUE_CONNECTIONS_MAX,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  const lost = (error: Error) =>
    deps.logger.warn({ error: error.message }, 'a connection of the job queue was lost');
  pool.on('error', lost);
  pool.on('connect', (client) => client.on('error', lost));
  return pool;
}

/** What the library says, in our log. Its ordinary talk is for debugging. */
function queueLogger(logger: Logger): QueueLogger {
  return new QueueLogger((scope) => (level, message, meta) => {
    const fields = {
      queue: scope.label,
      ...(meta?.['error'] === undefined ? {} : { error: errorText(meta['error']) }),
    };
    if (level === 'error' || level === 'warning') logger.warn(fields, message);
    else logger.debug(fields, message);
  });
}
