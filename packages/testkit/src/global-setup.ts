import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrate } from '@naru/db/migrate.ts';
import { startLocalPostgres } from '@naru/local-servers/postgres.ts';
import pg from 'pg';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Administrative URL of the test server. */
    postgresUrl: string;
    /** A migrated, empty database that others are cloned from. */
    templateDatabase: string;
  }
}

const TEMPLATE = `naru_template_${process.pid}`;

/** One PostgreSQL for the whole run, one migrated template; each test file clones a database from it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['NARU_TEST_POSTGRES_URL'];
  const dir = await mkdtemp(path.join(tmpdir(), 'naru-test-'));
  const server =
    given === undefined
      ? await startLocalPostgres({
          dataDir: path.join(dir, 'postgres'),
          user: 'naru',
          password: 'naru',
          database: 'naru',
          tuning: 'test',
          logFile: path.join(dir, 'postgres.log'),
        })
      : null;
  const adminUrl = given ?? server?.url;
  if (adminUrl === undefined) throw new Error('no test database');
  await onServer(adminUrl, `CREATE DATABASE ${TEMPLATE}`);
  const templateUrl = new URL(adminUrl);
  templateUrl.pathname = `/${TEMPLATE}`;
  await migrate(templateUrl.href);
  project.provide('postgresUrl', adminUrl);
  project.provide('templateDatabase', TEMPLATE);
  return async () => {
    if (server === null) await onServer(adminUrl, `DROP DATABASE ${TEMPLATE} WITH (FORCE)`);
    else await server.destroy();
    await rm(dir, { recursive: true, force: true });
  };
}

/** Runs one statement that cannot run inside the database it concerns. */
export async function onServer(adminUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
