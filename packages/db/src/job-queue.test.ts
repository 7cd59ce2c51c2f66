import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { findJobQueueProblem, migrateJobQueue } from './job-queue.ts';
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

test('a server that goes just as the migrator lets go of it ends nobody', async () => {
  await migrate(scratch.url);
  const proxy = await startGoingServer(new URL(scratch.url));
  try {
    await migrateJobQueue(proxy.url);
    await proxy.gone;
    await setTimeout(20); // an error that nobody listens for would end this process by now
  } finally {
    proxy.close();
  }
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

/** The server, which answers a goodbye as one that is being shut down does: with an error, before it hangs up. */
async function startGoingServer(target: URL): Promise<{ url: string; gone: Promise<void>; close(): void }> {
  const goodbye = Buffer.from('X\0\0\0\x04', 'latin1');
  const fields = 'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0';
  const error = Buffer.alloc(5 + fields.length);
  error.write('E');
  error.writeUInt32BE(4 + fields.length, 1);
  error.write(fields, 5);
  const gone = Promise.withResolvers<void>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    upstream.on('data', (data) => client.write(data));
    upstream.on('close', () => client.end(gone.resolve));
    client.on('data', (data) => {
      if (!data.equals(goodbye)) return upstream.write(data);
      client.write(error);
      return upstream.end(data);
    });
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  return { url: url.href, gone: gone.promise, close: () => server.close() };
}
