import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { findJobQueueProblem } from './job-queue.ts';
import { migrate } from './migrate.ts';
import { createScratchDatabase } from './scratch-database.fixture.ts';

let scratch: Awaited<ReturnType<typeof createScratchDatabase>>;
let db: Database;
beforeEach(async () => {
  scratch = await createScratchDatabase();
  db = openDatabase({ databaseUrl: scratch.url, applicationName: 'naru-queue-test', connectionsMax: 2 });
});
afterEach(async () => {
  await db.destroy();
  await scratch.drop();
});

test('migrating brings the queue of jobs to exactly the version that this program expects', async () => {
  expect(await findJobQueueProblem(db)).toContain('run `naru migrate`');
  await migrate(scratch.url);
  expect(await findJobQueueProblem(db)).toBeNull();
});

test('a queue of another version is told apart by who is older', async () => {
  await migrate(scratch.url);
  await sql`INSERT INTO graphile_worker.migrations (id) VALUES (999)`.execute(db);
  expect(await findJobQueueProblem(db)).toContain('newer version of the program');
  await sql`DELETE FROM graphile_worker.migrations WHERE id > 18`.execute(db);
  expect(await findJobQueueProblem(db)).toContain('run `naru migrate`');
});

test('who migrated is in the audit log', async () => {
  await migrate(scratch.url, { 'naru.audit': JSON.stringify({ actor: 'operator:kim@desk' }) });
  const { rows } = await sql`SELECT actor, action, subject FROM audit_event ORDER BY position`.execute(db);
  expect(rows[0]).toEqual({
    actor: 'operator:kim@desk',
    action: 'schema_migration.insert',
    subject: 'schema_migration 6',
  });
});
