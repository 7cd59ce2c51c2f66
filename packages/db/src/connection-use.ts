import { sql } from 'kysely';
import type { Queryable } from './database.ts';

/** Share of the server's connections that is taken, by everybody: 1 means that nobody but a superuser gets in. */
export async function readConnectionUse(db: Queryable): Promise<number> {
  const { rows } = await sql<{ share: number }>`
    SELECT (sum(numbackends)::float8 / greatest(1, current_setting('max_connections')::integer
              - current_setting('superuser_reserved_connections')::integer)) AS share
      FROM pg_stat_database`.execute(db);
  return rows[0]?.share ?? 0;
}
