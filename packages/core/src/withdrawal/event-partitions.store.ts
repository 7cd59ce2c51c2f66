import { type Database, isLockNotAvailable } from '@naru/db/database.ts';
import { sql } from 'kysely';
import { EVENT_MONTHS_AHEAD } from './withdrawal.limits.ts';

/**
 * Makes the monthly partitions of the log of events, this month's and the coming ones, where they are missing. Safe to
 * call at any time, from several processes; once a day is plenty. Returns the names of those it made. Nothing fails
 * without them: events then go to the default partition, from which a month that has begun there does not move.
 */
export async function ensureEventPartitions(db: Database): Promise<string[]> {
  try {
    const { rows } = await sql<{ name: string }>`
      SELECT ensure_event_partitions AS name FROM ensure_event_partitions(${EVENT_MONTHS_AHEAD}::integer)`.execute(
      db,
    );
    return rows.map((row) => row.name);
  } catch (error) {
    // Somebody has read the log for longer than this may wait, and writers would wait behind it. Next time.
    if (isLockNotAvailable(error)) return [];
    throw error;
  }
}
