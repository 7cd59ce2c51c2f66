import type { Database, Queryable } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { sql } from 'kysely';
import { readLogEnd, readSettledEnd } from '../withdrawal/event-log.reader.ts';
import { failureCauseOf } from '../withdrawal/failure-cause.ts';
import type { WithdrawalState } from '../withdrawal/withdrawal.machine.ts';

/** Withdrawals that have no nonce yet, over all enabled chains, and how long the oldest of them has waited. */
export async function readQueue(db: Queryable): Promise<{ count: number; oldestSeconds: number }> {
  const { rows } = await sql<{ count: number; oldestSeconds: number }>`
    SELECT count(*)::integer AS count,
           coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8 AS "oldestSeconds"
      FROM withdrawal WHERE state = 'PENDING' OR state = 'VALIDATING'`.execute(db);
  return assertPresent(rows[0], 'count of the queue');
}

/** Work of ours that was given up and waits for a person, by what it was. */
export async function countDeadLetters(db: Queryable): Promise<{ what: string; count: number }[]> {
  const { rows } = await sql<{ what: string; count: number }>`
    SELECT cause AS what, count(*)::integer AS count FROM dead_letter WHERE state = 'OPEN' GROUP BY cause
    UNION ALL
    SELECT 'messages about alarms', count(*)::integer
      FROM alert_message m JOIN alert_channel c ON c.id = m.channel_id
     WHERE m.state = 'GIVEN_UP' AND c.removed_at IS NULL AND m.ended_at > clock_timestamp() - interval '7 days'`.execute(
    db,
  );
  return rows.filter(({ count }) => count > 0);
}

/**
 * Counts the withdrawals that have ended since the last call, of any process, and keeps that as a sample. The first call
 * begins at the end of the log. Only one at a time may do this; a job is.
 */
export async function sampleFinished(db: Database): Promise<void> {
  const { rows: last } = await sql<{ position: bigint }>`
    SELECT last_position AS position FROM finished_sample ORDER BY last_position DESC LIMIT 1`.execute(db);
  const after = last[0]?.position ?? (await readLogEnd(db));
  const end = await readSettledEnd(db);
  if (end === null || (last[0] !== undefined && end <= after)) return; // nothing certain is new: the next look has it
  const { rows } = await sql<{
    from: WithdrawalState | null;
    to: WithdrawalState;
    code: string | null;
    count: number;
  }>`
    SELECT e.from_state AS "from", e.to_state AS "to", w.failure_code AS code, count(*)::integer AS count
      FROM withdrawal_event e
      LEFT JOIN LATERAL (SELECT failure_code FROM withdrawal WHERE id = e.withdrawal_id AND e.to_state = 'FAILED' LIMIT 1) w ON true
     WHERE e.position > ${after} AND e.position <= ${end} AND e.to_state IN ('CONFIRMED', 'FAILED')
     GROUP BY 1, 2, 3`.execute(db);
  const sum = (matches: (row: (typeof rows)[number]) => boolean) =>
    rows.filter(matches).reduce((total, row) => total + row.count, 0);
  const failed = (cause: 'ours' | 'recipient') =>
    sum((row) => row.to === 'FAILED' && failureCauseOf(row.from, row.code) === cause);
  await sql`
    INSERT INTO finished_sample (last_position, confirmed, failed_ours, failed_recipient)
    VALUES (${end}, ${sum((row) => row.to === 'CONFIRMED')}, ${failed('ours')}, ${failed('recipient')})
    ON CONFLICT DO NOTHING`.execute(db);
  await sql`DELETE FROM finished_sample WHERE at < clock_timestamp() - interval '1 hour'
              AND last_position < ${end}`.execute(db);
}

export type Finished = { confirmed: number; failedOurs: number; failedRecipient: number };

/** Sums of the samples of the last minutes. */
export async function readFinished(db: Queryable, minutes: number): Promise<Finished> {
  const { rows } = await sql<Finished>`
    SELECT coalesce(sum(confirmed), 0)::integer AS confirmed, coalesce(sum(failed_ours), 0)::integer AS "failedOurs",
           coalesce(sum(failed_recipient), 0)::integer AS "failedRecipient"
      FROM finished_sample WHERE at > clock_timestamp() - ${minutes}::integer * interval '1 minute'`.execute(
    db,
  );
  return assertPresent(rows[0], 'sums of samples');
}
