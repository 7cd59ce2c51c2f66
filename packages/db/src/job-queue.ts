import { sql } from 'kysely';
import type { Database } from './database.ts';
import { createPool } from './pool.ts';

/** The schema of graphile-worker 0.18.0: the number of its last migration. A test compares it with what it makes. */
const JOB_QUEUE_SCHEMA_VERSION = 20;

/** Brings the schema `graphile_worker` to this program's version of the library. Does nothing when it is. */
export async function migrateJobQueue(databaseUrl: string): Promise<void> {
  // Loaded by whoever migrates and by the role that runs jobs, and by nobody else.
  const { Logger, runMigrations } = await import('graphile-worker');
  // A pool that the library makes by itself is let go of before it is closed, and without listeners: a server that goes
  // at that moment would end this process.
  const pool = createPool({
    databaseUrl,
    applicationName: 'naru-migrate',
    connectionsMax: 1,
    statementTimeoutMs: 0,
    idleInTransactionTimeoutMs: 0,
  });
  try {
    await runMigrations({ pgPool: pool, logger: new Logger(() => () => undefined) });
  } finally {
    await pool.end();
  }
}

/** Null when the queue has exactly this program's schema, else what to do. */
export async function findJobQueueProblem(db: Database): Promise<string | null> {
  const found = await sql<{ present: boolean }>`
    SELECT to_regclass('graphile_worker.migrations') IS NOT NULL AS present`.execute(db);
  if (found.rows[0]?.present !== true) return 'the database has no job queue: run `naru migrate`';
  const { rows } = await sql<{ version: number | null }>`
    SELECT max(id) AS version FROM graphile_worker.migrations`.execute(db);
  const current = rows[0]?.version ?? 0;
  if (current === JOB_QUEUE_SCHEMA_VERSION) return null;
  return current > JOB_QUEUE_SCHEMA_VERSION
    ? `the job queue has schema ${current}, newer than this program's ${JOB_QUEUE_SCHEMA_VERSION}: run the newer version of the program`
    : `the job queue has schema ${current}, this program needs ${JOB_QUEUE_SCHEMA_VERSION}: run \`naru migrate\``;
}
