import type { Database, Queryable, Tx } from '@naru/db/database.ts';
import { sql } from 'kysely';
import type { AttemptOutcome } from './webhook.ts';

/** Endpoints in use that have messages to try now, those that wait longest first. */
export async function listDueEndpoints(
  db: Queryable,
  limit: number,
): Promise<{ endpointId: string; failureCount: number }[]> {
  const { rows } = await sql<{ endpointId: string; failureCount: number }>`
    SELECT p.id AS "endpointId", coalesce(h.failure_count, 0) AS "failureCount"
      FROM webhook_endpoint p
      JOIN LATERAL (SELECT not_before FROM webhook_message m
                     WHERE m.endpoint_id = p.id AND m.state = 'PENDING' AND m.not_before <= now()
                     ORDER BY m.not_before LIMIT 1) due ON true
      LEFT JOIN webhook_endpoint_health h ON h.endpoint_id = p.id
     WHERE p.state = 'ACTIVE' AND (h.hold_until IS NULL OR h.hold_until <= now())
     ORDER BY due.not_before LIMIT ${limit}`.execute(db);
  return rows;
}

/** A message that is ours to try until `leaseEndsMs` (on the clock of this process). */
export type Claimed = {
  id: string;
  endpointId: string;
  claim: string;
  attemptCount: number;
  failureCount: number;
  eventAt: Date;
  body: string;
};

/**
 * Takes messages of endpoints that are due. A later change of the same thing waits until the earlier one has had its
 * first try. One whose last try never ended, as its process died, gets that try into its log.
 * `OFFSET 0` keeps that a look-up by the thing itself: as a join, the planner reads everything untried for each message.
 */
export async function claimMessages(
  db: Database,
  wanted: readonly { endpointId: string; limit: number }[],
  claim: { id: string; leaseMs: number },
): Promise<Claimed[]> {
  const { rows } = await sql<Claimed>`
    WITH due AS MATERIALIZED (
      SELECT m.id, m.claim, m.attempt_count
        FROM unnest(${wanted.map((one) => one.endpointId)}::uuid[], ${wanted.map((one) => one.limit)}::integer[])
               AS w (endpoint_id, count)
        CROSS JOIN LATERAL (
          SELECT m.id, m.claim, m.attempt_count FROM webhook_message m
           WHERE m.endpoint_id = w.endpoint_id AND m.state = 'PENDING' AND m.not_before <= now()
             AND NOT EXISTS (SELECT 1 FROM webhook_message b
                              WHERE b.endpoint_id = m.endpoint_id AND b.subject = m.subject AND b.sequence < m.sequence
                                AND b.state = 'PENDING' AND b.attempt_count = 0 OFFSET 0)
           ORDER BY m.not_before, m.id LIMIT w.count FOR UPDATE SKIP LOCKED) m
    ), taken AS (
      UPDATE webhook_message m
         SET claim = ${claim.id}, not_before = clock_timestamp() + ${claim.leaseMs} * interval '1 millisecond',
             attempt_count = m.attempt_count + CASE WHEN due.claim IS NULL THEN 0 ELSE 1 END
        FROM due WHERE m.id = due.id
      RETURNING m.id, m.endpoint_id, m.event_id, m.attempt_count, m.failure_count, m.claim
    ), interrupted AS (
      INSERT INTO webhook_attempt (message_id, number, at, outcome, url, error)
      SELECT due.id, due.attempt_count + 1, clock_timestamp(), 'INTERRUPTED', p.url,
             'the process that sent it ended meanwhile: it may have arrived'
        FROM due JOIN taken t ON t.id = due.id JOIN webhook_endpoint p ON p.id = t.endpoint_id
       WHERE due.claim IS NOT NULL
    )
    SELECT t.id, t.endpoint_id AS "endpointId", t.claim, t.attempt_count AS "attemptCount",
           t.failure_count AS "failureCount", e.at AS "eventAt", e.body
      FROM taken t JOIN webhook_event e ON e.id = t.event_id ORDER BY t.id`.execute(db);
  return rows;
}

/** Gives back what was taken and not begun: it is due at once. */
export async function releaseMessages(
  db: Queryable,
  messages: readonly Pick<Claimed, 'id' | 'claim'>[],
): Promise<void> {
  if (messages.length === 0) return;
  await sql`
    UPDATE webhook_message m SET claim = NULL, not_before = now()
      FROM unnest(${messages.map((one) => one.id)}::uuid[], ${messages.map((one) => one.claim)}::uuid[]) AS r (id, claim)
     WHERE m.id = r.id AND m.claim = r.claim`.execute(db);
}

/** How a try went, and what becomes of its message. */
export type TryRecord = {
  id: string;
  claim: string;
  /** FAILED: no further try by itself. */
  state: 'PENDING' | 'DELIVERED' | 'FAILED';
  /** Until the next try; 0 where there is none. */
  delayMs: number;
  at: Date;
  durationMs: number;
  outcome: AttemptOutcome;
  url: string;
  address: string | null;
  requestHeaders: Record<string, string>;
  status: number | null;
  responseHeaders: Record<string, string> | null;
  responseBody: string | null;
  error: string | null;
};

/** Only where the claim still holds. Returns the messages that it was recorded for. */
export async function recordTries(tx: Tx, tries: readonly TryRecord[]): Promise<Set<string>> {
  const json = (value: Record<string, string> | null) => (value === null ? null : JSON.stringify(value));
  const { rows } = await sql<{ id: string }>`
    WITH r AS (
      SELECT * FROM unnest(
        ${tries.map((one) => one.id)}::uuid[], ${tries.map((one) => one.claim)}::uuid[],
        ${tries.map((one) => one.state)}::text[], ${tries.map((one) => one.delayMs)}::float8[],
        ${tries.map((one) => one.at.toISOString())}::timestamptz[], ${tries.map((one) => one.durationMs)}::integer[],
        ${tries.map((one) => one.outcome)}::text[], ${tries.map((one) => one.url)}::text[],
        ${tries.map((one) => one.address)}::text[], ${tries.map((one) => json(one.requestHeaders))}::json[],
        ${tries.map((one) => one.status)}::integer[], ${tries.map((one) => json(one.responseHeaders))}::json[],
        ${tries.map((one) => one.responseBody)}::text[], ${tries.map((one) => one.error)}::text[])
        AS r (id, claim, state, delay_ms, at, duration_ms, outcome, url, address, request_headers, status,
              response_headers, response_body, error)
    ), done AS (
      UPDATE webhook_message m
         SET state = r.state, claim = NULL, attempt_count = m.attempt_count + 1,
             failure_count = m.failure_count + CASE r.state WHEN 'DELIVERED' THEN 0 ELSE 1 END,
             not_before = clock_timestamp() + r.delay_ms * interval '1 millisecond',
             ended_at = CASE WHEN r.state <> 'PENDING' THEN clock_timestamp() END
        FROM r WHERE m.id = r.id AND m.claim = r.claim
      RETURNING m.id, m.attempt_count
    )
    INSERT INTO webhook_attempt (message_id, number, at, duration_ms, outcome, url, address, request_headers, status,
                                 response_headers, response_body, error)
    SELECT r.id, done.attempt_count, r.at, r.duration_ms, r.outcome, r.url, r.address, r.request_headers, r.status,
           r.response_headers, r.response_body, r.error
      FROM r JOIN done ON done.id = r.id
    RETURNING message_id AS id`.execute(tx);
  return new Set(rows.map(({ id }) => id));
}

/** What an endpoint that is gone, or that does not want what it missed, is not told any more. */
export async function skipPending(tx: Tx, endpointId: string): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE webhook_message SET state = 'SKIPPED', claim = NULL, ended_at = now()
     WHERE endpoint_id = ${endpointId} AND state = 'PENDING'`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

/** What waits for its next try is tried at once, with the whole schedule before it. */
export async function hurryPending(tx: Tx, endpointId: string): Promise<void> {
  await sql`
    UPDATE webhook_message SET failure_count = 0, not_before = now()
     WHERE endpoint_id = ${endpointId} AND state = 'PENDING' AND claim IS NULL`.execute(tx);
}

/** Once more, now, wherever it stands. One that is under way stays as it is. */
export async function requeueMessage(tx: Tx, organisationId: string, id: string): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    UPDATE webhook_message
       SET state = 'PENDING', failure_count = 0, ended_at = NULL,
           not_before = CASE WHEN claim IS NULL THEN now() ELSE not_before END
     WHERE id = ${id} AND organisation_id = ${organisationId}
    RETURNING id`.execute(tx);
  return rows.length > 0;
}
