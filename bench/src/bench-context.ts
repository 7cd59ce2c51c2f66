import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureEventPartitions } from '@naru/core/withdrawal/event-partitions.store.ts';
import { openDatabase } from '@naru/db/database.ts';
import { migrate } from '@naru/db/migrate.ts';
import { createDatabase, createDatabaseFromTemplate } from '@naru/local-servers/databases.ts';
import { startLocalPostgres } from '@naru/local-servers/postgres.ts';
import type { Cleanup } from './cleanup.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TEMPLATE = 'bench_template';

/** What every measurement works with. */
export type BenchContext = {
  /** The repository. */
  readonly root: string;
  /** Smaller sizes: to see that everything works, not for figures to keep. */
  readonly isQuick: boolean;
  /** Of this run alone; removed at its end. */
  readonly dir: string;
  /** CPU profiles of the roles go here, when asked for. */
  readonly profileDir: string | null;
  readonly cleanup: Cleanup;
  /** The process id of the run's PostgreSQL. */
  readonly postgresPid: number;
  /** PATH of the programs that are started. */
  readonly path: string;
  /** Tells the person at the terminal what goes on. */
  progress(text: string): void;
  /** A migrated, empty database of its own on the run's server. Returns its URL. */
  createDatabase(name: string): Promise<string>;
  /** A copy of a database that nobody is connected to. */
  copyDatabase(name: string, template: string): Promise<string>;
};

/** Starts the PostgreSQL that all measurements share, with the settings of production: fsync is on. */
export async function openBenchContext(options: {
  isQuick: boolean;
  profileDir: string | null;
  path: string;
  cleanup: Cleanup;
  progress: (text: string) => void;
}): Promise<BenchContext> {
  const dir = await mkdtemp(path.join(tmpdir(), 'naru-bench-'));
  options.cleanup.add(() => rm(dir, { recursive: true, force: true }));
  const postgres = await startLocalPostgres({
    dataDir: path.join(dir, 'postgres'),
    password: 'bench',
    database: 'bench',
    tuning: 'durable',
    logFile: path.join(dir, 'postgres.log'),
  });
  options.cleanup.add(() => postgres.destroy());
  await prepareTemplate(await createDatabase(postgres.url, TEMPLATE));
  return {
    ...options,
    root: ROOT,
    dir,
    postgresPid: postgres.pid,
    createDatabase: (name) => createDatabaseFromTemplate(postgres.url, name, TEMPLATE),
    copyDatabase: (name, template) => createDatabaseFromTemplate(postgres.url, name, template),
  };
}

/** As `naru migrate` leaves a database. Nobody may stay connected to a template. */
async function prepareTemplate(databaseUrl: string): Promise<void> {
  await migrate(databaseUrl);
  const db = openDatabase({ databaseUrl, applicationName: 'naru-bench', connectionsMax: 1 });
  try {
    await ensureEventPartitions(db);
  } finally {
    await db.destroy();
  }
}
