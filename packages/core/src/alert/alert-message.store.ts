import type { Database, Queryable, Tx } from '@naru/db/database.ts';
import { sql } from 'kysely';
import type { Alarm } from '../reconciliation/invariants.ts';
import type { AlertChannel, AlertMessage, MessageContent, MessageState, NoticeKind } from './alert.ts';

export type Candidate = Pick<
  Alarm,
  'id' | 'invariant' | 'subject' | 'detail' | 'severity' | 'openedAt' | 'closedAt'
> & { kind: NoticeKind; number: number; ageMs: number };

/** Two dispatchers must not tell a channel the same thing: the second one sees what the first has written. */
export async function lockChannel(tx: Tx, channelId: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`alert channel ${channelId}`}, 2))`.execute(tx);
}

/**
 * What a channel has not been told of alarms: new ones, those that are closed since it was told, and those to remind of.
 * What has opened and closed in between is none. A channel is not told that it cannot be told.
 */
export async function findCandidates(
  tx: Tx,
  channel: Pick<AlertChannel, 'id' | 'name' | 'severityMin'>,
  limits: { reminderMs: number; resolvedWithinMs: number },
): Promise<Candidate[]> {
  const { rows } = await sql<Candidate>`
    SELECT a.id, a.invariant, a.subject, a.detail, a.severity, a.opened_at AS "openedAt", a.closed_at AS "closedAt",
           coalesce(told.number, 0) + 1 AS number,
           CASE WHEN told.number IS NULL THEN 'RAISED' WHEN a.closed_at IS NULL THEN 'REMINDER' ELSE 'RESOLVED' END AS kind,
           (extract(epoch FROM clock_timestamp() - a.opened_at) * 1000)::float8 AS "ageMs"
      FROM alarm a
      LEFT JOIN LATERAL (SELECT n.number, n.kind, n.at FROM alert_notice n
                          WHERE n.alarm_id = a.id AND n.channel_id = ${channel.id} ORDER BY n.number DESC LIMIT 1) told ON true
     WHERE (a.severity = 'CRITICAL' OR ${channel.severityMin} = 'WARNING')
       AND NOT (a.invariant = 'alert_delivery' AND a.subject = ${channel.name})
       AND CASE WHEN told.number IS NULL THEN a.closed_at IS NULL
                WHEN told.kind = 'RESOLVED' THEN false
                WHEN a.closed_at IS NOT NULL
                  THEN a.closed_at > clock_timestamp() - ${limits.resolvedWithinMs}::float8 * interval '1 millisecond'
                ELSE a.acknowledged_at IS NULL AND (a.snoozed_until IS NULL OR a.snoozed_until <= clock_timestamp())
                  AND told.at < clock_timestamp() - ${limits.reminderMs}::float8 * interval '1 millisecond' END
       -- Who is told that more than 1,000 wait need not be told that more than 500 do.
       AND NOT (told.number IS NULL AND a.severity = 'WARNING'
                AND EXISTS (SELECT 1 FROM alarm w WHERE w.invariant = a.invariant AND w.severity = 'CRITICAL'
                               AND w.closed_at IS NULL AND split_part(w.subject, ': ', 1) = split_part(a.subject, ': ', 1)))
     ORDER BY a.severity = 'WARNING', a.opened_at, a.id`.execute(tx);
  return rows;
}

/** Milliseconds since the last message of alarms was made for a channel; null: there was none. */
export async function readSinceLastMs(tx: Tx, channelId: string): Promise<number | null> {
  const { rows } = await sql<{ ms: number | null }>`
    SELECT (extract(epoch FROM clock_timestamp() - max(created_at)) * 1000)::float8 AS ms
      FROM alert_message WHERE channel_id = ${channelId} AND content ->> 'kind' = 'ALARMS'`.execute(tx);
  return rows[0]?.ms ?? null;
}

export async function insertMessage(
  tx: Tx,
  message: { id: string; channelId: string; content: MessageContent },
): Promise<void> {
  await sql`
    INSERT INTO alert_message (id, channel_id, content)
    VALUES (${message.id}, ${message.channelId}, ${JSON.stringify(message.content)}::json)`.execute(tx);
}

export async function insertNotices(
  tx: Tx,
  messageId: string,
  channelId: string,
  notices: readonly Pick<Candidate, 'id' | 'number' | 'kind'>[],
): Promise<void> {
  await sql`
    INSERT INTO alert_notice (alarm_id, channel_id, number, kind, message_id)
    SELECT n.alarm_id, ${channelId}, n.number, n.kind, ${messageId}
      FROM unnest(${notices.map(({ id }) => id)}::uuid[], ${notices.map(({ number }) => number)}::integer[],
                  ${notices.map(({ kind }) => kind)}::text[]) AS n (alarm_id, number, kind)`.execute(tx);
}

/**
 * Takes the oldest waiting message of each channel whose time has come, for one try: nobody is told of an end before the
 * beginning. A try that is lost with its process is made again when the lease is over.
 */
export async function claimMessages(
  db: Database,
  options: { limit: number; leaseMs: number },
): Promise<AlertMessage[]> {
  const { rows } = await sql<
    Omit<AlertMessage, 'channel'> & {
      channelId: string;
      name: string;
      channelKind: AlertChannel['kind'];
      targets: string[];
    }
  >`
    UPDATE alert_message m
       SET attempts = m.attempts + 1,
           next_attempt_at = clock_timestamp() + ${options.leaseMs}::float8 * interval '1 millisecond'
      FROM alert_channel c
     WHERE c.id = m.channel_id AND m.id = ANY (ARRAY (
             SELECT p.id FROM alert_message p
              WHERE p.state = 'PENDING' AND p.next_attempt_at <= clock_timestamp()
                AND NOT EXISTS (SELECT 1 FROM alert_message o
                                 WHERE o.channel_id = p.channel_id AND o.state = 'PENDING' AND o.id < p.id)
              ORDER BY p.id LIMIT ${options.limit} FOR UPDATE SKIP LOCKED))
    RETURNING m.id, m.content, m.created_at AS "createdAt", m.attempts, c.id AS "channelId", c.name,
              c.kind AS "channelKind", c.targets`.execute(db);
  return rows.map(({ channelId, name, channelKind, targets, ...message }) => ({
    ...message,
    channel: { id: channelId, name, kind: channelKind, targets },
  }));
}

/** Records how a try ended, unless another one has been made since. */
export async function recordTry(
  db: Database,
  message: Pick<AlertMessage, 'id' | 'attempts'>,
  outcome: { state: MessageState; error: string | null; againInMs: number },
): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    UPDATE alert_message
       SET state = ${outcome.state}, last_error = ${outcome.error},
           ended_at = CASE WHEN ${outcome.state} = 'PENDING' THEN NULL ELSE clock_timestamp() END,
           next_attempt_at = clock_timestamp() + ${outcome.againInMs}::float8 * interval '1 millisecond'
     WHERE id = ${message.id} AND state = 'PENDING' AND attempts = ${message.attempts}
    RETURNING id`.execute(db);
  return rows.length > 0;
}

export async function readMessage(
  db: Queryable,
  id: string,
): Promise<{ state: MessageState; attempts: number; lastError: string | null } | null> {
  const { rows } = await sql<{ state: MessageState; attempts: number; lastError: string | null }>`
    SELECT state, attempts, last_error AS "lastError" FROM alert_message WHERE id = ${id}`.execute(db);
  return rows[0] ?? null;
}

export type Undelivered = { name: string; waiting: number; oldestMs: number; lastError: string | null };

/** Channels in use whose oldest waiting message is older than this. */
export async function findUndelivered(db: Queryable, olderThanMs: number): Promise<Undelivered[]> {
  const { rows } = await sql<Undelivered>`
    SELECT c.name, count(*)::integer AS waiting,
           (extract(epoch FROM clock_timestamp() - min(m.created_at)) * 1000)::float8 AS "oldestMs",
           (array_agg(m.last_error ORDER BY m.id) FILTER (WHERE m.last_error IS NOT NULL))[1] AS "lastError"
      FROM alert_message m JOIN alert_channel c ON c.id = m.channel_id
     WHERE m.state = 'PENDING' AND c.removed_at IS NULL
     GROUP BY c.name
    HAVING min(m.created_at) < clock_timestamp() - ${olderThanMs}::float8 * interval '1 millisecond'`.execute(
    db,
  );
  return rows;
}
