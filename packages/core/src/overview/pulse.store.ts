import { type Database, type Queryable, type Tx, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { sql } from 'kysely';
import { readLogEnd } from '../withdrawal/event-log.reader.ts';
import type { WithdrawalState } from '../withdrawal/withdrawal.machine.ts';
import { latencyBounds } from './latency-bins.ts';
import { PULSE_KEPT_SECONDS, PULSE_SECONDS } from './overview.limits.ts';

/** How many withdrawals did the same in one bucket: were submitted, or ended in one way after about as long. */
export type PulseCount = {
  at: Date;
  from: WithdrawalState | null;
  to: WithdrawalState;
  failureCode: string | null;
  /** Of `latency-bins.ts`; null unless it was confirmed. */
  bin: number | null;
  count: number;
};

/** What one bucket adds to what is kept. */
export type PulseBucket = {
  at: Date;
  submitted: number;
  confirmed: number;
  failedOurs: number;
  failedRecipient: number;
  failedDecision: number;
  latency: readonly number[];
};

/** The position up to which the log is counted, locked for one who goes on from there; null: another one is at it. */
async function lockPulse(tx: Tx): Promise<bigint | null> {
  const { rows } = await sql<{ position: bigint }>`
    SELECT position FROM withdrawal_pulse_cursor WHERE id = 1 FOR UPDATE SKIP LOCKED`.execute(tx);
  if (rows[0] !== undefined) return rows[0].position;
  // Nobody has counted yet: from here on.
  await sql`INSERT INTO withdrawal_pulse_cursor (id, position) VALUES (1, ${await readLogEnd(tx)})
            ON CONFLICT DO NOTHING`.execute(tx);
  return null;
}

/** How far the log goes on after a position without a gap, over both its tables; and whether there is more beyond. */
export async function readGapless(
  db: Queryable,
  after: bigint,
  limit: number,
): Promise<{ upTo: bigint; isMore: boolean }> {
  const { rows } = await sql<{ upTo: bigint | null; isMore: boolean }>`
    WITH next AS (
      (SELECT position FROM withdrawal_event WHERE position > ${after} ORDER BY position LIMIT ${limit})
      UNION ALL
      (SELECT position FROM organisation_event WHERE position > ${after} ORDER BY position LIMIT ${limit})
    ), placed AS (SELECT position, row_number() OVER (ORDER BY position) AS place FROM next)
    SELECT max(position) FILTER (WHERE position = ${after}::bigint + place) AS "upTo",
           count(*) FILTER (WHERE position <> ${after}::bigint + place) > 0 OR count(*) >= ${limit} AS "isMore"
      FROM placed`.execute(db);
  const { upTo, isMore } = assertPresent(rows[0], 'end of the log without gaps');
  return { upTo: upTo ?? after, isMore };
}

/** What positions in (after, upTo] say, added up inside the database. The time of an id is that of its request. */
export async function countEvents(db: Queryable, after: bigint, upTo: bigint): Promise<PulseCount[]> {
  const { rows } = await sql<PulseCount>`
    SELECT to_timestamp(floor(extract(epoch FROM e.at) / ${PULSE_SECONDS}::integer) * ${PULSE_SECONDS}::integer) AS at,
           e.from_state AS "from", e.to_state AS "to", w.failure_code AS "failureCode",
           CASE e.to_state WHEN 'CONFIRMED' THEN width_bucket(
             extract(epoch FROM e.at)::float8
               - ('x' || translate(left(e.withdrawal_id::text, 13), '-', ''))::bit(48)::bigint / 1000.0::float8,
             ${[...latencyBounds]}::float8[]) END AS bin,
           count(*)::integer AS count
      FROM withdrawal_event e
      LEFT JOIN LATERAL (SELECT failure_code FROM withdrawal
                          WHERE id = e.withdrawal_id AND e.to_state = 'FAILED' LIMIT 1) w ON true
     WHERE e.position > ${after} AND e.position <= ${upTo}
       AND (e.from_state IS NULL OR e.to_state IN ('CONFIRMED', 'FAILED'))
     GROUP BY 1, 2, 3, 4, 5`.execute(db);
  return rows;
}

/** Adds to the buckets that are there, makes those that are not, removes what is old, and moves the position. */
export async function savePulse(tx: Tx, buckets: readonly PulseBucket[], upTo: bigint): Promise<void> {
  const fresh = sql`(now() - ${PULSE_KEPT_SECONDS}::integer * interval '1 second')`;
  for (const one of buckets)
    await sql`
      INSERT INTO withdrawal_pulse AS p (at, submitted, confirmed, failed_ours, failed_recipient, failed_decision, latency)
      SELECT ${one.at}, ${one.submitted}, ${one.confirmed}, ${one.failedOurs}, ${one.failedRecipient},
             ${one.failedDecision}, ${[...one.latency]}::integer[]
       WHERE ${one.at} > ${fresh}
      ON CONFLICT (at) DO UPDATE SET
        submitted = p.submitted + excluded.submitted, confirmed = p.confirmed + excluded.confirmed,
        failed_ours = p.failed_ours + excluded.failed_ours,
        failed_recipient = p.failed_recipient + excluded.failed_recipient,
        failed_decision = p.failed_decision + excluded.failed_decision,
        latency = (SELECT array_agg(a.n + b.n ORDER BY a.place)
                     FROM unnest(p.latency) WITH ORDINALITY AS a (n, place)
                     JOIN unnest(excluded.latency) WITH ORDINALITY AS b (n, place) USING (place))`.execute(
      tx,
    );
  await sql`DELETE FROM withdrawal_pulse WHERE at < ${fresh}`.execute(tx);
  await sql`UPDATE withdrawal_pulse_cursor SET position = ${upTo} WHERE id = 1`.execute(tx);
}

/** Runs `step` with the cursor locked; null: another instance counts at this moment. */
export async function withPulse<T>(
  db: Database,
  step: (tx: Tx, after: bigint) => Promise<T>,
): Promise<T | null> {
  return await withTransaction(db, async (tx) => {
    const after = await lockPulse(tx);
    return after === null ? null : await step(tx, after);
  });
}

/** The buckets since a moment, oldest first; a bucket in which nothing happened is not among them. */
export async function readPulse(db: Queryable, sinceSeconds: number): Promise<PulseBucket[]> {
  const { rows } = await sql<PulseBucket>`
    SELECT at, submitted, confirmed, failed_ours AS "failedOurs", failed_recipient AS "failedRecipient",
           failed_decision AS "failedDecision", '{}'::integer[] AS latency
      FROM withdrawal_pulse WHERE at > now() - ${sinceSeconds}::integer * interval '1 second' ORDER BY at`.execute(
    db,
  );
  return rows;
}

/** Sums since a moment, with how many took how long. */
export async function readPulseTotals(db: Queryable, sinceSeconds: number): Promise<Omit<PulseBucket, 'at'>> {
  const { rows } = await sql<Omit<PulseBucket, 'at'>>`
    WITH recent AS (SELECT * FROM withdrawal_pulse WHERE at > now() - ${sinceSeconds}::integer * interval '1 second')
    SELECT coalesce(sum(submitted), 0)::integer AS submitted, coalesce(sum(confirmed), 0)::integer AS confirmed,
           coalesce(sum(failed_ours), 0)::integer AS "failedOurs",
           coalesce(sum(failed_recipient), 0)::integer AS "failedRecipient",
           coalesce(sum(failed_decision), 0)::integer AS "failedDecision",
           coalesce((SELECT array_agg(s.n ORDER BY s.place)
                       FROM (SELECT b.place, sum(b.n)::integer AS n
                               FROM recent r, unnest(r.latency) WITH ORDINALITY AS b (n, place)
                              WHERE r.confirmed > 0 GROUP BY b.place) s), '{}') AS latency
      FROM recent`.execute(db);
  return assertPresent(rows[0], 'sums of the pulse');
}
