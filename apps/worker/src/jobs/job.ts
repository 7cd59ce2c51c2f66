import type { Chain } from '@naru/core/chain/chain.ts';
import type { RateSources } from '@naru/core/exchange-rate/refresh-rates.ts';
import type { Database } from '@naru/db/database.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { WorkerPort } from '../roles.ts';

/** Days are those of Asia/Seoul, which has had the same distance from UTC since 1988. */
export type Schedule = { everyMinutes: number } | { dailyAtSeoul: `${number}:${number}` };

/** Where backups go, for how long, and of which server. */
export type BackupPlace = { dir: string; keepDays: number; databaseUrl: string };

export type JobContext = {
  /** Statements may take as long as the job. */
  db: Database;
  logger: Logger;
  readChains: () => Promise<{ chain: Chain; port: WorkerPort }[]>;
  /** Used share of what this process can run out of, since the reading before. */
  readResources: () => Promise<Readonly<Record<string, number>>>;
  idempotencyKeptDays: number;
  rateSources: RateSources;
  /** Null: no backups are made from here. */
  backups: BackupPlace | null;
  /** Aborted when the time is up, or the process stops. */
  signal: AbortSignal;
};

export type Job = {
  schedule: Schedule;
  timeLimitMs: number;
  /** Times that a failed run is tried, with growing delays. One that comes again in a minute anyway: 1. */
  triesMax: number;
  /** Idempotent. Returns what it did, for people. */
  run: (context: JobContext) => Promise<Record<string, unknown>>;
};

const SEOUL_AHEAD_HOURS = 9;

/** A schedule in the five fields of cron, in UTC, which the queue keeps. */
export function cronOf(schedule: Schedule): string {
  if ('everyMinutes' in schedule)
    return schedule.everyMinutes === 1 ? '* * * * *' : `*/${schedule.everyMinutes} * * * *`;
  const [hour = Number.NaN, minute = Number.NaN] = schedule.dailyAtSeoul.split(':').map(Number);
  return `${minute} ${(hour + 24 - SEOUL_AHEAD_HOURS) % 24} * * *`;
}

/** What is wrong with a table of jobs, each as a sentence: names without a handler, handlers without a name, … */
export function findJobProblems(names: readonly string[], jobs: Readonly<Record<string, Job>>): string[] {
  const problems: string[] = [];
  for (const name of names) {
    if (names.indexOf(name) !== names.lastIndexOf(name)) problems.push(`the job ${name} stands there twice`);
    if (typeof jobs[name]?.run !== 'function') problems.push(`the job ${name} has no handler`);
  }
  for (const [name, job] of Object.entries(jobs)) {
    if (!names.includes(name)) problems.push(`the handler ${name} has no job`);
    if (!(job.timeLimitMs > 0) || !(job.triesMax >= 1)) problems.push(`the job ${name} has no limits`);
    if (!isValid(job.schedule)) problems.push(`the job ${name} has no schedule that can be kept`);
  }
  return [...new Set(problems)];
}

function isValid(schedule: Schedule): boolean {
  if ('everyMinutes' in schedule)
    return (
      Number.isInteger(schedule.everyMinutes) &&
      schedule.everyMinutes >= 1 &&
      60 % schedule.everyMinutes === 0
    );
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(schedule.dailyAtSeoul);
}
