import type { Database, Queryable } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { sleep } from '@naru/kit/clock.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { sql } from 'kysely';
import type { WithdrawalState } from './withdrawal.machine.ts';

/** A change of state as the log has it: nothing here depends on when it is read. */
export type LogEvent = {
  position: bigint;
  organisationId: string;
  withdrawalId: string;
  version: number;
  from: WithdrawalState | null;
  to: WithdrawalState;
  at: Date;
  chain: string;
  asset: string;
  decimals: number;
  recipient: Hex;
  amount: bigint;
  reference: string | null;
  bulkId: string | null;
};

/** The log's end, where a new reader begins. */
export async function readLogEnd(db: Queryable): Promise<bigint> {
  const { rows } = await sql<{
    end: bigint;
  }>`SELECT coalesce(max(position), 0) AS end FROM withdrawal_event`.execute(db);
  return rows[0]?.end ?? 0n;
}

/** How long a reader waits for transactions that may still fill a gap before it lets its caller go on. */
const GAP_WAIT_MS_MAX = 200;
const GAP_POLL_MS = 10;

/**
 * Rows after a position, oldest first, without gaps: a position is taken before its transaction commits, so a higher
 * one can be seen first. Where a position is missing, everything open at that moment is waited for; what is missing
 * then was rolled back. Gives less, or nothing, while that is undecided.
 */
export async function readWithoutGaps<Row extends { position: bigint }>(
  db: Database,
  after: bigint,
  readPage: () => Promise<{ rows: Row[]; oldestOpen: bigint }>,
): Promise<Row[]> {
  const seen = await readPage();
  const certain = seen.rows.filter(({ position }, index) => position === after + BigInt(index) + 1n);
  const last = seen.rows.at(-1);
  if (certain.length > 0 || last === undefined) return certain;
  // Every event is written in a transaction that wrote its withdrawal before: it had its number when `seen` was read,
  // a lower one than a transaction of now. (The snapshot's own upper end is no such bound: numbers above it may run.)
  const bound = await takeTransactionNumber(db);
  for (let waitedMs = 0; waitedMs < GAP_WAIT_MS_MAX; waitedMs += GAP_POLL_MS) {
    const now = await readPage();
    if (now.oldestOpen > bound) return now.rows.filter(({ position }) => position <= last.position);
    await sleep(GAP_POLL_MS);
  }
  return [];
}

/** A position up to which nothing can appear any more; null while a transaction of before is still open. */
export async function readSettledEnd(db: Database): Promise<bigint | null> {
  const end = await readLogEnd(db);
  const bound = await takeTransactionNumber(db);
  for (let waitedMs = 0; waitedMs < GAP_WAIT_MS_MAX; waitedMs += GAP_POLL_MS) {
    const { rows } = await sql<{
      oldestOpen: bigint;
    }>`SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS "oldestOpen"`.execute(db);
    if (assertPresent(rows[0], 'snapshot').oldestOpen > bound) return end;
    await sleep(GAP_POLL_MS);
  }
  return null;
}

async function takeTransactionNumber(db: Database): Promise<bigint> {
  const { rows } = await sql<{ number: bigint }>`SELECT pg_current_xact_id()::text::bigint AS number`.execute(
    db,
  );
  return assertPresent(rows[0], 'transaction number').number;
}

const columns = sql`
  e.position, w.organisation_id AS "organisationId", e.withdrawal_id AS "withdrawalId", e.version,
  e.from_state AS "from", e.to_state AS "to", e.at, w.chain_id AS chain, a.code AS asset, a.decimals,
  w.to_address AS recipient, w.amount, w.reference, w.bulk_id AS "bulkId"`;

/** Events of all organisations after a position, without gaps. */
export async function readLog(db: Database, after: bigint, limit: number): Promise<LogEvent[]> {
  return await readWithoutGaps(db, after, async () => {
    const { rows } = await sql<{ oldestOpen: bigint } & { [Key in keyof LogEvent]: LogEvent[Key] | null }>`
      SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS "oldestOpen", l.*
        FROM (SELECT 1) one
        LEFT JOIN (SELECT ${columns} FROM withdrawal_event e
                     JOIN withdrawal w ON w.id = e.withdrawal_id JOIN asset a ON a.id = w.asset_id
                    WHERE e.position > ${after} ORDER BY e.position LIMIT ${limit}) l ON true
       ORDER BY l.position`.execute(db);
    const { oldestOpen } = assertPresent(rows[0], 'snapshot');
    const events = rows.flatMap(({ oldestOpen: _, ...event }) =>
      event.position === null ? [] : [event as LogEvent],
    );
    return { rows: events, oldestOpen };
  });
}

/** Events of one organisation in a range of positions in which nothing can appear any more. */
export async function readOrganisationLog(
  db: Queryable,
  organisationId: string,
  range: { after: bigint; upTo: bigint; limit: number },
): Promise<LogEvent[]> {
  const { rows } = await sql<LogEvent>`
    SELECT ${columns}
      FROM (SELECT * FROM withdrawal_event WHERE position > ${range.after} AND position <= ${range.upTo}
             ORDER BY position) e
      JOIN withdrawal w ON w.id = e.withdrawal_id JOIN asset a ON a.id = w.asset_id
     WHERE w.organisation_id = ${organisationId} ORDER BY e.position LIMIT ${range.limit}`.execute(db);
  return rows;
}
