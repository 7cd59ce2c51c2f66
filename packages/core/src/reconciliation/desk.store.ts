import type { Queryable, Tx } from '@naru/db/database.ts';
import { sql } from 'kysely';
import { alarmColumns } from './alarm.store.ts';
import { type Alarm, type Figure, type Finding, type Invariant, invariants } from './invariants.ts';
import { RUNS_TOLD_MAX, SIGN_OFFS_TOLD_MAX } from './reconciliation.limits.ts';

/** One look at an invariant. `ok` null: it could not be found out. */
export type Run = {
  at: Date;
  durationMs: number;
  ok: boolean | null;
  findingCount: number;
  findings: Finding[];
  note: string | null;
  figures: Figure[] | null;
};
/** The last looks at each invariant, newest first. */
export async function listRuns(db: Queryable): Promise<Map<Invariant, Run[]>> {
  const { rows } = await sql<Run & { invariant: Invariant }>`
    SELECT i.invariant, r.*
      FROM unnest(${[...invariants]}::text[]) AS i (invariant)
      JOIN LATERAL (SELECT c.checked_at AS at, c.duration_ms AS "durationMs", c.ok, c.finding_count AS "findingCount",
                           c.findings, c.note, c.figures
                      FROM invariant_check c WHERE c.invariant = i.invariant
                     ORDER BY c.checked_at DESC LIMIT ${RUNS_TOLD_MAX}) r ON true
     ORDER BY r.at DESC`.execute(db);
  return Map.groupBy(rows, (row) => row.invariant);
}

export type AlarmPage = { data: Alarm[]; next: string | null };

/** The newest first; `after` is the id of the last one of the page before. */
export async function listAlarmPage(
  db: Queryable,
  filter: { state?: 'OPEN' | 'CLOSED' },
  page: { limit: number; after: string | null },
): Promise<AlarmPage> {
  const state =
    filter.state === undefined
      ? sql`true`
      : filter.state === 'OPEN'
        ? sql`closed_at IS NULL`
        : sql`closed_at IS NOT NULL`;
  const after = page.after === null ? sql`true` : sql`id < ${page.after}`;
  const { rows } = await sql<Alarm>`
    SELECT ${alarmColumns} FROM alarm WHERE ${state} AND ${after} ORDER BY id DESC LIMIT ${page.limit + 1}`.execute(
    db,
  );
  const data = rows.slice(0, page.limit);
  return { data, next: rows.length > page.limit ? (data.at(-1)?.id ?? null) : null };
}

export async function readAlarm(db: Queryable, id: string): Promise<Alarm | null> {
  const { rows } = await sql<Alarm>`SELECT ${alarmColumns} FROM alarm WHERE id = ${id}`.execute(db);
  return rows[0] ?? null;
}

export async function lockAlarm(tx: Tx, id: string): Promise<Alarm | null> {
  const { rows } = await sql<Alarm>`SELECT ${alarmColumns} FROM alarm WHERE id = ${id} FOR UPDATE`.execute(
    tx,
  );
  return rows[0] ?? null;
}

/** Nobody is reminded of it until then; it stays open. */
export async function snoozeAlarm(tx: Tx, id: string, until: Date): Promise<void> {
  await sql`UPDATE alarm SET snoozed_until = ${until} WHERE id = ${id}`.execute(tx);
}

export type SignOff = { day: string; signedBy: string; note: string; signedAt: Date };

const signOffColumns = sql`day::text AS day, signed_by AS "signedBy", note, signed_at AS "signedAt"`;

/** The newest days first. */
export async function listSignOffs(db: Queryable): Promise<SignOff[]> {
  const { rows } = await sql<SignOff>`
    SELECT ${signOffColumns} FROM reconciliation_sign_off ORDER BY day DESC LIMIT ${SIGN_OFFS_TOLD_MAX}`.execute(
    db,
  );
  return rows;
}

export async function readSignOff(db: Queryable, day: string): Promise<SignOff | null> {
  const { rows } = await sql<SignOff>`
    SELECT ${signOffColumns} FROM reconciliation_sign_off WHERE day = ${day}::date`.execute(db);
  return rows[0] ?? null;
}

/** False: somebody has signed that day already. */
export async function insertSignOff(
  tx: Tx,
  signOff: { day: string; signedBy: string; note: string; checks: unknown },
): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO reconciliation_sign_off (day, signed_by, note, checks)
    VALUES (${signOff.day}::date, ${signOff.signedBy}, ${signOff.note}, ${JSON.stringify(signOff.checks)}::json)
    ON CONFLICT DO NOTHING RETURNING day`.execute(tx);
  return rows.length === 1;
}

/** Whether a day in Korea is over, by the clock of the database. */
export async function isDayOver(db: Queryable, day: string): Promise<boolean> {
  const { rows } = await sql<{ over: boolean }>`
    SELECT (now() AT TIME ZONE 'Asia/Seoul')::date > ${day}::date AS over`.execute(db);
  return rows[0]?.over ?? false;
}

export type UnfitCheck = { invariant: Invariant; why: 'OPEN_ALARM' | 'NOT_OK' | 'NEVER_RUN' };

/** Checks of the books that do not hold now, or of which it is not known. */
export async function findUnfit(db: Queryable, wanted: readonly Invariant[]): Promise<UnfitCheck[]> {
  const { rows } = await sql<UnfitCheck>`
    SELECT i.invariant, CASE WHEN a.open THEN 'OPEN_ALARM' WHEN c.ok IS NULL AND c.checked_at IS NULL THEN 'NEVER_RUN'
                             ELSE 'NOT_OK' END AS why
      FROM unnest(${[...wanted]}::text[]) AS i (invariant)
      LEFT JOIN LATERAL (SELECT c.ok, c.checked_at FROM invariant_check c WHERE c.invariant = i.invariant
                          ORDER BY c.checked_at DESC LIMIT 1) c ON true
      LEFT JOIN LATERAL (SELECT EXISTS (SELECT 1 FROM alarm a WHERE a.invariant = i.invariant
                                           AND a.closed_at IS NULL) AS open) a ON true
     WHERE a.open OR c.ok IS NOT TRUE`.execute(db);
  return rows;
}
