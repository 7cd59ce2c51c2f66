import { randomBytes } from 'node:crypto';
import { type Database, openDatabase } from '@naru/db/database.ts';
import { inject } from 'vitest';
import { onServer } from './global-setup.ts';

export type TestDatabase = { url: string; db: Database; drop(): Promise<void> };

/** A database of its own, cloned from the migrated template in some milliseconds. */
export async function createTestDatabase(options: { connectionsMax?: number } = {}): Promise<TestDatabase> {
  const adminUrl = inject('postgresUrl');
  const name = `t_${randomBytes(8).toString('hex')}`;
  await onServer(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${inject('templateDatabase')}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const db = openDatabase({
    databaseUrl: url.href,
    applicationName: 'naru-test',
    connectionsMax: options.connectionsMax ?? 20,
  });
  return {
    url: url.href,
    db,
    drop: async () => {
      await db.destroy();
      await onServer(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}
