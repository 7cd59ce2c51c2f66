import type { Queryable } from '@naru/db/database.ts';
import { sql } from 'kysely';
import { readLogEnd } from '../withdrawal/event-log.reader.ts';
import { openWithdrawalStates, type WithdrawalState } from '../withdrawal/withdrawal.machine.ts';
import { RATE_POSITIONS_MAX, RATE_WINDOW_SECONDS } from './overview.limits.ts';

export type StageDepth = { state: WithdrawalState; depth: number; oldestAt: Date | null };

/** Every open state, also those in which nothing waits. */
export async function readStageDepths(db: Queryable): Promise<StageDepth[]> {
  const { rows } = await sql<StageDepth>`
    SELECT s.state, coalesce(w.depth, 0) AS depth, w.oldest AS "oldestAt"
      FROM unnest(${openWithdrawalStates}::text[]) WITH ORDINALITY AS s (state, place)
      LEFT JOIN (SELECT state, count(*)::integer AS depth, min(created_at) AS oldest FROM withdrawal
                  WHERE state = ANY (${openWithdrawalStates}::text[]) GROUP BY state) w ON w.state = s.state
     ORDER BY s.place`.execute(db);
  return rows;
}

export type StageRate = { state: WithdrawalState; entered: number; left: number };

/**
 * How many came into each state and left it lately, and over how many seconds that was counted: a minute, or less where
 * so much happens that the newest positions of the log are no minute.
 */
export async function readStageRates(db: Queryable): Promise<{ seconds: number; rates: StageRate[] }> {
  const end = await readLogEnd(db);
  const after = end - BigInt(RATE_POSITIONS_MAX);
  const { rows } = await sql<StageRate & { seconds: number; positions: number }>`
    WITH recent AS (
      SELECT from_state, to_state, at FROM withdrawal_event
       WHERE position > ${after} AND at > now() - ${RATE_WINDOW_SECONDS}::integer * interval '1 second'),
    span AS (SELECT count(*)::integer AS positions,
                    coalesce(extract(epoch FROM now() - min(at)), 0)::float8 AS seconds FROM recent)
    SELECT s.state, span.positions, span.seconds,
           (SELECT count(*)::integer FROM recent WHERE to_state = s.state) AS entered,
           (SELECT count(*)::integer FROM recent WHERE from_state = s.state) AS left
      FROM unnest(${openWithdrawalStates}::text[]) AS s (state), span`.execute(db);
  // Where the positions are used up before the minute is, they tell of the time since the oldest of them.
  const isCut = (rows[0]?.positions ?? 0) >= RATE_POSITIONS_MAX * CUT_SHARE;
  const seconds = isCut ? Math.max(1, rows[0]?.seconds ?? 0) : RATE_WINDOW_SECONDS;
  return { seconds, rates: rows.map(({ state, entered, left }) => ({ state, entered, left })) };
}
/** Positions are shared with other events, and some are gaps. */
const CUT_SHARE = 0.5;

export type TaskQueue = {
  task: string;
  /** Waiting and due, being worked on, waiting for their time, given up after all tries. */
  ready: number;
  running: number;
  later: number;
  failed: number;
  oldestAt: Date | null;
  lastError: string | null;
};

/** The queue of jobs, by task; none where it is not there. */
export async function readTaskQueues(db: Queryable): Promise<TaskQueue[]> {
  const found = await sql<{ present: boolean }>`
    SELECT to_regclass('graphile_worker.jobs') IS NOT NULL AS present`.execute(db);
  if (found.rows[0]?.present !== true) return [];
  const { rows } = await sql<TaskQueue>`
    SELECT task_identifier AS task,
           count(*) FILTER (WHERE locked_at IS NULL AND attempts < max_attempts AND run_at <= now())::integer AS ready,
           count(*) FILTER (WHERE locked_at IS NOT NULL)::integer AS running,
           count(*) FILTER (WHERE locked_at IS NULL AND attempts < max_attempts AND run_at > now())::integer AS later,
           count(*) FILTER (WHERE locked_at IS NULL AND attempts >= max_attempts)::integer AS failed,
           min(run_at) FILTER (WHERE attempts < max_attempts AND run_at <= now()) AS "oldestAt",
           (array_agg(last_error ORDER BY updated_at DESC) FILTER (WHERE last_error IS NOT NULL))[1] AS "lastError"
      FROM graphile_worker.jobs GROUP BY task_identifier`.execute(db);
  return rows;
}

export type TaskRuns = {
  task: string;
  lastStartedAt: Date | null;
  lastEndedAt: Date | null;
  lastOutcome: string | null;
  lastDurationMs: number | null;
  lastFailedAt: Date | null;
  lastError: string | null;
  /** Of the last hour. */
  done: number;
  failed: number;
};

/** How the runs of each job of the last day went, and those of the last hour counted. */
export async function readTaskRuns(db: Queryable): Promise<TaskRuns[]> {
  const { rows } = await sql<TaskRuns>`
    WITH jobs AS (
      SELECT DISTINCT job FROM job_run WHERE started_at > now() - interval '2 days')
    SELECT j.job AS task, last.started_at AS "lastStartedAt", last.ended_at AS "lastEndedAt",
           last.outcome AS "lastOutcome",
           round(extract(epoch FROM last.ended_at - last.started_at) * 1000)::integer AS "lastDurationMs",
           bad.ended_at AS "lastFailedAt", bad.error AS "lastError", hour.done, hour.failed
      FROM jobs j
      LEFT JOIN LATERAL (SELECT * FROM job_run r WHERE r.job = j.job AND r.outcome <> 'SKIPPED'
                          ORDER BY started_at DESC LIMIT 1) last ON true
      LEFT JOIN LATERAL (SELECT * FROM job_run r WHERE r.job = j.job AND r.outcome = 'FAILED'
                            AND started_at > now() - interval '1 day' ORDER BY started_at DESC LIMIT 1) bad ON true
      LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE outcome = 'DONE')::integer AS done,
                                count(*) FILTER (WHERE outcome = 'FAILED')::integer AS failed
                           FROM job_run r WHERE r.job = j.job AND started_at > now() - interval '1 hour') hour ON true
     ORDER BY j.job`.execute(db);
  return rows;
}
