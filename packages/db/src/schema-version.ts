import { sql } from 'kysely';
import type { Database } from './database.ts';
import { readRestoreMark } from './restore-mark.ts';

/** Of the newest file in `migrations/`. Stands here, since a role that runs cannot read those files. */
export const SCHEMA_VERSION = 28;

/** For `/readyz` and start-up of a role: null when it may work on this database, else what to do. */
export async function findStartProblem(db: Database): Promise<string | null> {
  const restored = await readRestoreMark(db);
  if (restored !== null)
    return `the database was restored (${restored}) and may be older than the chain: run \`naru recover\` first, so that nothing is paid twice`;
  return await findSchemaProblem(db);
}

/** Null when the database has exactly this program's schema, else what to do. */
export async function findSchemaProblem(db: Database): Promise<string | null> {
  const found = await sql<{
    present: boolean;
  }>`SELECT to_regclass('schema_migration') IS NOT NULL AS present`.execute(db);
  if (found.rows[0]?.present !== true) return 'the database has no schema: run `naru migrate`';
  const { rows } = await sql<{
    version: number | null;
  }>`SELECT max(version) AS version FROM schema_migration`.execute(db);
  const current = rows[0]?.version ?? 0;
  if (current === SCHEMA_VERSION) return null;
  if (current > SCHEMA_VERSION)
    return `the database has schema ${current}, newer than this program's ${SCHEMA_VERSION}: run the newer version of the program`;
  return `the database has schema ${current}, this program needs ${SCHEMA_VERSION}: run \`naru migrate\``;
}
