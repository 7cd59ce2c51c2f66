import type { Queryable } from '@naru/db/database.ts';
import { sql } from 'kysely';
import type { Attempt, Delivery, DeliveryFilter, Replay } from './webhook.ts';

const columns = sql`
  m.id, m.endpoint_id AS "endpointId", m.event_id AS "eventId", e.position, m.type, m.subject, m.sequence, m.state,
  m.attempt_count AS "attemptCount", CASE m.state WHEN 'PENDING' THEN m.not_before END AS "nextAttemptAt",
  e.at AS "eventAt", m.created_at AS "createdAt", m.ended_at AS "endedAt", t.status AS "lastStatus",
  t.error AS "lastError"`;
const parents = sql`
  JOIN webhook_event e ON e.id = m.event_id
  LEFT JOIN webhook_attempt t ON t.message_id = m.id AND t.number = m.attempt_count`;

/** Newest first. `after` is the id of the last one of the page before. */
export async function listDeliveries(
  db: Queryable,
  endpoint: { organisationId: string; endpointId: string },
  filter: DeliveryFilter,
  page: { limit: number; after: string | null },
): Promise<{ data: Delivery[]; next: string | null }> {
  const { rows } = await sql<Delivery>`
    SELECT ${columns} FROM webhook_message m ${parents}
     WHERE m.endpoint_id = ${endpoint.endpointId} AND m.organisation_id = ${endpoint.organisationId}
       AND (${filter.state ?? null}::text IS NULL OR m.state = ${filter.state ?? null})
       AND (${filter.type ?? null}::text IS NULL OR m.type = ${filter.type ?? null})
       AND (${page.after}::uuid IS NULL OR m.id < ${page.after})
     ORDER BY m.id DESC LIMIT ${page.limit + 1}`.execute(db);
  const data = rows.slice(0, page.limit);
  return { data, next: rows.length > page.limit ? (data.at(-1)?.id ?? null) : null };
}

export async function readDelivery(
  db: Queryable,
  organisationId: string,
  id: string,
): Promise<{ delivery: Delivery; body: string; attempts: Attempt[] } | null> {
  const { rows } = await sql<Delivery & { body: string }>`
    SELECT ${columns}, e.body FROM webhook_message m ${parents}
     WHERE m.id = ${id} AND m.organisation_id = ${organisationId}`.execute(db);
  const [found] = rows;
  if (found === undefined) return null;
  const { body, ...delivery } = found;
  const { rows: attempts } = await sql<Attempt>`
    SELECT number, at, duration_ms AS "durationMs", outcome, url, address, request_headers AS "requestHeaders", status,
           response_headers AS "responseHeaders", response_body AS "responseBody", error
      FROM webhook_attempt WHERE message_id = ${id} ORDER BY number`.execute(db);
  return { delivery, body, attempts };
}

/** An event that did not come from the log of withdrawals, as its text. */
export async function readStoredEvent(
  db: Queryable,
  organisationId: string,
  id: string,
): Promise<string | null> {
  const { rows } = await sql<{ body: string }>`
    SELECT body FROM webhook_event WHERE id = ${id} AND organisation_id = ${organisationId}`.execute(db);
  return rows[0]?.body ?? null;
}

export async function readReplay(db: Queryable, organisationId: string, id: string): Promise<Replay | null> {
  const { rows } = await sql<Replay>`
    SELECT id, endpoint_id AS "endpointId", events, redeliver, from_at AS "fromAt", to_at AS "toAt",
           queued_count AS "queuedCount", created_at AS "createdAt", ended_at AS "endedAt"
      FROM webhook_replay WHERE id = ${id} AND organisation_id = ${organisationId}`.execute(db);
  return rows[0] ?? null;
}

export async function readMessageOfEvent(
  db: Queryable,
  endpointId: string,
  eventId: string,
): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM webhook_message WHERE event_id = ${eventId} AND endpoint_id = ${endpointId}`.execute(db);
  return rows[0]?.id ?? null;
}

/** What endpoints were told of a withdrawal, newest first, with where to. For operators: whoever owns it. */
export async function listDeliveriesAbout(
  db: Queryable,
  withdrawalId: string,
  limit: number,
): Promise<(Delivery & { url: string })[]> {
  // Events are named by what they tell of, so that those of one withdrawal are found by their ids. Who named them knows
  // moments to the millisecond, cut off; the function would round.
  const { rows } = await sql<Delivery & { url: string }>`
    SELECT ${columns}, p.url
      FROM webhook_message m ${parents} JOIN webhook_endpoint p ON p.id = m.endpoint_id
     WHERE m.event_id = ANY (ARRAY (
             SELECT webhook_uuid(date_trunc('milliseconds', l.at), 'withdrawal ' || l.withdrawal_id || '/' || l.version)
               FROM withdrawal_event l WHERE l.withdrawal_id = ${withdrawalId}))
     ORDER BY m.id DESC LIMIT ${limit}`.execute(db);
  return rows;
}
