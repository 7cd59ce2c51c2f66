import type { Queryable } from '@naru/db/database.ts';
import { sql } from 'kysely';

export type JobOutcome = 'DONE' | 'FAILED' | 'SKIPPED';

export async function insertJobRun(
  db: Queryable,
  run: { id: string; job: string; instance: string },
): Promise<void> {
  await sql`INSERT INTO job_run (id, job, instance) VALUES (${run.id}, ${run.job}, ${run.instance})`.execute(
    db,
  );
}

export async function endJobRun(
  db: Queryable,
  id: string,
  end: { outcome: JobOutcome; result: unknown; error: string | null },
): Promise<void> {
  const result = end.result === null ? null : JSON.stringify(end.result);
  await sql`
    UPDATE job_run SET outcome = ${end.outcome}, ended_at = clock_timestamp(), result = ${result}::json,
           error = ${end.error}
     WHERE id = ${id}`.execute(db);
}

export type JobState = {
  job: string;
  /** Seconds since 1970 of the last begin, and of the last run that was done. Null: never. */
  lastRunSeconds: number | null;
  lastDoneSeconds: number | null;
  /** Of the last run that ended. */
  lastDurationSeconds: number | null;
  /** Of the last run that ended and was not skipped. */
  lastOk: boolean | null;
};

/** How each job's last runs went, whichever instance ran them. */
export async function readJobStates(db: Queryable, jobs: readonly string[]): Promise<JobState[]> {
  const { rows } = await sql<JobState>`
    SELECT j.job, extract(epoch FROM last.started_at)::float8 AS "lastRunSeconds",
           extract(epoch FROM done.ended_at)::float8 AS "lastDoneSeconds",
           extract(epoch FROM ended.ended_at - ended.started_at)::float8 AS "lastDurationSeconds",
           ended.outcome = 'DONE' AS "lastOk"
      FROM unnest(${[...jobs]}::text[]) AS j (job)
      LEFT JOIN LATERAL (SELECT * FROM job_run r WHERE r.job = j.job ORDER BY started_at DESC LIMIT 1) last ON true
      LEFT JOIN LATERAL (SELECT * FROM job_run r WHERE r.job = j.job AND r.outcome IN ('DONE', 'FAILED')
                          ORDER BY started_at DESC LIMIT 1) ended ON true
      LEFT JOIN LATERAL (SELECT * FROM job_run r WHERE r.job = j.job AND r.outcome = 'DONE'
                          ORDER BY started_at DESC LIMIT 1) done ON true
     ORDER BY j.job`.execute(db);
  return rows;
}
