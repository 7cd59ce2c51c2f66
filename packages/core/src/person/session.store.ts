import type { Queryable } from '@naru/db/database.ts';
import { type Role, scopesOfRole } from '@naru/wire/role.ts';
import { sql } from 'kysely';
import type { SignedIn } from './person.ts';

/** Who is signed in with this token, if the session and the membership are good now. */
export async function readSignedIn(db: Queryable, token: string): Promise<SignedIn | null> {
  const { rows } = await sql<{
    sessionId: string;
    provenAt: Date | null;
    id: string;
    name: string;
    email: string;
    role: Role;
    totp: boolean;
    passkey: boolean;
    organisationId: string;
    apiKeyId: string;
    network: 'test' | 'live';
    requestsPerMinuteMax: number;
  }>`
    SELECT s.id AS "sessionId", s.proven_at AS "provenAt", p.id, p.name, p.email, m.role,
           coalesce(p.two_factor_enabled, false) AS totp,
           EXISTS (SELECT 1 FROM person_passkey k WHERE k.person_id = p.id) AS passkey,
           m.organisation_id AS "organisationId", k.id AS "apiKeyId", k.network,
           k.requests_per_minute_max AS "requestsPerMinuteMax"
      FROM person_session s
      JOIN person p ON p.id = s.person_id
      JOIN person_membership m ON m.person_id = p.id AND m.ended_at IS NULL
      JOIN api_key k ON k.id = m.api_key_id AND k.revoked_at IS NULL
     WHERE s.token = ${token} AND s.expires_at > now()`.execute(db);
  const row = rows[0];
  if (row === undefined) return null;
  const { id, name, email, role, totp, passkey, provenAt, ...key } = row;
  return {
    caller: { ...key, scopes: scopesOfRole[role], person: { id, name, email, role } },
    secondFactor: { totp, passkey },
    provenAt,
  };
}

/** Whether the person may sign in at all. */
export async function isMember(db: Queryable, personId: string): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM person_membership m JOIN api_key k ON k.id = m.api_key_id AND k.revoked_at IS NULL
     WHERE m.person_id = ${personId} AND m.ended_at IS NULL`.execute(db);
  return rows.length > 0;
}

/** What a person proves who they are with, besides the password. */
export async function readFactors(
  db: Queryable,
  personId: string,
): Promise<{ email: string; totp: boolean; passkey: boolean } | null> {
  const { rows } = await sql<{ email: string; totp: boolean; passkey: boolean }>`
    SELECT p.email, coalesce(p.two_factor_enabled, false) AS totp,
           EXISTS (SELECT 1 FROM person_passkey k WHERE k.person_id = p.id) AS passkey
      FROM person p WHERE p.id = ${personId}`.execute(db);
  return rows[0] ?? null;
}

export async function markSignedIn(db: Queryable, personId: string): Promise<void> {
  await sql`UPDATE person SET last_signed_in_at = now() WHERE id = ${personId}`.execute(db);
}

/** A second factor was proven in this session just now. */
export async function markProven(db: Queryable, sessionId: string): Promise<void> {
  await sql`UPDATE person_session SET proven_at = clock_timestamp() WHERE id = ${sessionId}`.execute(db);
}

export async function deleteSession(db: Queryable, sessionId: string): Promise<void> {
  await sql`DELETE FROM person_session WHERE id = ${sessionId}`.execute(db);
}

/** Ends every session of a person; gives their number. */
export async function deleteSessionsOf(db: Queryable, personId: string): Promise<bigint> {
  const { numAffectedRows } = await sql`DELETE FROM person_session WHERE person_id = ${personId}`.execute(db);
  return numAffectedRows ?? 0n;
}

/** Until when the account of this e-mail is locked; null: it is not. */
export async function readLock(db: Queryable, email: string): Promise<Date | null> {
  const { rows } = await sql<{ until: Date }>`
    SELECT locked_until AS until FROM person_lock WHERE email = ${email} AND locked_until > now()`.execute(
    db,
  );
  return rows[0]?.until ?? null;
}

/**
 * Counts a wrong password or code and locks at `max` in a row. Failures longer ago than a lock lasts are forgotten. Gives
 * whether this one locked.
 */
export async function countFailure(
  db: Queryable,
  email: string,
  limit: { max: number; lockMs: number },
): Promise<boolean> {
  const { rows } = await sql<{ locked: boolean }>`
    INSERT INTO person_lock AS l (email, failed_count, last_failed_at)
    VALUES (${email}, 1, now())
    ON CONFLICT (email) DO UPDATE
       SET failed_count = CASE WHEN l.last_failed_at < now() - ${limit.lockMs} * interval '1 millisecond'
                               THEN 1 ELSE l.failed_count + 1 END,
           last_failed_at = now(),
           locked_until = CASE WHEN l.failed_count + 1 >= ${limit.max}
                                AND l.last_failed_at >= now() - ${limit.lockMs} * interval '1 millisecond'
                               THEN now() + ${limit.lockMs} * interval '1 millisecond' END
    RETURNING locked_until IS NOT NULL AS locked`.execute(db);
  return rows[0]?.locked ?? false;
}

export async function clearFailures(db: Queryable, email: string): Promise<void> {
  await sql`DELETE FROM person_lock WHERE email = ${email}`.execute(db);
}

/** The secret of a person's authenticator app, as it is sealed; null: there is none. */
export async function readTotpSecret(db: Queryable, personId: string): Promise<string | null> {
  const { rows } = await sql<{ secret: string }>`
    SELECT secret FROM person_two_factor WHERE person_id = ${personId}`.execute(db);
  return rows[0]?.secret ?? null;
}

/** Whether the code of this step is taken now, and neither it nor a later one was before. */
export async function takeTotpStep(
  db: Queryable,
  { personId, step }: { personId: string; step: number },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE person_two_factor SET used_step = ${step}
     WHERE person_id = ${personId} AND (used_step IS NULL OR used_step < ${step})`.execute(db);
  return numAffectedRows === 1n;
}
