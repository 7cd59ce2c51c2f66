import type { Queryable } from '@naru/db/database.ts';
import { sql } from 'kysely';
import type { AuditEvent } from './audit.ts';

/** Everything but `action`, which is its beginning, is the whole of it: each is found by an index. */
export type AuditSearch = {
  actor?: string;
  action?: string;
  /** `<table> <id>` */
  subject?: string;
  requestId?: string;
  origin?: string;
  since?: Date;
  until?: Date;
};

/** `actorName`, `actorHolder`: of the API key that acted; null where it was none. */
export type FoundAuditEvent = AuditEvent & { actorName: string | null; actorHolder: string | null };

/** The newest first, before a position when one is given. `next`: the position to go on before. */
export async function searchAudit(
  db: Queryable,
  search: AuditSearch,
  page: { limit: number; before: bigint | null },
): Promise<{ data: FoundAuditEvent[]; next: bigint | null }> {
  const { actor, action, subject, requestId, origin, since, until } = search;
  const conditions = [sql`true`];
  if (page.before !== null) conditions.push(sql`e.position < ${page.before}`);
  if (actor !== undefined) conditions.push(sql`e.actor = ${actor}`);
  if (action !== undefined) conditions.push(sql`e.action LIKE ${`${escapeLike(action)}%`}`);
  if (subject !== undefined) conditions.push(sql`e.subject = ${subject}`);
  if (requestId !== undefined) conditions.push(sql`e.request_id = ${requestId}`);
  if (origin !== undefined) conditions.push(sql`e.origin = ${origin}`);
  if (since !== undefined) conditions.push(sql`e.at >= ${since}`);
  if (until !== undefined) conditions.push(sql`e.at < ${until}`);
  const { rows } = await sql<FoundAuditEvent>`
    SELECT e.position, e.at, e.actor, e.action, e.subject, e.before, e.after, e.reason, e.origin, e.application,
           e.request_id AS "requestId", k.name AS "actorName", k.holder AS "actorHolder"
      FROM (SELECT * FROM audit_event e WHERE ${sql.join(conditions, sql` AND `)}
             ORDER BY e.position DESC LIMIT ${page.limit + 1}) e
      LEFT JOIN api_key k ON k.id = CASE WHEN e.actor ~ '^api_key:[0-9a-f-]{36}$' THEN substr(e.actor, 9)::uuid END
     ORDER BY e.position DESC`.execute(db);
  const data = rows.slice(0, page.limit);
  return { data, next: rows.length > page.limit ? (data.at(-1)?.position ?? null) : null };
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}
