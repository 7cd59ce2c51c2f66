import type { Queryable, Tx } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import type { ChainTxState } from '../chain-tx/chain-tx.machine.ts';
import { OPEN_TXS_READ_MAX } from './dead-letter.limits.ts';
import type { Found } from './dead-letter.ts';
import { type ErrorCode, errorTaxonomy } from './taxonomy.ts';

/** Opens letters that are not there yet. Returns how many; what is there, open or closed by a person, stays as it is. */
export async function openLetters(tx: Queryable, found: readonly Found[]): Promise<number> {
  if (found.length === 0) return 0;
  const { numAffectedRows } = await sql`
    INSERT INTO dead_letter (id, kind, subject, cause, detail, asset_id, amount)
    SELECT f.* FROM unnest(${found.map(() => newUuid())}::uuid[], ${found.map((one) => one.kind)}::text[],
                           ${found.map((one) => one.subject)}::text[], ${found.map((one) => one.cause)}::text[],
                           ${found.map((one) => one.detail)}::text[],
                           ${found.map((one) => one.atStake?.assetId ?? null)}::text[],
                           ${found.map((one) => one.atStake?.amount.toString() ?? null)}::numeric[]) AS f
    ON CONFLICT (kind, subject, cause) WHERE present DO NOTHING`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

/** Opens one for each of these withdrawals that has just failed for a cause on our side. */
export async function openForWithdrawals(
  tx: Tx,
  ids: readonly string[],
  cause: ErrorCode,
  detail: string,
): Promise<void> {
  if (ids.length === 0) return;
  const { rows } = await sql<{ id: string; assetId: string; amount: bigint }>`
    SELECT id, asset_id AS "assetId", amount FROM withdrawal WHERE id = ANY (${ids}::uuid[])`.execute(tx);
  await openLetters(
    tx,
    rows.map(({ id, ...atStake }) => ({ kind: 'WITHDRAWAL', subject: id, cause, detail, atStake })),
  );
}

/**
 * Brings the letters of these causes to what was just found: known ones are refreshed, new ones opened, and those whose
 * cause is gone are closed. One search at a time: two would close what the other has just seen.
 */
export async function applyFound(
  tx: Tx,
  causes: readonly ErrorCode[],
  found: readonly Found[],
): Promise<{ opened: number; closed: number }> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('dead letters', 3))`.execute(tx);
  await sql`
    UPDATE dead_letter d
       SET detail = f.detail, amount = f.amount, last_seen_at = clock_timestamp(), seen_count = d.seen_count + 1
      FROM unnest(${found.map((one) => one.kind)}::text[], ${found.map((one) => one.subject)}::text[],
                  ${found.map((one) => one.cause)}::text[], ${found.map((one) => one.detail)}::text[],
                  ${found.map((one) => one.atStake?.amount.toString() ?? null)}::numeric[])
        AS f (kind, subject, cause, detail, amount)
     WHERE d.present AND d.kind = f.kind AND d.subject = f.subject AND d.cause = f.cause`.execute(tx);
  const opened = await openLetters(tx, found);
  const { rows } = await sql<{ was: string }>`
    UPDATE dead_letter d
       SET present = false, state = 'CLOSED', closed_at = coalesce(d.closed_at, clock_timestamp()),
           closed_by = coalesce(d.closed_by, 'system:jobs'),
           close_reason = coalesce(d.close_reason, 'its cause is gone')
     WHERE d.present AND d.cause = ANY (${causes}::text[])
       AND NOT EXISTS (SELECT 1 FROM unnest(${found.map((one) => one.kind)}::text[],
                                            ${found.map((one) => one.subject)}::text[],
                                            ${found.map((one) => one.cause)}::text[]) AS f (kind, subject, cause)
                        WHERE f.kind = d.kind AND f.subject = d.subject AND f.cause = d.cause)
    RETURNING old.state AS was`.execute(tx);
  return { opened, closed: rows.filter((row) => row.was === 'OPEN').length };
}

/** OPEN → CLOSED by a person. False: there is no open letter of this id. */
export async function closeLetter(
  tx: Tx,
  id: string,
  by: { actor: string; reason: string },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE dead_letter SET state = 'CLOSED', closed_at = clock_timestamp(), closed_by = ${by.actor},
           close_reason = ${by.reason}
     WHERE id = ${id} AND state = 'OPEN'`.execute(tx);
  return numAffectedRows === 1n;
}

/** The open letters of a withdrawal, when what they ask for was done. */
export async function closeLettersOf(
  tx: Tx,
  withdrawalId: string,
  by: { actor: string; reason: string },
): Promise<void> {
  await sql`
    UPDATE dead_letter SET state = 'CLOSED', closed_at = clock_timestamp(), closed_by = ${by.actor},
           close_reason = ${by.reason}
     WHERE kind = 'WITHDRAWAL' AND subject = ${withdrawalId} AND state = 'OPEN'`.execute(tx);
}

export async function insertNote(
  tx: Tx,
  note: { kind: 'WITHDRAWAL' | 'DEAD_LETTER'; subjectId: string; author: string; text: string },
): Promise<void> {
  await sql`
    INSERT INTO operator_note (id, subject_kind, subject_id, author, text)
    VALUES (${newUuid()}, ${note.kind}, ${note.subjectId}, ${note.author}, ${note.text})`.execute(tx);
}

export type OpenChainTxRow = {
  id: string;
  state: ChainTxState;
  lastError: string | null;
  ageMs: number;
  broadcastedForMs: number | null;
  assetId: string;
  amount: bigint;
  itemCount: number;
  nonce: bigint;
  address: string;
};

/** Open chain transactions that are not new, the oldest first. */
export async function readOpenChainTxs(db: Queryable): Promise<OpenChainTxRow[]> {
  const { rows } = await sql<OpenChainTxRow>`
    SELECT x.id, x.state, x.last_error AS "lastError", x.asset_id AS "assetId", x.amount,
           x.item_count AS "itemCount", x.nonce, s.address,
           (extract(epoch FROM now() - x.created_at) * 1000)::float8 AS "ageMs",
           (extract(epoch FROM now() - x.broadcasted_at) * 1000)::float8 AS "broadcastedForMs"
      FROM chain_tx x JOIN sub_account s ON s.id = x.sub_account_id
     WHERE x.state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED')
     ORDER BY x.created_at LIMIT ${OPEN_TXS_READ_MAX}`.execute(db);
  return rows;
}

export type WaitingQueue = {
  assetId: string;
  state: 'PENDING' | 'VALIDATING';
  count: number;
  amount: bigint;
  oldestId: string;
};

/** Withdrawals that nobody has planned for longer than this, together for each asset and state. */
export async function readWaitingQueues(db: Queryable): Promise<WaitingQueue[]> {
  const forMs = errorTaxonomy.withdrawals_wait.letterAfterMs;
  const of = (state: 'PENDING' | 'VALIDATING') => sql`
    SELECT asset_id AS "assetId", ${state} AS state, count(*)::integer AS count, sum(amount) AS amount,
           (min(id::text)) AS "oldestId"
      FROM withdrawal
     WHERE state = ${sql.lit(state)} AND updated_at < now() - ${forMs} * interval '1 millisecond'
     GROUP BY asset_id`;
  const { rows } = await sql<WaitingQueue>`${of('PENDING')} UNION ALL ${of('VALIDATING')}`.execute(db);
  return rows;
}

/** Jobs whose last run that ended has failed, with its reason. */
export async function readFailingJobs(
  db: Queryable,
  jobs: readonly string[],
): Promise<{ job: string; error: string | null }[]> {
  const { rows } = await sql<{ job: string; error: string | null }>`
    SELECT j.job, r.error
      FROM unnest(${jobs}::text[]) AS j (job)
      JOIN LATERAL (SELECT outcome, error FROM job_run WHERE job = j.job AND outcome IN ('DONE', 'FAILED')
                     ORDER BY started_at DESC LIMIT 1) r ON r.outcome = 'FAILED'
     ORDER BY j.job`.execute(db);
  return rows;
}
