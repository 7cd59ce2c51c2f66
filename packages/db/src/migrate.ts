import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { assert } from '@naru/kit/assert.ts';
import { CodedError } from '@naru/kit/errors.ts';
import pg from 'pg';
import { migrateJobQueue } from './job-queue.ts';
import { SCHEMA_VERSION } from './schema-version.ts';

const MIGRATIONS_DIR = new URL('../migrations/', import.meta.url);
/** Any constant will do, as long as all versions of the program use the same. */
const MIGRATION_LOCK_ID = 7_230_001n;

type Migration = { version: number; name: string; text: string; checksum: string };

export type MigrateReport = { applied: string[]; schemaVersion: number };

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(MIGRATIONS_DIR)).filter((name) => /^\d{4}_[a-z_]+\.sql$/.test(name)).sort();
  const last = Number(names.at(-1)?.slice(0, 4));
  assert(last === SCHEMA_VERSION, `SCHEMA_VERSION is ${SCHEMA_VERSION}, and the last migration is ${last}`);
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, MIGRATIONS_DIR), 'utf8');
      return {
        version: Number(name.slice(0, 4)),
        name,
        text,
        checksum: createHash('sha256').update(text).digest('hex'),
      };
    }),
  );
}

/**
 * Brings the database to this program's schema: forward only, each file in a transaction of its own, one migrator at
 * a time. Refuses a schema newer than the program and a file that was changed after it ran. The queue of jobs is part of
 * it, so that roles need no right to change schemas.
 * @param settings of the session, such as who acts in it
 */
export async function migrate(
  databaseUrl: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<MigrateReport> {
  const migrations = await readMigrations();
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'naru-migrate' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK_ID]);
    for (const [name, value] of Object.entries(settings))
      await client.query('SELECT set_config($1, $2, false)', [name, value]);
    await client.query(`CREATE TABLE IF NOT EXISTS schema_migration (
      version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now())`);
    const { rows } = await client.query<{ version: number; name: string; checksum: string }>(
      'SELECT version, name, checksum FROM schema_migration ORDER BY version',
    );
    checkApplied(migrations, rows);
    const applied: string[] = [];
    for (const migration of migrations.slice(rows.length)) {
      await client.query('BEGIN');
      try {
        await client.query(migration.text);
        await client.query('INSERT INTO schema_migration (version, name, checksum) VALUES ($1, $2, $3)', [
          migration.version,
          migration.name,
          migration.checksum,
        ]);
        await client.query('COMMIT');
      } catch (error) {
        await client.query('ROLLBACK');
        throw new CodedError(
          'migration_failed',
          `migration ${migration.name} failed; nothing of it was kept`,
          {
            cause: error,
          },
        );
      }
      applied.push(migration.name);
    }
    await migrateJobQueue(databaseUrl);
    return { applied, schemaVersion: SCHEMA_VERSION };
  } finally {
    await client.end();
  }
}

function checkApplied(
  migrations: Migration[],
  rows: { version: number; name: string; checksum: string }[],
): void {
  for (const [index, row] of rows.entries()) {
    const migration = migrations[index];
    if (migration === undefined || migration.version !== row.version)
      throw new CodedError(
        'schema_newer',
        `the database has migration ${row.name}, which this version of the program does not know; run the version that made it, or a newer one`,
      );
    if (migration.checksum !== row.checksum)
      throw new CodedError(
        'migration_changed',
        `migration ${row.name} was changed after it ran; put the file back and write a new migration`,
      );
  }
}
