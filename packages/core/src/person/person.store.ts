import { randomBytes } from 'node:crypto';
import type { Queryable, Tx } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { type Role, scopesOfRole } from '@naru/wire/role.ts';
import { sql } from 'kysely';
import { PERSON_REQUESTS_PER_MINUTE_MAX } from './person.limits.ts';
import type { Member } from './person.ts';

/** Of a key that no token opens: instead of the beginning of one. */
const PERSON_KEY_PREFIX = 'nk_person';

const MEMBER = sql`p.id, p.name, p.email, m.role, m.api_key_id AS "apiKeyId",
  json_build_object('totp', coalesce(p.two_factor_enabled, false),
                    'passkey', EXISTS (SELECT 1 FROM person_passkey k WHERE k.person_id = p.id)) AS "secondFactor",
  (SELECT count(*)::integer FROM person_session s WHERE s.person_id = p.id AND s.expires_at > now()) AS sessions,
  p.last_signed_in_at AS "lastSignedInAt",
  m.created_at AS "createdAt"`;

/** By name. */
export async function listMembers(db: Queryable, organisationId: string, limit: number): Promise<Member[]> {
  const { rows } = await sql<Member>`
    SELECT ${MEMBER} FROM person_membership m JOIN person p ON p.id = m.person_id
     WHERE m.organisation_id = ${organisationId} AND m.ended_at IS NULL
     ORDER BY p.name, p.id LIMIT ${limit}`.execute(db);
  return rows;
}

/** A member, or one who was: what somebody did stays to be read. */
export async function readMember(
  db: Queryable,
  organisationId: string,
  personId: string,
): Promise<(Member & { endedAt: Date | null }) | null> {
  const { rows } = await sql<Member & { endedAt: Date | null }>`
    SELECT ${MEMBER}, m.ended_at AS "endedAt" FROM person_membership m JOIN person p ON p.id = m.person_id
     WHERE m.organisation_id = ${organisationId} AND m.person_id = ${personId}
     ORDER BY m.ended_at DESC NULLS FIRST LIMIT 1`.execute(db);
  return rows[0] ?? null;
}

/** Members of an organisation are changed one after the other: of two administrators, not both can be demoted. */
export async function lockMembers(tx: Tx, organisationId: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('members/' || ${organisationId}::text, 1))`.execute(
    tx,
  );
}

export async function countMembers(tx: Tx, organisationId: string, role: Role | null): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::integer AS count FROM person_membership
     WHERE organisation_id = ${organisationId} AND ended_at IS NULL
       AND (${role}::text IS NULL OR role = ${role})`.execute(tx);
  return rows[0]?.count ?? 0;
}

/** The person of an e-mail, and the organisation they are a member of now. */
export async function findPerson(
  db: Queryable,
  email: string,
): Promise<{ id: string; name: string; organisationId: string | null; apiKeyId: string | null } | null> {
  const { rows } = await sql<{
    id: string;
    name: string;
    organisationId: string | null;
    apiKeyId: string | null;
  }>`
    SELECT p.id, p.name, m.organisation_id AS "organisationId", m.api_key_id AS "apiKeyId"
      FROM person p LEFT JOIN person_membership m ON m.person_id = p.id AND m.ended_at IS NULL
     WHERE p.email = ${email}`.execute(db);
  return rows[0] ?? null;
}

/** A person with a password and no second factor yet: new, or one who left and begins anew. Gives the person's id. */
export async function putPerson(
  tx: Tx,
  person: { name: string; email: string; passwordHash: string },
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    INSERT INTO person AS p (id, name, email) VALUES (${newUuid()}, ${person.name}, ${person.email})
    ON CONFLICT (email) DO UPDATE SET name = excluded.name, updated_at = now()
    RETURNING id`.execute(tx);
  const id = rows[0]?.id ?? '';
  await removeSecondFactors(tx, id);
  await sql`
    INSERT INTO person_account (id, person_id, account_id, provider_id, password)
    VALUES (${newUuid()}, ${id}, ${id}::text, 'credential', ${person.passwordHash})
    ON CONFLICT (person_id, provider_id) DO UPDATE SET password = excluded.password, updated_at = now()`.execute(
    tx,
  );
  return id;
}

/** With their codes, keys and whatever waits for one of them. */
export async function removeSecondFactors(tx: Tx, personId: string): Promise<void> {
  await sql`DELETE FROM person_two_factor WHERE person_id = ${personId}`.execute(tx);
  await sql`DELETE FROM person_passkey WHERE person_id = ${personId}`.execute(tx);
  await sql`UPDATE person SET two_factor_enabled = false, updated_at = now() WHERE id = ${personId}`.execute(
    tx,
  );
}

/** A membership and the key that stands for the person in it. Gives the key's UUID. */
export async function insertMembership(
  tx: Tx,
  member: {
    personId: string;
    organisationId: string;
    name: string;
    email: string;
    role: Role;
    network: 'test' | 'live';
  },
): Promise<string> {
  const apiKeyId = newUuid();
  const { personId, organisationId, name, email, role, network } = member;
  // Of 32 random bytes that are no hash of anything: no token opens this key.
  await sql`
    INSERT INTO api_key (id, organisation_id, name, network, prefix, key_hash, scopes, holder, person_id,
                         requests_per_minute_max)
    VALUES (${apiKeyId}, ${organisationId}, ${name}, ${network}, ${PERSON_KEY_PREFIX}, ${randomBytes(32)},
            ${[...scopesOfRole[role]]}::text[], ${email}, ${personId}, ${PERSON_REQUESTS_PER_MINUTE_MAX})`.execute(
    tx,
  );
  await sql`
    INSERT INTO person_membership (id, person_id, organisation_id, role, api_key_id)
    VALUES (${newUuid()}, ${personId}, ${organisationId}, ${role}, ${apiKeyId})`.execute(tx);
  return apiKeyId;
}

/** The role, and with it what the person's key may do: the database asks the key who may vote. */
export async function updateRole(
  tx: Tx,
  member: { organisationId: string; personId: string; role: Role },
): Promise<void> {
  const { organisationId, personId, role } = member;
  await sql`
    UPDATE person_membership SET role = ${role}
     WHERE organisation_id = ${organisationId} AND person_id = ${personId} AND ended_at IS NULL`.execute(tx);
  await sql`
    UPDATE api_key k SET scopes = ${[...scopesOfRole[role]]}::text[]
      FROM person_membership m
     WHERE m.organisation_id = ${organisationId} AND m.person_id = ${personId} AND m.ended_at IS NULL
       AND k.id = m.api_key_id`.execute(tx);
}

/** Ends a membership and its key. */
export async function endMembership(
  tx: Tx,
  member: { organisationId: string; personId: string },
): Promise<void> {
  await sql`
    WITH ended AS (
      UPDATE person_membership SET ended_at = now()
       WHERE organisation_id = ${member.organisationId} AND person_id = ${member.personId} AND ended_at IS NULL
      RETURNING api_key_id)
    UPDATE api_key k SET revoked_at = now() FROM ended e WHERE k.id = e.api_key_id AND k.revoked_at IS NULL`.execute(
    tx,
  );
}

/** An authenticator app that is set up; both sealed by who keeps the secret of the installation. */
export async function putTwoFactor(
  tx: Tx,
  personId: string,
  sealed: { secret: string; backupCodes: string },
): Promise<void> {
  await sql`
    INSERT INTO person_two_factor (id, person_id, secret, backup_codes, verified)
    VALUES (${newUuid()}, ${personId}, ${sealed.secret}, ${sealed.backupCodes}, true)`.execute(tx);
  await sql`UPDATE person SET two_factor_enabled = true, updated_at = now() WHERE id = ${personId}`.execute(
    tx,
  );
}
