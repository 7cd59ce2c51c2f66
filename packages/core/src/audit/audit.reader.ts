import type { Queryable } from '@naru/db/database.ts';
import { fromPublicId, toPublicId } from '@naru/kit/ids.ts';
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
  if (actor !== undefined) conditions.push(sql`e.actor = ANY (${formsOf(actor)}::text[])`);
  if (action !== undefined) conditions.push(sql`e.action LIKE ${`${escapeLike(action)}%`}`);
  if (subject !== undefined) conditions.push(sql`e.subject = ${subject}`);
  if (requestId !== undefined) conditions.push(sql`e.request_id = ${requestId}`);
  if (origin !== undefined) conditions.push(sql`e.origin = ${origin}`);
  if (since !== undefined) conditions.push(sql`e.at >= ${since}`);
  if (until !== undefined) conditions.push(sql`e.at < ${until}`);
  const { rows } = await sql<AuditEvent>`
    SELECT position, at, actor, action, subject, before, after, reason, origin, application,
           request_id AS "requestId"
      FROM audit_event e WHERE ${sql.join(conditions, sql` AND `)}
     ORDER BY position DESC LIMIT ${page.limit + 1}`.execute(db);
  const names = await namesOfKeys(db, rows.slice(0, page.limit));
  const data = rows.slice(0, page.limit).map((event) => {
    const key = names.get(keyIdOf(event.actor) ?? '');
    return { ...event, actorName: key?.name ?? null, actorHolder: key?.holder ?? null };
  });
  return { data, next: rows.length > page.limit ? (data.at(-1)?.position ?? null) : null };
}

const KEY = 'api_key:';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A key is named by its UUID, or as the API names it: the log has both. */
function keyIdOf(actor: string): string | null {
  if (!actor.startsWith(KEY)) return null;
  const id = actor.slice(KEY.length);
  return UUID.test(id) ? id : fromPublicId('apiKey', id);
}

function formsOf(actor: string): string[] {
  const id = keyIdOf(actor);
  return id === null ? [actor] : [`${KEY}${id}`, `${KEY}${toPublicId('apiKey', id)}`];
}

async function namesOfKeys(
  db: Queryable,
  events: readonly AuditEvent[],
): Promise<ReadonlyMap<string, { name: string | null; holder: string | null }>> {
  const ids = [...new Set(events.flatMap(({ actor }) => keyIdOf(actor) ?? []))];
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: string; name: string | null; holder: string | null }>`
    SELECT id, name, holder FROM api_key WHERE id = ANY (${ids}::uuid[])`.execute(db);
  return new Map(rows.map(({ id, ...named }) => [id, named]));
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}
