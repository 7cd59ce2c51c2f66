import type { Queryable } from '@naru/db/database.ts';
import { type RawBuilder, sql } from 'kysely';
import { LETTERS_TOLD_MAX } from './dead-letter.limits.ts';
import type { DeadLetter, Note } from './dead-letter.ts';

export type DeadLetterFilter = { state?: 'OPEN' | 'CLOSED'; cause?: string; subject?: string };

/** The newest first; `after` is the id of the last one of the page before. */
export async function listDeadLetters(
  db: Queryable,
  filter: DeadLetterFilter,
  page: { limit: number; after: string | null },
): Promise<{ data: DeadLetter[]; next: string | null }> {
  const conditions = [sql`true`];
  if (filter.state !== undefined) conditions.push(sql`d.state = ${sql.lit(filter.state)}`);
  if (filter.cause !== undefined) conditions.push(sql`d.cause = ${filter.cause}`);
  if (filter.subject !== undefined) conditions.push(sql`d.subject = ${filter.subject}`);
  if (page.after !== null) conditions.push(sql`d.id < ${page.after}`);
  const rows = await select(db, sql.join(conditions, sql` AND `), page.limit + 1);
  const data = rows.slice(0, page.limit);
  return { data, next: rows.length > page.limit ? (data.at(-1)?.id ?? null) : null };
}

export async function readDeadLetter(db: Queryable, id: string): Promise<DeadLetter | null> {
  const [found] = await select(db, sql`d.id = ${id}`, 1);
  return found ?? null;
}

async function select(db: Queryable, where: RawBuilder<unknown>, limit: number): Promise<DeadLetter[]> {
  const { rows } = await sql<Omit<DeadLetter, 'notes'>>`
    SELECT d.id, d.kind, d.subject, d.cause, d.detail, a.chain_id AS chain, a.code AS asset, a.decimals, d.amount,
           d.state, d.present, d.seen_count AS "seenCount", d.first_seen_at AS "firstSeenAt",
           d.last_seen_at AS "lastSeenAt", d.closed_at AS "closedAt", d.closed_by AS "closedBy",
           d.close_reason AS "closeReason"
      FROM dead_letter d LEFT JOIN asset a ON a.id = d.asset_id
     WHERE ${where} ORDER BY d.id DESC LIMIT ${limit}`.execute(db);
  const notes = await readNotes(
    db,
    rows.map((row) => row.id),
  );
  return rows.map((row) => ({ ...row, notes: notes.get(row.id) ?? [] }));
}

/** Letters about any of these, open and closed, the oldest first. `subjects`: as `DeadLetter.subject` names them. */
export async function listLettersAbout(db: Queryable, subjects: readonly string[]): Promise<DeadLetter[]> {
  const found = await select(db, sql`d.subject = ANY (${subjects}::text[])`, LETTERS_TOLD_MAX);
  return found.reverse();
}

/** What people wrote beside these withdrawals or letters, oldest first. */
export async function readNotes(db: Queryable, subjectIds: readonly string[]): Promise<Map<string, Note[]>> {
  if (subjectIds.length === 0) return new Map();
  const { rows } = await sql<Note & { subjectId: string }>`
    SELECT subject_id AS "subjectId", author, text, at FROM operator_note
     WHERE subject_id = ANY (${subjectIds}::uuid[]) ORDER BY at, id`.execute(db);
  return new Map(
    [...Map.groupBy(rows, (row) => row.subjectId)].map(([id, of]) => [
      id,
      of.map(({ subjectId: _, ...note }) => note),
    ]),
  );
}

/** Open letters by cause, for metrics. */
export async function countOpenByCause(db: Queryable): Promise<{ cause: string; count: number }[]> {
  const { rows } = await sql<{ cause: string; count: number }>`
    SELECT cause, count(*)::integer AS count FROM dead_letter WHERE state = 'OPEN' GROUP BY cause`.execute(
    db,
  );
  return rows;
}
