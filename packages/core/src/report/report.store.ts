import type { Queryable, Tx } from '@naru/db/database.ts';
import { sql } from 'kysely';
import type { Report, ReportBody, ReportHead, ReportPeriod } from './report.ts';

const heads = sql`
  r.period, r.day::text AS day, r.version, r.reason, r.made_for AS "madeFor", r.made_at AS "madeAt",
  r.took_ms AS "tookMs", r.ties`;

/** The newest version of each report of a kind, the newest period first. */
export async function listReports(
  db: Queryable,
  period: ReportPeriod,
  page: { limit: number; before: string | null },
): Promise<ReportHead[]> {
  const { rows } = await sql<ReportHead>`
    SELECT DISTINCT ON (r.day) ${heads}, r.body ->> 'from' AS "from", r.body ->> 'to' AS "to",
           r.body ->> 'asOf' AS "asOf", r.body -> 'totals' AS totals
      FROM report r
     WHERE r.period = ${period} AND (${page.before}::date IS NULL OR r.day < ${page.before}::date)
     ORDER BY r.day DESC, r.version DESC LIMIT ${page.limit}`.execute(db);
  return rows;
}

/** A version, or the newest one; null: there is none. */
export async function readReport(
  db: Queryable,
  of: { period: ReportPeriod; day: string; version?: number | undefined },
): Promise<Report | null> {
  const { rows } = await sql<Report>`
    SELECT ${heads}, r.body FROM report r
     WHERE r.period = ${of.period} AND r.day = ${of.day}::date
       AND (${of.version ?? null}::integer IS NULL OR r.version = ${of.version ?? null})
     ORDER BY r.version DESC LIMIT 1`.execute(db);
  return rows[0] ?? null;
}

export type ReportVersion = Pick<Report, 'version' | 'reason' | 'madeFor' | 'madeAt' | 'ties'>;

/** Newest first, without the draft. */
export async function listVersions(
  db: Queryable,
  of: { period: ReportPeriod; day: string },
): Promise<ReportVersion[]> {
  const { rows } = await sql<ReportVersion>`
    SELECT version, reason, made_for AS "madeFor", made_at AS "madeAt", ties FROM report
     WHERE period = ${of.period} AND day = ${of.day}::date AND version > 0 ORDER BY version DESC`.execute(db);
  return rows;
}

type Made = {
  period: ReportPeriod;
  day: string;
  reason: string;
  madeFor: string;
  tookMs: number;
  ties: boolean;
  body: ReportBody;
};

/** In place of the draft before, unless the report is final meanwhile. */
export async function saveDraft(db: Queryable, made: Made): Promise<void> {
  await sql`
    INSERT INTO report (period, day, version, reason, made_for, took_ms, ties, body)
    SELECT ${made.period}, ${made.day}::date, 0, ${made.reason}, ${made.madeFor}, ${made.tookMs}, ${made.ties},
           ${JSON.stringify(made.body)}::json
     WHERE NOT EXISTS (SELECT 1 FROM report WHERE period = ${made.period} AND day = ${made.day}::date AND version > 0)
    ON CONFLICT (period, day, version) DO UPDATE SET
      reason = excluded.reason, made_for = excluded.made_for, made_at = clock_timestamp(), took_ms = excluded.took_ms,
      ties = excluded.ties, body = excluded.body`.execute(db);
}

/** The next version, which stays. Returns its number. */
export async function saveFinal(tx: Tx, made: Made): Promise<number> {
  await sql`DELETE FROM report WHERE period = ${made.period} AND day = ${made.day}::date AND version = 0`.execute(
    tx,
  );
  const { rows } = await sql<{ version: number }>`
    INSERT INTO report (period, day, version, reason, made_for, took_ms, ties, body)
    SELECT ${made.period}, ${made.day}::date, coalesce(max(version), 0) + 1, ${made.reason}, ${made.madeFor},
           ${made.tookMs}, ${made.ties}, ${JSON.stringify(made.body)}::json
      FROM report WHERE period = ${made.period} AND day = ${made.day}::date
    RETURNING version`.execute(tx);
  return rows[0]?.version ?? 0;
}

/** First days of the reports of a kind that are final, in a range. */
export async function listFinalDays(
  db: Queryable,
  period: ReportPeriod,
  range: { from: string; to: string },
): Promise<string[]> {
  const { rows } = await sql<{ day: string }>`
    SELECT DISTINCT day::text AS day FROM report
     WHERE period = ${period} AND version > 0 AND day >= ${range.from}::date AND day < ${range.to}::date
     ORDER BY day`.execute(db);
  return rows.map(({ day }) => day);
}

/** The newest version of each day in a range, drafts included, oldest first. */
export async function readDays(
  db: Queryable,
  range: { from: string; to: string },
): Promise<{ day: string; version: number; body: ReportBody }[]> {
  const { rows } = await sql<{ day: string; version: number; body: ReportBody }>`
    SELECT DISTINCT ON (day) day::text AS day, version, body FROM report
     WHERE period = 'daily' AND day >= ${range.from}::date AND day < ${range.to}::date
     ORDER BY day, version DESC`.execute(db);
  return rows;
}

/** The day in Korea on which the books were opened; null: nothing is booked yet. */
export async function readFirstDay(db: Queryable): Promise<string | null> {
  const { rows } = await sql<{ day: string | null }>`
    SELECT (min(created_at) AT TIME ZONE 'Asia/Seoul')::date::text AS day FROM ledger_account`.execute(db);
  return rows[0]?.day ?? null;
}

/** Whether something that began before a moment has not ended: it may still commit what happened by then. */
export async function isUnsettled(db: Queryable, at: Date): Promise<boolean> {
  const { rows } = await sql<{ unsettled: boolean }>`
    SELECT EXISTS (SELECT 1 FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
                      AND xact_start < ${at} AND backend_xid IS NOT NULL) AS unsettled`.execute(db);
  return rows[0]?.unsettled ?? true;
}

export type Rerun = {
  id: string;
  period: ReportPeriod;
  day: string;
  requestedBy: string;
  reason: string;
  requestedAt: Date;
};

const rerun = sql`id, period, day::text AS day, requested_by AS "requestedBy", reason, requested_at AS "requestedAt"`;

/** False: one of the same report waits already. */
export async function insertRerun(tx: Tx, one: Omit<Rerun, 'requestedAt'>): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO report_rerun (id, period, day, requested_by, reason)
    VALUES (${one.id}, ${one.period}, ${one.day}::date, ${one.requestedBy}, ${one.reason})
    ON CONFLICT DO NOTHING RETURNING id`.execute(tx);
  return rows.length === 1;
}

export async function listOpenReruns(db: Queryable): Promise<Rerun[]> {
  const { rows } = await sql<Rerun>`
    SELECT ${rerun} FROM report_rerun WHERE version IS NULL ORDER BY requested_at LIMIT 20`.execute(db);
  return rows;
}

export async function readOpenRerun(
  db: Queryable,
  of: { period: ReportPeriod; day: string },
): Promise<Rerun | null> {
  const { rows } = await sql<Rerun>`
    SELECT ${rerun} FROM report_rerun
     WHERE period = ${of.period} AND day = ${of.day}::date AND version IS NULL`.execute(db);
  return rows[0] ?? null;
}

export async function endRerun(tx: Tx, id: string, version: number): Promise<void> {
  await sql`UPDATE report_rerun SET version = ${version} WHERE id = ${id}`.execute(tx);
}

/** Everything that the transaction reads is of one moment. First statement of the transaction. */
export async function freezeMoment(tx: Tx): Promise<Date> {
  await sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`.execute(tx);
  const { rows } = await sql<{ now: Date }>`SELECT now() AS now`.execute(tx);
  return rows[0]?.now ?? new Date();
}
