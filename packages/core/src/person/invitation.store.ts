import type { Queryable, Tx } from '@naru/db/database.ts';
import type { Role } from '@naru/wire/role.ts';
import { sql } from 'kysely';
import type { Invitation } from './person.ts';

const STATE = sql<Invitation['state']>`CASE WHEN accepted_at IS NOT NULL THEN 'ACCEPTED'
  WHEN revoked_at IS NOT NULL THEN 'REVOKED' WHEN expires_at <= now() THEN 'EXPIRED' ELSE 'WAITING' END`;
const COLUMNS = sql`id, email, role, network, invited_by AS "invitedBy", ${STATE} AS state,
  created_at AS "createdAt", expires_at AS "expiresAt"`;

export async function insertInvitation(
  tx: Tx,
  organisationId: string,
  invitation: {
    id: string;
    email: string;
    role: Role;
    network: 'test' | 'live';
    hash: Buffer;
    invitedBy: string;
    expiresAt: Date;
  },
): Promise<void> {
  const { id, email, role, network, hash, invitedBy, expiresAt } = invitation;
  await sql`
    INSERT INTO person_invitation (id, organisation_id, email, role, network, key_hash, invited_by, expires_at)
    VALUES (${id}, ${organisationId}, ${email}, ${role}, ${network}, ${hash}, ${invitedBy}, ${expiresAt})`.execute(
    tx,
  );
}

/** Those of this e-mail that nobody has taken: a new one takes their place, and their links open nothing more. */
export async function revokeWaiting(tx: Tx, organisationId: string, email: string): Promise<void> {
  await sql`
    UPDATE person_invitation SET revoked_at = now()
     WHERE organisation_id = ${organisationId} AND email = ${email}
       AND accepted_at IS NULL AND revoked_at IS NULL`.execute(tx);
}

/** False: the organisation has no such invitation that waits. */
export async function revokeOne(tx: Tx, organisationId: string, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE person_invitation SET revoked_at = now()
     WHERE id = ${id} AND organisation_id = ${organisationId}
       AND accepted_at IS NULL AND revoked_at IS NULL`.execute(tx);
  return numAffectedRows === 1n;
}

/** The newest first. */
export async function listInvitations(
  db: Queryable,
  organisationId: string,
  limit: number,
): Promise<Invitation[]> {
  const { rows } = await sql<Invitation>`
    SELECT ${COLUMNS} FROM person_invitation WHERE organisation_id = ${organisationId}
     ORDER BY id DESC LIMIT ${limit}`.execute(db);
  return rows;
}

export async function readInvitation(
  db: Queryable,
  organisationId: string,
  id: string,
): Promise<Invitation | null> {
  const { rows } = await sql<Invitation>`
    SELECT ${COLUMNS} FROM person_invitation WHERE id = ${id} AND organisation_id = ${organisationId}`.execute(
    db,
  );
  return rows[0] ?? null;
}

/** Takes the invitation behind a token, once: whoever comes second finds none. */
export async function takeInvitation(
  tx: Tx,
  hash: Buffer,
): Promise<{
  id: string;
  organisationId: string;
  email: string;
  role: Role;
  network: 'test' | 'live';
} | null> {
  const { rows } = await sql<{
    id: string;
    organisationId: string;
    email: string;
    role: Role;
    network: 'test' | 'live';
  }>`
    UPDATE person_invitation SET accepted_at = now()
     WHERE key_hash = ${hash} AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > now()
    RETURNING id, organisation_id AS "organisationId", email, role, network`.execute(tx);
  return rows[0] ?? null;
}

export async function isWaiting(db: Queryable, hash: Buffer): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM person_invitation
     WHERE key_hash = ${hash} AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > now()`.execute(
    db,
  );
  return rows.length > 0;
}

export async function countWaiting(tx: Tx, organisationId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::integer AS count FROM person_invitation
     WHERE organisation_id = ${organisationId} AND accepted_at IS NULL AND revoked_at IS NULL
       AND expires_at > now()`.execute(tx);
  return rows[0]?.count ?? 0;
}
