import { sql } from 'kysely';
import type { Database } from './database.ts';

/**
 * A restored database is older than the chain. Until `naru recover` has read the chain, a role that pays from it could pay
 * again what was paid after the backup. So the restore leaves a mark, and no role starts on a database that has it. It is
 * a setting of the database, which a dump or a clone does not carry along, and whose name means nothing to PostgreSQL.
 */
const MARK = 'naru.restored';

/** Marks the database as restored, with what it was restored from. Its owner or a superuser may. */
export async function markRestored(db: Database, from: string): Promise<void> {
  await sql`ALTER DATABASE ${sql.id(await currentDatabase(db))} SET ${sql.id('naru', 'restored')} TO ${sql.lit(from)}`.execute(
    db,
  );
}

/** What it was restored from, or null when there is no mark. Read from the catalogue: sessions see settings of their start. */
export async function readRestoreMark(db: Database): Promise<string | null> {
  const { rows } = await sql<{ setting: string }>`
    SELECT setting FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) AS setting
     WHERE d.datname = current_database() AND s.setrole = 0 AND setting LIKE ${`${MARK}=%`}`.execute(db);
  return rows[0]?.setting.slice(MARK.length + 1) ?? null;
}

export async function clearRestoreMark(db: Database): Promise<void> {
  await sql`ALTER DATABASE ${sql.id(await currentDatabase(db))} RESET ${sql.id('naru', 'restored')}`.execute(
    db,
  );
}

async function currentDatabase(db: Database): Promise<string> {
  const { rows } = await sql<{ name: string }>`SELECT current_database() AS name`.execute(db);
  return rows[0]?.name ?? '';
}
