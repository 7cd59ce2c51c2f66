import { readdir } from 'node:fs/promises';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';
import { findSchemaProblem } from './schema-version.ts';
import { createScratchDatabase } from './scratch-database.fixture.ts';

let scratch: Awaited<ReturnType<typeof createScratchDatabase>>;
let db: Database;
let files: string[];

beforeEach(async () => {
  scratch = await createScratchDatabase();
  db = openDatabase({ databaseUrl: scratch.url, applicationName: 'naru-migrate-test', connectionsMax: 2 });
  files = (await readdir(new URL('../migrations/', import.meta.url))).sort();
});
afterEach(async () => {
  await db.destroy();
  await scratch.drop();
});

async function applied(): Promise<{ version: number; name: string; at: Date }[]> {
  const { rows } = await sql<{ version: number; name: string; at: Date }>`
    SELECT version, name, applied_at AS at FROM schema_migration ORDER BY version`.execute(db);
  return rows;
}

describe('migrate', () => {
  test('brings an empty database to the newest schema, once', async () => {
    expect(await findSchemaProblem(db)).toContain('run `naru migrate`');

    const first = await migrate(scratch.url);
    const rows = await applied();
    const second = await migrate(scratch.url);

    expect(first).toEqual({ applied: files, schemaVersion: files.length });
    expect(rows.map((row) => row.name)).toEqual(files);
    expect(second).toEqual({ applied: [], schemaVersion: files.length });
    expect(await applied()).toEqual(rows);
    expect(await findSchemaProblem(db)).toBeNull();
  });

  test('files are numbered from 1 without gaps, so that their order is never a matter of opinion', () => {
    expect(files.map((name) => Number(name.slice(0, 4)))).toEqual(files.map((_, index) => index + 1));
  });

  test('four migrators at once: each file runs once', async () => {
    const reports = await Promise.all([1, 2, 3, 4].map(() => migrate(scratch.url)));

    expect(reports.flatMap((report) => report.applied).sort()).toEqual(files);
    expect(reports.filter((report) => report.applied.length > 0)).toHaveLength(1);
  });

  test('a database that a newer version made is left alone', async () => {
    await migrate(scratch.url);
    await sql`INSERT INTO schema_migration (version, name, checksum) VALUES (9999, '9999_future.sql', 'x')`.execute(
      db,
    );

    await expect(migrate(scratch.url)).rejects.toMatchObject({ code: 'schema_newer' });
    expect(await findSchemaProblem(db)).toMatch(/newer than this program's/);
  });

  test('a file that was changed after it ran is refused by name', async () => {
    await migrate(scratch.url);
    await sql`UPDATE schema_migration SET checksum = 'another' WHERE version = 2`.execute(db);

    await expect(migrate(scratch.url)).rejects.toMatchObject({
      code: 'migration_changed',
      message: expect.stringContaining(files[1] ?? ''),
    });
  });

  test('a file that fails leaves nothing of itself, the files before it stay, and it can be run again', async () => {
    // A table in the way makes the second file fail half-way.
    await sql`CREATE TABLE ledger_transfer (id integer)`.execute(db);

    await expect(migrate(scratch.url)).rejects.toMatchObject({ code: 'migration_failed' });
    expect((await applied()).map((row) => row.name)).toEqual(files.slice(0, 1));
    const { rows } = await sql<{ found: boolean }>`
      SELECT to_regclass('ledger_account') IS NOT NULL AS found`.execute(db);
    expect(rows[0]?.found).toBe(false);
    expect(await findSchemaProblem(db)).toContain('run `naru migrate`');

    await sql`DROP TABLE ledger_transfer`.execute(db);
    expect((await migrate(scratch.url)).applied).toEqual(files.slice(1));
  });
});
