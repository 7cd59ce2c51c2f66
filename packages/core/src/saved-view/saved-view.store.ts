import type { Queryable, Tx } from '@naru/db/database.ts';
import { sql } from 'kysely';
import { VIEWS_MAX } from './saved-view.limits.ts';
import type { SavedView } from './saved-view.ts';

const COLUMNS = sql`id, list, name, filter, role, saved_by AS "savedBy", created_at AS "createdAt"`;

/** By name. */
export async function listViews(db: Queryable, organisationId: string, list: string): Promise<SavedView[]> {
  const { rows } = await sql<SavedView>`
    SELECT ${COLUMNS} FROM saved_view WHERE organisation_id = ${organisationId} AND list = ${list}
     ORDER BY name, id LIMIT ${VIEWS_MAX}`.execute(db);
  return rows;
}

export async function readView(db: Queryable, organisationId: string, id: string): Promise<SavedView | null> {
  const { rows } = await sql<SavedView>`
    SELECT ${COLUMNS} FROM saved_view WHERE id = ${id} AND organisation_id = ${organisationId}`.execute(db);
  return rows[0] ?? null;
}

/** False: one of this list, name and role is there. */
export async function insertView(
  tx: Tx,
  organisationId: string,
  view: Omit<SavedView, 'createdAt'>,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    INSERT INTO saved_view (id, organisation_id, list, name, filter, role, saved_by)
    VALUES (${view.id}, ${organisationId}, ${view.list}, ${view.name}, ${JSON.stringify(view.filter)}::jsonb,
            ${view.role}, ${view.savedBy})
    ON CONFLICT DO NOTHING`.execute(tx);
  return numAffectedRows === 1n;
}

export async function countViews(tx: Tx, organisationId: string, list: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::integer AS count FROM saved_view
     WHERE organisation_id = ${organisationId} AND list = ${list}`.execute(tx);
  return rows[0]?.count ?? 0;
}

/** False: the organisation has no such view. */
export async function deleteView(tx: Tx, organisationId: string, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    DELETE FROM saved_view WHERE id = ${id} AND organisation_id = ${organisationId}`.execute(tx);
  return numAffectedRows === 1n;
}
