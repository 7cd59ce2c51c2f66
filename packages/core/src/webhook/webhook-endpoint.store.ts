import type { Queryable, Tx } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { type RawBuilder, sql } from 'kysely';
import type { SealedSecret } from './secret-box.ts';
import type { EndpointReason, EndpointState } from './webhook.machine.ts';
import type { Endpoint } from './webhook.ts';

type Row = Omit<Endpoint, 'health'> & Endpoint['health'];

async function select(db: Queryable, tail: RawBuilder<unknown>): Promise<Endpoint[]> {
  const { rows } = await sql<Row>`
    SELECT p.id, p.organisation_id AS "organisationId", p.url, p.events, p.description, p.state,
           p.state_reason AS "stateReason", p.api_version AS "apiVersion", p.missed_since AS "missedSince",
           p.created_at AS "createdAt", p.updated_at AS "updatedAt",
           coalesce(h.failure_count, 0) AS "failureCount", h.failing_since AS "failingSince",
           coalesce(h.success_rate, 1) AS "successRate", h.last_success_at AS "lastSuccessAt",
           h.last_failure_at AS "lastFailureAt", h.last_error AS "lastError"
      FROM webhook_endpoint p LEFT JOIN webhook_endpoint_health h ON h.endpoint_id = p.id
     WHERE p.state <> 'DELETED' AND ${tail}`.execute(db);
  return rows.map((row) => {
    const { failureCount, failingSince, successRate, lastSuccessAt, lastFailureAt, lastError, ...rest } = row;
    const health = { failureCount, failingSince, successRate, lastSuccessAt, lastFailureAt, lastError };
    return { ...rest, health };
  });
}

export async function readEndpoint(
  db: Queryable,
  organisationId: string,
  id: string,
): Promise<Endpoint | null> {
  const [found] = await select(db, sql`p.id = ${id} AND p.organisation_id = ${organisationId}`);
  return found ?? null;
}

/** All that an organisation has, oldest first: few, by a limit. */
export async function listEndpoints(db: Queryable, organisationId: string): Promise<Endpoint[]> {
  return await select(db, sql`p.organisation_id = ${organisationId} ORDER BY p.id`);
}

/** One at a time for an organisation, so that its limit holds. */
export async function lockOrganisationEndpoints(tx: Tx, organisationId: string): Promise<number> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('webhook_endpoint/' || ${organisationId}, 0))`.execute(
    tx,
  );
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::integer AS count FROM webhook_endpoint
     WHERE organisation_id = ${organisationId} AND state <> 'DELETED'`.execute(tx);
  return rows[0]?.count ?? 0;
}

/** The row as it is now, until the commit; null for a deleted one and for one of another organisation. */
export async function lockEndpoint(
  tx: Tx,
  organisationId: string,
  id: string,
): Promise<{ state: EndpointState; missedFrom: bigint | null; missedSince: Date | null } | null> {
  const { rows } = await sql<{ state: EndpointState; missedFrom: bigint | null; missedSince: Date | null }>`
    SELECT state, missed_from AS "missedFrom", missed_since AS "missedSince" FROM webhook_endpoint
     WHERE id = ${id} AND organisation_id = ${organisationId} AND state <> 'DELETED' FOR UPDATE`.execute(tx);
  return rows[0] ?? null;
}

export type NewEndpoint = Pick<
  Endpoint,
  'id' | 'organisationId' | 'url' | 'events' | 'description' | 'apiVersion'
> & { fromPosition: bigint };

export async function insertEndpoint(tx: Tx, endpoint: NewEndpoint): Promise<void> {
  await sql`
    INSERT INTO webhook_endpoint (id, organisation_id, url, events, description, api_version, from_position)
    VALUES (${endpoint.id}, ${endpoint.organisationId}, ${endpoint.url}, ${endpoint.events}::text[],
            ${endpoint.description}, ${endpoint.apiVersion}, ${endpoint.fromPosition})`.execute(tx);
  await sql`INSERT INTO webhook_endpoint_health (endpoint_id) VALUES (${endpoint.id})`.execute(tx);
}

export async function updateEndpoint(
  tx: Tx,
  id: string,
  values: Pick<Endpoint, 'url' | 'events' | 'description'>,
): Promise<void> {
  await sql`
    UPDATE webhook_endpoint SET url = ${values.url}, events = ${values.events}::text[],
           description = ${values.description}, updated_at = now() WHERE id = ${id}`.execute(tx);
}

/** By compare-and-set on the state. Out of use it remembers where the log stood; deleted it loses its secrets. */
export async function moveEndpoint(
  tx: Tx,
  id: string,
  step: {
    from: EndpointState;
    to: EndpointState;
    reason: EndpointReason | null;
    /** Where the log was handed on up to. */
    position: bigint;
    /** In use again, it is told nothing of before this. */
    notBefore?: bigint;
  },
): Promise<boolean> {
  const { from, to, reason, position } = step;
  const isHeld = to === 'PAUSED' || to === 'DISABLED';
  const { numAffectedRows } = await sql`
    UPDATE webhook_endpoint
       SET state = ${to}, state_reason = ${reason}, updated_at = now(),
           from_position = greatest(from_position, ${step.notBefore ?? 0n}::bigint),
           missed_from = CASE WHEN ${isHeld} THEN ${position}::bigint END,
           missed_since = CASE WHEN ${isHeld} THEN now() END
     WHERE id = ${id} AND state = ${from}`.execute(tx);
  if (numAffectedRows !== 1n) return false;
  if (to === 'ACTIVE')
    await sql`
      UPDATE webhook_endpoint_health SET failure_count = 0, failing_since = NULL, hold_until = NULL
       WHERE endpoint_id = ${id}`.execute(tx);
  if (to === 'DELETED') await sql`DELETE FROM webhook_secret WHERE endpoint_id = ${id}`.execute(tx);
  return true;
}

export type StoredSecret = SealedSecret & { id: string; createdAt: Date; expiresAt: Date | null };

export async function insertSecret(
  tx: Tx,
  row: { id: string; endpointId: string; sealed: SealedSecret },
): Promise<void> {
  await sql`
    INSERT INTO webhook_secret (id, endpoint_id, key_id, sealed)
    VALUES (${row.id}, ${row.endpointId}, ${row.sealed.keyId}, ${row.sealed.sealed})`.execute(tx);
}

/** The present secret is valid for so long from now on. What is over goes. */
export async function retireSecrets(tx: Tx, endpointId: string, overlapMs: number): Promise<void> {
  await sql`
    UPDATE webhook_secret SET expires_at = now() + ${overlapMs} * interval '1 millisecond'
     WHERE endpoint_id = ${endpointId} AND (expires_at IS NULL
        OR expires_at > now() + ${overlapMs} * interval '1 millisecond')`.execute(tx);
  await sql`DELETE FROM webhook_secret WHERE endpoint_id = ${endpointId} AND expires_at <= now()`.execute(tx);
}

/** Keeps the newest ones. */
export async function trimSecrets(tx: Tx, endpointId: string, kept: number): Promise<void> {
  await sql`
    DELETE FROM webhook_secret WHERE id IN (
      SELECT id FROM webhook_secret WHERE endpoint_id = ${endpointId}
       ORDER BY expires_at DESC NULLS FIRST, id DESC OFFSET ${kept})`.execute(tx);
}

/** Valid secrets of endpoints, the present one first. */
export async function readSecrets(
  db: Queryable,
  endpointIds: readonly string[],
): Promise<Map<string, StoredSecret[]>> {
  const { rows } = await sql<StoredSecret & { endpointId: string }>`
    SELECT id, endpoint_id AS "endpointId", key_id AS "keyId", sealed, created_at AS "createdAt",
           expires_at AS "expiresAt"
      FROM webhook_secret
     WHERE endpoint_id = ANY (${[...endpointIds]}::uuid[]) AND (expires_at IS NULL OR expires_at > now())
     ORDER BY endpoint_id, expires_at DESC NULLS FIRST`.execute(db);
  const secrets = new Map<string, StoredSecret[]>();
  for (const { endpointId, ...row } of rows)
    secrets.set(endpointId, [...(secrets.get(endpointId) ?? []), row]);
  return secrets;
}

export async function readSecret(db: Queryable, id: string): Promise<StoredSecret | null> {
  const { rows } = await sql<StoredSecret>`
    SELECT id, key_id AS "keyId", sealed, created_at AS "createdAt", expires_at AS "expiresAt"
      FROM webhook_secret WHERE id = ${id}`.execute(db);
  return rows[0] ?? null;
}

/** Of endpoints by id, whoever owns them: for the machinery that sends. */
export async function readTargets(
  db: Queryable,
  endpointIds: readonly string[],
): Promise<Map<string, { url: string; organisationId: string }>> {
  const { rows } = await sql<{ id: string; url: string; organisationId: string }>`
    SELECT id, url, organisation_id AS "organisationId" FROM webhook_endpoint
     WHERE id = ANY (${[...endpointIds]}::uuid[])`.execute(db);
  return new Map(rows.map(({ id, ...target }) => [id, target]));
}

export type HealthChange = {
  endpointId: string;
  /** In the order in which they ended. */
  taken: number;
  failed: number;
  /** Failed ones after the last that was taken. */
  failedLast: number;
  error: string | null;
  holdMs: number | null;
};

/** One try is this part of the success rate. */
const RATE_WEIGHT = 0.02;

/** Returns, of those that failed, how they stand now. Rows are locked in the order of ids. */
export async function recordHealth(
  tx: Tx,
  changes: readonly HealthChange[],
): Promise<{ endpointId: string; failureCount: number; failingForMs: number }[]> {
  if (changes.length === 0) return [];
  const sorted = [...changes].sort((one, other) => (one.endpointId < other.endpointId ? -1 : 1));
  const ids = sorted.map((change) => change.endpointId);
  await sql`
    SELECT 1 FROM webhook_endpoint_health WHERE endpoint_id = ANY (${ids}::uuid[])
     ORDER BY endpoint_id FOR UPDATE`.execute(tx);
  const { rows } = await sql<{ endpointId: string; failureCount: number; failingForMs: number }>`
    UPDATE webhook_endpoint_health h
       SET failure_count = CASE WHEN r.taken > 0 THEN r.failed_last ELSE h.failure_count + r.failed END,
           failing_since = CASE WHEN r.taken > 0 THEN CASE WHEN r.failed_last > 0 THEN now() END
                                ELSE coalesce(h.failing_since, now()) END,
           success_rate = greatest(0, least(1, h.success_rate * power(1 - ${RATE_WEIGHT}::float8, r.taken + r.failed)
             + (1 - power(1 - ${RATE_WEIGHT}::float8, r.taken + r.failed)) * r.taken / (r.taken + r.failed))),
           last_success_at = CASE WHEN r.taken > 0 THEN now() ELSE h.last_success_at END,
           last_failure_at = CASE WHEN r.failed > 0 THEN now() ELSE h.last_failure_at END,
           last_error = coalesce(r.error, h.last_error),
           hold_until = CASE WHEN r.hold_ms IS NULL THEN h.hold_until
                             ELSE greatest(h.hold_until, now() + r.hold_ms * interval '1 millisecond') END
      FROM unnest(${ids}::uuid[], ${sorted.map((one) => one.taken)}::integer[],
                  ${sorted.map((one) => one.failed)}::integer[], ${sorted.map((one) => one.failedLast)}::integer[],
                  ${sorted.map((one) => one.error)}::text[], ${sorted.map((one) => one.holdMs)}::float8[])
        AS r (endpoint_id, taken, failed, failed_last, error, hold_ms)
     WHERE h.endpoint_id = r.endpoint_id
    RETURNING h.endpoint_id AS "endpointId", h.failure_count AS "failureCount",
              coalesce(extract(epoch FROM now() - h.failing_since) * 1000, 0)::float8 AS "failingForMs"`.execute(
    tx,
  );
  const counts = rows.filter((row) => row.failureCount > 0);
  assertPresent(rows[0], 'health of an endpoint');
  return counts;
}
