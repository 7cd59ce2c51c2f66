import type { Queryable, Tx } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { sql } from 'kysely';
import { readOtherEvents } from '../event/organisation-event.store.ts';
import { describeEvents, type LogEntry } from '../withdrawal/event-log.reader.ts';
import { type NewEvent, typeOfState } from './webhook.ts';

const states = Object.keys(typeOfState);
const types = Object.values(typeOfState);

/**
 * How far the log was handed on, until the commit nobody else's to move. Whoever takes an endpoint into use or out of it
 * locks this first: so it is certain which events were handed on before.
 */
export async function lockCursor(tx: Tx): Promise<bigint> {
  const { rows } = await sql<{
    position: bigint;
  }>`SELECT position FROM webhook_cursor WHERE id = 1 FOR UPDATE`.execute(tx);
  return assertPresent(rows[0], 'webhook cursor').position;
}

/** Null: there is no endpoint in use, and nothing to hand on. */
export async function readHandOnStart(db: Queryable): Promise<{ cursor: bigint; from: bigint } | null> {
  const { rows } = await sql<{ cursor: bigint; first: bigint | null }>`
    SELECT position AS cursor, (SELECT min(from_position) FROM webhook_endpoint WHERE state = 'ACTIVE') AS first
      FROM webhook_cursor WHERE id = 1`.execute(db);
  const { cursor, first } = assertPresent(rows[0], 'webhook cursor');
  if (first === null) return null;
  return { cursor, from: first > cursor ? first : cursor };
}

export async function moveCursor(tx: Tx, position: bigint): Promise<void> {
  await sql`UPDATE webhook_cursor SET position = ${position} WHERE id = 1 AND position < ${position}`.execute(
    tx,
  );
}

/** Events after a position up to another that some endpoint in use wants to be told of. */
export async function readWantedEvents(
  db: Queryable,
  range: { after: bigint; upTo: bigint },
): Promise<LogEntry[]> {
  const { after, upTo } = range;
  const events = await describeEvents(
    db,
    sql`(SELECT v.* FROM withdrawal_event v
           JOIN unnest(${states}::text[], ${types}::text[]) AS k (state, type) ON k.state = v.to_state
           JOIN LATERAL (SELECT organisation_id FROM withdrawal WHERE id = v.withdrawal_id LIMIT 1) o ON true
          WHERE v.position > ${after} AND v.position <= ${upTo}
            AND EXISTS (SELECT 1 FROM webhook_endpoint p
                         WHERE p.organisation_id = o.organisation_id AND p.state = 'ACTIVE'
                           AND v.position > p.from_position AND webhook_wants(p.events, k.type)))`,
    sql`true ORDER BY e.position`,
  );
  const others = await readOtherEvents(
    db,
    sql`e.position > ${after} AND e.position <= ${upTo}
        AND EXISTS (SELECT 1 FROM webhook_endpoint p
                     WHERE p.organisation_id = e.organisation_id AND p.state = 'ACTIVE'
                       AND e.position > p.from_position AND webhook_wants(p.events, e.type))
        ORDER BY e.position`,
  );
  return [...events, ...others];
}

/**
 * Writes events down with a message for each endpoint in use that wants them; for `only`, an endpoint that is told of
 * what it asks for by itself. What is there already stays as it is. Events that nobody wants leave no row.
 */
export async function insertEvents(
  tx: Tx,
  events: readonly NewEvent[],
  only: { endpointId: string; filter: readonly string[] | null; redeliver: boolean } | null = null,
): Promise<{ messages: number }> {
  if (events.length === 0) return { messages: 0 };
  const chosen =
    only === null
      ? sql`p.state = 'ACTIVE' AND (e.position IS NULL OR e.position > p.from_position)
            AND webhook_wants(p.events, e.type)`
      : sql`p.id = ${only.endpointId} AND p.state <> 'DELETED'
            AND webhook_wants(coalesce(${only.filter}::text[], p.events), e.type)`;
  const again = sql`DO UPDATE SET state = 'PENDING', failure_count = 0, not_before = now(), ended_at = NULL`;
  const onConflict =
    only === null
      ? sql`DO NOTHING`
      : only.redeliver
        ? sql`${again} WHERE m.state <> 'PENDING'`
        : sql`${again} WHERE m.state IN ('FAILED', 'SKIPPED')`;
  const { rows } = await sql<{ id: string }>`
    WITH e AS (
      SELECT * FROM unnest(${events.map((one) => one.id)}::uuid[], ${events.map((one) => one.organisationId)}::uuid[],
                           ${events.map((one) => one.type)}::text[],
                           ${events.map((one) => one.position?.toString() ?? null)}::bigint[],
                           ${events.map((one) => one.subject)}::text[], ${events.map((one) => one.sequence)}::integer[],
                           ${events.map((one) => one.at.toISOString())}::timestamptz[],
                           ${events.map((one) => one.body)}::text[])
        AS e (id, organisation_id, type, position, subject, sequence, at, body)
    ), wanted AS (
      SELECT e.*, p.id AS endpoint_id FROM e JOIN webhook_endpoint p ON p.organisation_id = e.organisation_id AND ${chosen}
    ), written AS (
      INSERT INTO webhook_event (id, organisation_id, type, position, subject, sequence, at, body)
      SELECT DISTINCT ON (id) id, organisation_id, type, position, subject, sequence, at, body FROM wanted
      ON CONFLICT (id) DO NOTHING
    )
    INSERT INTO webhook_message AS m (id, organisation_id, endpoint_id, event_id, type, subject, sequence)
    SELECT webhook_uuid(at, endpoint_id || '/' || id), organisation_id, endpoint_id, id, type, subject, sequence
      FROM wanted ORDER BY position, id
    ON CONFLICT (id) ${onConflict}
    RETURNING id`.execute(tx);
  return { messages: rows.length };
}
