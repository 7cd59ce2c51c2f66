import type { Queryable, Tx } from '@naru/db/database.ts';
import { sql } from 'kysely';
import { PROBLEMS_KEPT_MAX, VERIFICATION_LOST_MS, VERIFICATIONS_TOLD_MAX } from './audit.limits.ts';
import type { HistoryProblem, HistoryReport } from './verify-history.ts';

/** A verification of history that a person asked for. */
export type Verification = {
  id: string;
  requestedBy: string;
  requestedAt: Date;
  state: 'REQUESTED' | 'RUNNING' | 'DONE' | 'FAILED';
  startedAt: Date | null;
  endedAt: Date | null;
  sealsDone: bigint;
  sealsTotal: bigint;
  rowsDone: bigint;
  /** Null until it is done. */
  ok: boolean | null;
  /** Hex: the end of the chain of seals that it found. */
  head: string | null;
  problems: HistoryProblem[] | null;
  error: string | null;
};

const columns = sql`
  id, requested_by AS "requestedBy", requested_at AS "requestedAt", state, started_at AS "startedAt",
  ended_at AS "endedAt", seals_done AS "sealsDone", seals_total AS "sealsTotal", rows_done AS "rowsDone", ok, head,
  problems, error`;

/** False: one is under way already. */
export async function insertVerification(tx: Tx, id: string, requestedBy: string): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO audit_verification (id, requested_by) VALUES (${id}, ${requestedBy})
    ON CONFLICT DO NOTHING RETURNING id`.execute(tx);
  return rows.length === 1;
}

export async function readVerification(db: Queryable, id: string): Promise<Verification | null> {
  const { rows } =
    await sql<Verification>`SELECT ${columns} FROM audit_verification WHERE id = ${id}`.execute(db);
  return rows[0] ?? null;
}

/** The newest first. */
export async function listVerifications(db: Queryable): Promise<Verification[]> {
  const { rows } = await sql<Verification>`
    SELECT ${columns} FROM audit_verification ORDER BY id DESC LIMIT ${VERIFICATIONS_TOLD_MAX}`.execute(db);
  return rows;
}

/** Takes the one that waits, or that somebody has begun and died over; it begins anew then. Null: there is none. */
export async function claimVerification(db: Queryable): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    UPDATE audit_verification SET state = 'RUNNING', started_at = clock_timestamp(), alive_at = clock_timestamp()
     WHERE id = (SELECT id FROM audit_verification
                  WHERE state = 'REQUESTED'
                     OR (state = 'RUNNING' AND alive_at < clock_timestamp() - ${VERIFICATION_LOST_MS}::float8 * interval '1 millisecond')
                  LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id`.execute(db);
  return rows[0]?.id ?? null;
}

/** It begins anew with whoever takes it next. */
export async function giveBackVerification(db: Queryable, id: string): Promise<void> {
  await sql`
    UPDATE audit_verification SET state = 'REQUESTED', started_at = NULL, alive_at = NULL, seals_done = 0
     WHERE id = ${id} AND state = 'RUNNING'`.execute(db);
}

export async function saveProgress(db: Queryable, id: string, done: bigint, total: bigint): Promise<void> {
  await sql`
    UPDATE audit_verification SET seals_done = ${done}, seals_total = ${total}, alive_at = clock_timestamp()
     WHERE id = ${id} AND state = 'RUNNING'`.execute(db);
}

export async function endVerification(
  db: Queryable,
  id: string,
  end: { report: HistoryReport } | { error: string },
): Promise<void> {
  if ('error' in end) {
    await sql`
      UPDATE audit_verification SET state = 'FAILED', ended_at = clock_timestamp(), error = ${end.error}
       WHERE id = ${id} AND state = 'RUNNING'`.execute(db);
    return;
  }
  const { ok, seals, rows, head, problems } = end.report;
  const kept = JSON.stringify(problems.slice(0, PROBLEMS_KEPT_MAX));
  await sql`
    UPDATE audit_verification
       SET state = 'DONE', ended_at = clock_timestamp(), ok = ${ok}, seals_done = ${seals},
           seals_total = greatest(seals_total, ${seals}::bigint), rows_done = ${rows}, head = ${head?.hash ?? null},
           problems = ${kept}::json
     WHERE id = ${id} AND state = 'RUNNING'`.execute(db);
}

export type SealState = { number: bigint; hash: string; sealedAt: Date };

/** The newest seal; null: nothing is sealed yet. */
export async function readLastSeal(db: Queryable): Promise<SealState | null> {
  const { rows } = await sql<SealState>`
    SELECT number, encode(hash, 'hex') AS hash, sealed_at AS "sealedAt" FROM audit_seal ORDER BY number DESC LIMIT 1`.execute(
    db,
  );
  return rows[0] ?? null;
}
