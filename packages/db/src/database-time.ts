import { assertPresent } from '@naru/kit/assert.ts';
import { sql } from 'kysely';
import type { Queryable } from './database.ts';

/**
 * The moment by the database's clock, the one that all processes share: what is in force, how old a rate is and which day
 * it is must not depend on the clock of the machine that asks.
 */
export async function readDatabaseTime(db: Queryable): Promise<Date> {
  const { rows } = await sql<{ at: Date }>`SELECT clock_timestamp() AS at`.execute(db);
  return assertPresent(rows[0], "database's time").at;
}
