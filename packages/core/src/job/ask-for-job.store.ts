import type { Queryable } from '@naru/db/database.ts';
import { sql } from 'kysely';

/**
 * Has a jobs role look for work at once, when the transaction commits. Each of these jobs comes every minute anyway, and
 * its work is rows of its own: where the queue is not there, nothing is lost but that minute.
 */
export async function askForJob(db: Queryable, job: 'make-reports' | 'write-exports'): Promise<void> {
  const { rows } = await sql<{ present: boolean }>`
    SELECT to_regclass('graphile_worker.migrations') IS NOT NULL AS present`.execute(db);
  if (rows[0]?.present !== true) return;
  await sql`SELECT graphile_worker.add_job(${job}, job_key => ${job}, max_attempts => 1)`.execute(db);
}
