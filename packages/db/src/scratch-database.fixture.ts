import { randomBytes } from 'node:crypto';
import { onServer } from '@naru/testkit/global-setup.ts';
import { inject } from 'vitest';

/** An empty database, without the schema: for tests of the migrator and of the connection itself. */
export async function createScratchDatabase(): Promise<{
  url: string;
  /** Ends the connections to it that have this name, as a failover would, and waits until they are gone. */
  endConnections(applicationName: string): Promise<void>;
  drop(): Promise<void>;
}> {
  const adminUrl = inject('postgresUrl');
  const name = `s_${randomBytes(8).toString('hex')}`;
  await onServer(adminUrl, `CREATE DATABASE ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    endConnections: (applicationName) =>
      onServer(
        adminUrl,
        `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
          WHERE datname = '${name}' AND application_name = '${applicationName}'`,
      ),
    drop: () => onServer(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}
