import { sql } from 'kysely';
import type { Database } from './database.ts';

/**
 * Does `work` if nobody else does work of this name in this database now; null otherwise. The right is bound to a
 * connection that is kept meanwhile: it is given back when the process ends, however that happens. A connection that is
 * lost half-way gives it up early, so what `work` writes must be right with two of it as well.
 */
export async function withExclusive<T>(
  db: Database,
  name: string,
  work: () => Promise<T>,
): Promise<{ value: T } | null> {
  return await db.connection().execute(async (connection) => {
    const { rows } = await sql<{ locked: boolean }>`
      SELECT pg_try_advisory_lock(hashtextextended(${name}, 2)) AS locked`.execute(connection);
    if (rows[0]?.locked !== true) return null;
    try {
      return { value: await work() };
    } finally {
      await sql`SELECT pg_advisory_unlock(hashtextextended(${name}, 2))`.execute(connection);
    }
  });
}
