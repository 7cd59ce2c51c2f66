import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrate } from '@naru/db/migrate.ts';
import { createDatabase, dropDatabase } from '@naru/local-servers/databases.ts';
import { startLocalPostgres } from '@naru/local-servers/postgres.ts';

/**
 * Runs `work` with the URL of a database that has every migration and nothing else, and removes it afterwards.
 * @param adminUrl a server that is there already; without it, one is started for the time being
 */
export async function withMigratedDatabase<T>(
  adminUrl: string | undefined,
  work: (url: string) => Promise<T>,
): Promise<T> {
  if (adminUrl !== undefined) return withDatabaseOn(adminUrl, work);
  const dir = await mkdtemp(path.join(tmpdir(), 'naru-schema-'));
  const server = await startLocalPostgres({
    dataDir: path.join(dir, 'postgres'),
    password: randomBytes(16).toString('hex'),
    database: 'naru',
    tuning: 'test',
    logFile: path.join(dir, 'postgres.log'),
  });
  try {
    return await withDatabaseOn(server.url, work);
  } finally {
    await server.destroy();
    await rm(dir, { recursive: true, force: true });
  }
}

async function withDatabaseOn<T>(adminUrl: string, work: (url: string) => Promise<T>): Promise<T> {
  const name = `naru_schema_${randomBytes(6).toString('hex')}`;
  const url = await createDatabase(adminUrl, name);
  try {
    await migrate(url);
    return await work(url);
  } finally {
    await dropDatabase(adminUrl, name);
  }
}
