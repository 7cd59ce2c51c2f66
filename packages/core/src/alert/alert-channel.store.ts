import type { Queryable, Tx } from '@naru/db/database.ts';
import { sql } from 'kysely';
import type { AlertChannel, MessageState } from './alert.ts';

type Row = Omit<AlertChannel, 'lastMessage'> & {
  lastState: MessageState | null;
  lastAt: Date | null;
  lastAttempts: number | null;
  lastError: string | null;
};

/** Those in use, by name, each with the last message to it. */
export async function listChannels(db: Queryable, id: string | null = null): Promise<AlertChannel[]> {
  const { rows } = await sql<Row>`
    SELECT c.id, c.name, c.kind, c.targets, c.severity_min AS "severityMin", c.created_at AS "createdAt",
           m.state AS "lastState", coalesce(m.ended_at, m.created_at) AS "lastAt", m.attempts AS "lastAttempts",
           m.last_error AS "lastError"
      FROM alert_channel c
      LEFT JOIN LATERAL (SELECT * FROM alert_message WHERE channel_id = c.id ORDER BY created_at DESC LIMIT 1) m ON true
     WHERE c.removed_at IS NULL AND (${id}::uuid IS NULL OR c.id = ${id})
     ORDER BY c.name`.execute(db);
  return rows.map(({ lastState, lastAt, lastAttempts, lastError, ...channel }) => ({
    ...channel,
    lastMessage:
      lastState === null || lastAt === null
        ? null
        : { state: lastState, at: lastAt, attempts: lastAttempts ?? 0, lastError },
  }));
}

/** One at a time, so that names and their number hold. */
export async function lockChannels(tx: Tx): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('alert channels', 2))`.execute(tx);
}

export async function insertChannel(
  tx: Tx,
  channel: Pick<AlertChannel, 'id' | 'name' | 'kind' | 'targets' | 'severityMin'>,
): Promise<void> {
  await sql`
    INSERT INTO alert_channel (id, name, kind, targets, severity_min)
    VALUES (${channel.id}, ${channel.name}, ${channel.kind}, ${channel.targets}::text[], ${channel.severityMin})`.execute(
    tx,
  );
}

/** Takes it out of use, with what it was not told yet. False: there is none of this id in use. */
export async function removeChannel(tx: Tx, id: string): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    UPDATE alert_channel SET removed_at = clock_timestamp() WHERE id = ${id} AND removed_at IS NULL
    RETURNING id`.execute(tx);
  await sql`
    UPDATE alert_message SET state = 'GIVEN_UP', ended_at = clock_timestamp(), last_error = 'the channel was removed'
     WHERE channel_id = ${id} AND state = 'PENDING'`.execute(tx);
  return rows.length > 0;
}
