import type { Queryable, Tx } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { type Alarm, type Figure, type Finding, type Invariant, invariants } from './invariants.ts';
import { ALARMS_PER_CHECK_MAX, FINDINGS_KEPT_MAX } from './reconciliation.limits.ts';

/** Of an `Alarm`. */
export const alarmColumns = sql`
  id, invariant, subject, detail, severity, opened_at AS "openedAt", last_seen_at AS "lastSeenAt", closed_at AS "closedAt",
  acknowledged_at AS "acknowledgedAt", acknowledged_by AS "acknowledgedBy", note,
  snoozed_until AS "snoozedUntil"`;

/** Keeps one look at an invariant. `ok` null: it could not be found out. */
export async function insertCheck(
  db: Queryable,
  check: {
    invariant: Invariant;
    durationMs: number;
    ok: boolean | null;
    findings: readonly Finding[];
    note: string | null;
    figures?: readonly Figure[] | undefined;
  },
): Promise<void> {
  const kept = JSON.stringify(check.findings.slice(0, FINDINGS_KEPT_MAX));
  await sql`
    INSERT INTO invariant_check (invariant, duration_ms, ok, finding_count, findings, note, figures)
    VALUES (${check.invariant}, ${Math.round(check.durationMs)}, ${check.ok}, ${check.findings.length}, ${kept}::json,
            ${check.note}, ${check.figures === undefined ? null : JSON.stringify(check.figures)}::json)`.execute(
    db,
  );
}

/**
 * Opens an alarm for each finding that has none, refreshes the others, and closes those of the invariant that are found
 * no more, except for subjects of which nothing is known now.
 */
export async function applyFindings(
  tx: Tx,
  invariant: Invariant,
  found: { findings: readonly Finding[]; unknown: readonly string[] },
): Promise<{ opened: Alarm[]; closed: Alarm[] }> {
  const findings = found.findings.slice(0, ALARMS_PER_CHECK_MAX);
  // Two checks of one invariant at once would open the same alarm, or close what the other has just seen.
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`alarms/${invariant}`}, 2))`.execute(tx);
  await sql`
    UPDATE alarm a SET detail = f.detail, last_seen_at = clock_timestamp()
      FROM unnest(${findings.map((one) => one.subject)}::text[], ${findings.map((one) => one.detail)}::text[])
        AS f (subject, detail)
     WHERE a.invariant = ${invariant} AND a.subject = f.subject AND a.closed_at IS NULL`.execute(tx);
  const { rows: opened } = await sql<Alarm>`
    INSERT INTO alarm (id, invariant, subject, detail, severity)
    SELECT f.id, ${invariant}, f.subject, f.detail, f.severity
      FROM unnest(${findings.map(() => newUuid())}::uuid[], ${findings.map((one) => one.subject)}::text[],
                  ${findings.map((one) => one.detail)}::text[],
                  ${findings.map((one) => one.severity ?? 'CRITICAL')}::text[]) AS f (id, subject, detail, severity)
    ON CONFLICT (invariant, subject) WHERE closed_at IS NULL DO NOTHING
    RETURNING ${alarmColumns}`.execute(tx);
  const { rows: closed } = await sql<Alarm>`
    UPDATE alarm SET closed_at = clock_timestamp()
     WHERE invariant = ${invariant} AND closed_at IS NULL
       AND subject <> ALL (${found.findings.map((one) => one.subject)}::text[])
       AND NOT EXISTS (SELECT 1 FROM unnest(${found.unknown}::text[]) AS u (prefix) WHERE starts_with(subject, u.prefix))
    RETURNING ${alarmColumns}`.execute(tx);
  return { opened, closed };
}

/** The newest first; all of them, or those that are open. */
export async function listAlarms(
  db: Queryable,
  filter: { onlyOpen: boolean; limit: number },
): Promise<Alarm[]> {
  const { rows } = await sql<Alarm>`
    SELECT ${alarmColumns} FROM alarm WHERE NOT ${filter.onlyOpen} OR closed_at IS NULL
     ORDER BY opened_at DESC, id DESC LIMIT ${filter.limit}`.execute(db);
  return rows;
}

/** Says who looks after an alarm. Null: there is none of this id. An alarm closes only when its invariant holds again. */
export async function acknowledgeAlarm(
  tx: Tx,
  id: string,
  by: { actor: string; note: string },
): Promise<Alarm | null> {
  const { rows } = await sql<Alarm>`
    UPDATE alarm SET acknowledged_at = clock_timestamp(), acknowledged_by = ${by.actor}, note = ${by.note}
     WHERE id = ${id} RETURNING ${alarmColumns}`.execute(tx);
  return rows[0] ?? null;
}

export type InvariantState = {
  invariant: Invariant;
  open: number;
  /** Seconds since 1970; null: never. */
  lastCheckSeconds: number | null;
  lastOkSeconds: number | null;
};

/** Open alarms by invariant, and when each invariant was last looked at and last found to hold. */
export async function readInvariantStates(db: Queryable): Promise<InvariantState[]> {
  const { rows } = await sql<InvariantState>`
    SELECT i.invariant,
           (SELECT count(*)::integer FROM alarm a WHERE a.invariant = i.invariant AND a.closed_at IS NULL) AS open,
           (SELECT extract(epoch FROM c.checked_at)::float8 FROM invariant_check c
             WHERE c.invariant = i.invariant ORDER BY c.checked_at DESC LIMIT 1) AS "lastCheckSeconds",
           (SELECT extract(epoch FROM c.checked_at)::float8 FROM invariant_check c
             WHERE c.invariant = i.invariant AND c.ok ORDER BY c.checked_at DESC LIMIT 1) AS "lastOkSeconds"
      FROM unnest(${[...invariants]}::text[]) AS i (invariant)`.execute(db);
  return rows;
}
