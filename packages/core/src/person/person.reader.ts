import type { Queryable } from '@naru/db/database.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import type { AuditEvent } from '../audit/audit.ts';
import { ACTIVITY_ROWS_MAX } from './person.limits.ts';

/** What a person did in an organisation, the newest first; null: they never were a member. */
export async function listActivity(
  db: Queryable,
  member: { organisationId: string; personId: string },
  page: { limit: number; before: bigint | null },
): Promise<AuditEvent[] | null> {
  const { rows: keys } = await sql<{ id: string }>`
    SELECT api_key_id AS id FROM person_membership
     WHERE organisation_id = ${member.organisationId} AND person_id = ${member.personId}`.execute(db);
  if (keys.length === 0) return null;
  // Older parts of the log name a key by its bare UUID.
  const actors = keys.flatMap(({ id }) => [`api_key:${toPublicId('apiKey', id)}`, `api_key:${id}`]);
  const { rows } = await sql<AuditEvent>`
    SELECT position, at, actor, action, subject, before, after, reason, origin, application, request_id AS "requestId"
      FROM audit_event
     WHERE actor = ANY (${actors}::text[])
       AND (${page.before}::bigint IS NULL OR position < ${page.before})
     ORDER BY position DESC LIMIT ${Math.min(page.limit, ACTIVITY_ROWS_MAX + 1)}`.execute(db);
  return rows;
}

export type ListedKey = {
  id: string;
  name: string;
  prefix: string;
  network: 'test' | 'live';
  scopes: string[];
  holder: string | null;
  ipAllowList: string[] | null;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
};

const KEY = sql`id, name, prefix, network, scopes, holder, ip_allow_list::text[] AS "ipAllowList",
  created_at AS "createdAt", expires_at AS "expiresAt", revoked_at AS "revokedAt"`;

/** Keys of programs, the newest first. Those that stand for people are no keys to anybody. */
export async function listApiKeys(
  db: Queryable,
  organisationId: string,
  page: { limit: number; after: string | null },
): Promise<ListedKey[]> {
  const { rows } = await sql<ListedKey>`
    SELECT ${KEY} FROM api_key
     WHERE organisation_id = ${organisationId} AND person_id IS NULL
       AND (${page.after}::uuid IS NULL OR id < ${page.after})
     ORDER BY id DESC LIMIT ${page.limit}`.execute(db);
  return rows;
}

export async function readListedKey(
  db: Queryable,
  organisationId: string,
  id: string,
): Promise<ListedKey | null> {
  const { rows } = await sql<ListedKey>`
    SELECT ${KEY} FROM api_key
     WHERE id = ${id} AND organisation_id = ${organisationId} AND person_id IS NULL`.execute(db);
  return rows[0] ?? null;
}
