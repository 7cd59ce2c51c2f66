import type { Queryable, Tx } from '@naru/db/database.ts';
import { sql } from 'kysely';
import type { OperatorFilter } from '../lookup/lookup.ts';
import { EXPORTS_LISTED_MAX, EXPORTS_OPEN_MAX } from './export.limits.ts';
import type { ExportFile } from './export.ts';

const columns = sql`
  id, kind, filter, time_zone AS "timeZone", requested_by AS "requestedBy", requested_at AS "requestedAt",
  expires_at AS "expiresAt", state, started_at AS "startedAt", ended_at AS "endedAt", rows,
  rows_expected AS "rowsExpected", bytes, encode(sha256, 'hex') AS sha256, error`;

type Stored = Omit<ExportFile, 'filter'> & { filter: Record<string, unknown> };

/** Times of a filter are texts in the database. */
function toFile(row: Stored): ExportFile {
  const { createdFrom, createdTo, ...rest } = row.filter;
  const filter: OperatorFilter = { ...rest };
  if (typeof createdFrom === 'string') filter.createdFrom = new Date(createdFrom);
  if (typeof createdTo === 'string') filter.createdTo = new Date(createdTo);
  return { ...row, filter };
}

/** False: too many are under way. */
export async function insertExport(
  tx: Tx,
  one: Pick<ExportFile, 'id' | 'filter' | 'timeZone' | 'requestedBy'> & { keptMs: number },
): Promise<boolean> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('export', 0))`.execute(tx);
  const { rows } = await sql`
    INSERT INTO export (id, kind, filter, time_zone, requested_by, expires_at)
    SELECT ${one.id}, 'withdrawals', ${JSON.stringify(one.filter)}::json, ${one.timeZone}, ${one.requestedBy},
           clock_timestamp() + ${one.keptMs}::float8 * interval '1 millisecond'
     WHERE (SELECT count(*) FROM export WHERE state IN ('REQUESTED', 'RUNNING')) < ${EXPORTS_OPEN_MAX}
    RETURNING id`.execute(tx);
  return rows.length === 1;
}

/** The newest first; none that has expired. */
export async function listExports(db: Queryable): Promise<ExportFile[]> {
  const { rows } = await sql<Stored>`
    SELECT ${columns} FROM export WHERE expires_at > now() ORDER BY id DESC LIMIT ${EXPORTS_LISTED_MAX}`.execute(
    db,
  );
  return rows.map(toFile);
}

export async function readExport(db: Queryable, id: string): Promise<ExportFile | null> {
  const { rows } = await sql<Stored>`
    SELECT ${columns} FROM export WHERE id = ${id} AND expires_at > now()`.execute(db);
  return rows[0] === undefined ? null : toFile(rows[0]);
}

/** The oldest that waits, or that somebody began and did not end; null: there is none. */
export async function findOpenExport(
  db: Queryable,
): Promise<(ExportFile & { afterId: string | null; chunks: number }) | null> {
  const { rows } = await sql<Stored & { afterId: string | null; chunks: number }>`
    SELECT ${columns}, after_id AS "afterId", chunks FROM export
     WHERE state IN ('REQUESTED', 'RUNNING') ORDER BY id LIMIT 1`.execute(db);
  const row = rows[0];
  return row === undefined ? null : { ...toFile(row), afterId: row.afterId, chunks: row.chunks };
}

export async function beginExport(db: Queryable, id: string, rowsExpected: number | null): Promise<void> {
  await sql`
    UPDATE export SET state = 'RUNNING', started_at = clock_timestamp(), rows_expected = ${rowsExpected}
     WHERE id = ${id} AND state = 'REQUESTED'`.execute(db);
}

/** Pieces of the file, and how far it is, in one transaction. */
export async function appendChunks(
  tx: Tx,
  id: string,
  added: { chunks: readonly Buffer[]; rows: number; afterId: string | null },
): Promise<void> {
  const bytes = added.chunks.reduce((sum, { length }) => sum + length, 0);
  await sql`
    INSERT INTO export_chunk (export_id, number, body)
    SELECT e.id, e.chunks + c.place - 1, c.body
      FROM export e, unnest(${[...added.chunks]}::bytea[]) WITH ORDINALITY AS c (body, place)
     WHERE e.id = ${id} AND e.state = 'RUNNING'`.execute(tx);
  await sql`
    UPDATE export SET chunks = chunks + ${added.chunks.length}, rows = rows + ${added.rows}, bytes = bytes + ${bytes},
           after_id = coalesce(${added.afterId}::uuid, after_id)
     WHERE id = ${id} AND state = 'RUNNING'`.execute(tx);
}

/** A piece of a file; null: it has no more. */
export async function readChunk(db: Queryable, id: string, number: number): Promise<Buffer | null> {
  const { rows } = await sql<{ body: Buffer }>`
    SELECT body FROM export_chunk WHERE export_id = ${id} AND number = ${number}`.execute(db);
  return rows[0]?.body ?? null;
}

export async function completeExport(db: Queryable, id: string, sha256: Buffer): Promise<void> {
  await sql`
    UPDATE export SET state = 'DONE', ended_at = clock_timestamp(), sha256 = ${sha256}
     WHERE id = ${id} AND state = 'RUNNING'`.execute(db);
}

/** Half a file is none: its pieces go. */
export async function failExport(tx: Tx, id: string, error: string): Promise<void> {
  await sql`DELETE FROM export_chunk WHERE export_id = ${id}`.execute(tx);
  await sql`
    UPDATE export SET state = 'FAILED', ended_at = clock_timestamp(), error = ${error}
     WHERE id = ${id} AND state IN ('REQUESTED', 'RUNNING')`.execute(tx);
}

/** With their pieces. */
export async function removeExpiredExports(db: Queryable): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM export WHERE id IN (SELECT id FROM export WHERE expires_at <= now() ORDER BY id LIMIT 20)`.execute(
    db,
  );
  return Number(numAffectedRows ?? 0n);
}
