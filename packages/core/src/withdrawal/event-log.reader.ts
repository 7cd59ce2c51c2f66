import type { Database, Queryable } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { sleep } from '@naru/kit/clock.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { type RawBuilder, sql } from 'kysely';
import type { OtherEvent } from '../event/event.ts';
import { readOtherEvents } from '../event/organisation-event.store.ts';
import type { WithdrawalState } from './withdrawal.machine.ts';
import type { Priority } from './withdrawal.ts';

/**
 * A change of state with its withdrawal as it was then. Nothing here depends on when it is read, but for the block of one
 * that is not final, which a reorganisation can change.
 */
export type LogEvent = {
  kind: 'withdrawal';
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
  /** On top of the amount, smallest unit. */
  fee: bigint;
  reference: string | null;
  bulkId: string | null;
  priority: Priority;
  metadata: Record<string, string>;
  createdAt: Date;
  confirmedAt: Date | null;
  failureCode: string | null;
  failureMessage: string | null;
  failureRetryable: boolean | null;
  /** Newest attempt of that moment, or the one in the block. */
  hash: string | null;
  /** Null: it was not planned. */
  subAccount: Hex | null;
  nonce: bigint | null;
  blockNumber: bigint | null;
  requiredConfirmations: number;
  explorerUrl: string | null;
};

/** The log is two tables with one order: of withdrawals, and of all else that organisations are told of. */
export type LogEntry = LogEvent | OtherEvent;

/** The log's end, where a new reader begins. */
export async function readLogEnd(db: Queryable): Promise<bigint> {
  const { rows } = await sql<{ end: bigint }>`
    SELECT greatest((SELECT max(position) FROM withdrawal_event), (SELECT max(position) FROM organisation_event), 0)
        AS end`.execute(db);
  return rows[0]?.end ?? 0n;
}

/** How long a reader waits for transactions that may still fill a gap before it lets its caller go on. */
const GAP_WAIT_MS_MAX = 200;
const GAP_POLL_MS = 10;
/** An event is written in the statement that takes its position; a slow one takes seconds. */
const TIME_SKEW_MS = 10_000;

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

const isInBlock = sql`e.to_state IN ('CONFIRMING', 'CONFIRMED', 'FAILED')`;

const columns = sql`
  'withdrawal' AS kind, e.position, w.organisation_id AS "organisationId", e.withdrawal_id AS "withdrawalId", e.version,
  e.from_state AS "from", e.to_state AS "to", e.at, w.chain_id AS chain, a.code AS asset, a.decimals,
  w.to_address AS recipient, w.amount, w.fee, w.reference, w.bulk_id AS "bulkId", w.priority, w.metadata,
  w.created_at AS "createdAt", CASE e.to_state WHEN 'CONFIRMED' THEN w.confirmed_at END AS "confirmedAt",
  CASE e.to_state WHEN 'FAILED' THEN w.failure_code END AS "failureCode",
  CASE e.to_state WHEN 'FAILED' THEN w.failure_message END AS "failureMessage",
  CASE e.to_state WHEN 'FAILED' THEN w.failure_retryable END AS "failureRetryable",
  t.hash, s.address AS "subAccount", x.nonce,
  CASE WHEN ${isInBlock} THEN x.block_number END AS "blockNumber",
  c.confirmations AS "requiredConfirmations", c.explorer_url AS "explorerUrl"`;

/** What an event is told with. One look-up for each event, whatever the planner thinks of the size of the tables. */
const parents = sql`
  JOIN LATERAL (SELECT * FROM withdrawal WHERE id = e.withdrawal_id LIMIT 1) w ON true
  JOIN asset a ON a.id = w.asset_id
  JOIN chain c ON c.id = w.chain_id
  LEFT JOIN LATERAL (SELECT * FROM chain_tx WHERE id = e.chain_tx_id LIMIT 1) x ON true
  LEFT JOIN sub_account s ON s.id = x.sub_account_id
  LEFT JOIN LATERAL (
    SELECT hash FROM chain_tx_attempt t WHERE t.chain_tx_id = x.id AND t.created_at <= e.at
     ORDER BY (${isInBlock} AND t.number = x.mined_attempt) DESC NULLS LAST, t.number DESC LIMIT 1) t ON true`;

/**
 * Adds what the other table has after a position. A full page of withdrawals that follow one on the other leaves no place
 * for any: under load it costs nothing. It is read after them, so what is missing is a gap like any other.
 */
async function withOthers<Row extends { position: bigint }, Other extends { position: bigint }>(
  page: { after: bigint; limit: number },
  rows: readonly Row[],
  readOthers: () => Promise<Other[]>,
): Promise<(Row | Other)[]> {
  const isFull = rows.length === page.limit && rows.at(-1)?.position === page.after + BigInt(rows.length);
  if (isFull) return [...rows];
  return inOrder([...rows, ...(await readOthers())]).slice(0, page.limit);
}

function inOrder<Row extends { position: bigint }>(rows: Row[]): Row[] {
  return rows.sort((one, other) => (one.position < other.position ? -1 : 1));
}

/** Events of all organisations after a position, without gaps. */
export async function readLog(db: Database, after: bigint, limit: number): Promise<LogEntry[]> {
  return await readWithoutGaps<LogEntry>(db, after, async () => {
    const { rows } = await sql<{ oldestOpen: bigint } & { [Key in keyof LogEvent]: LogEvent[Key] | null }>`
      SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS "oldestOpen", l.*
        FROM (SELECT 1) one
        LEFT JOIN (SELECT ${columns} FROM withdrawal_event e ${parents}
                    WHERE e.position > ${after} ORDER BY e.position LIMIT ${limit}) l ON true
       ORDER BY l.position`.execute(db);
    const { oldestOpen } = assertPresent(rows[0], 'snapshot');
    const events = rows.flatMap(({ oldestOpen: _, ...event }) =>
      event.position === null ? [] : [event as LogEvent],
    );
    const all = await withOthers<LogEvent, OtherEvent>({ after, limit }, events, () =>
      readOtherEvents(db, sql`position > ${after} ORDER BY position LIMIT ${limit}`),
    );
    return { rows: all, oldestOpen };
  });
}

/** Events of one organisation in a range of positions in which nothing can appear any more. */
export async function readOrganisationLog(
  db: Queryable,
  organisationId: string,
  range: { after: bigint; upTo: bigint; limit: number },
): Promise<LogEntry[]> {
  const { after, upTo, limit } = range;
  const events = await describeEvents(
    db,
    sql`(SELECT * FROM withdrawal_event WHERE position > ${after} AND position <= ${upTo} ORDER BY position)`,
    sql`w.organisation_id = ${organisationId} ORDER BY e.position LIMIT ${limit}`,
  );
  return await withOthers<LogEvent, OtherEvent>({ after, limit }, events, () =>
    readOtherEvents(
      db,
      sql`organisation_id = ${organisationId} AND position > ${after} AND position <= ${upTo}
          ORDER BY position LIMIT ${limit}`,
    ),
  );
}

/** Positions alone, after one, without gaps: for a reader that cares for few of the events. */
export async function readPositions(db: Database, after: bigint, limit: number): Promise<bigint[]> {
  const rows = await readWithoutGaps(db, after, async () => {
    const { rows } = await sql<{ oldestOpen: bigint; position: bigint | null }>`
      SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS "oldestOpen", l.position
        FROM (SELECT 1) one
        LEFT JOIN (SELECT position FROM withdrawal_event WHERE position > ${after}
                    ORDER BY position LIMIT ${limit}) l ON true
       ORDER BY l.position`.execute(db);
    const { oldestOpen } = assertPresent(rows[0], 'snapshot');
    const found = rows.flatMap(({ position }) => (position === null ? [] : [{ position }]));
    const all = await withOthers({ after, limit }, found, async () => {
      const others = await sql<{ position: bigint }>`
        SELECT position FROM organisation_event WHERE position > ${after} ORDER BY position LIMIT ${limit}`.execute(
        db,
      );
      return others.rows;
    });
    return { rows: all, oldestOpen };
  });
  return rows.map(({ position }) => position);
}

/** Those that `events`, a set of rows of `withdrawal_event`, names; `tail` goes on after `WHERE`. */
export async function describeEvents(
  db: Queryable,
  events: RawBuilder<unknown>,
  tail: RawBuilder<unknown>,
): Promise<LogEvent[]> {
  const { rows } = await sql<LogEvent>`SELECT ${columns} FROM ${events} e ${parents} WHERE ${tail}`.execute(
    db,
  );
  return rows;
}

/** What a list of events asks for. An empty list of types or states: none of that table. */
export type LogFilter = {
  before: bigint;
  from: bigint;
  withdrawalId: string | null;
  depositId: string | null;
  states: readonly string[];
  otherTypes: readonly string[];
  limit: number;
};

/** Events of one organisation before a position, the newest first, of the positions that are searched at most. */
export async function readNewestLog(
  db: Queryable,
  organisationId: string,
  page: LogFilter,
): Promise<LogEntry[]> {
  const { before, from, limit, withdrawalId, depositId } = page;
  const own = withdrawalId === null ? sql`` : sql`AND withdrawal_id = ${withdrawalId}`;
  const events =
    page.states.length === 0 || depositId !== null
      ? []
      : await describeEvents(
          db,
          sql`(SELECT * FROM withdrawal_event
                WHERE position < ${before} AND position >= ${from} ${own}
                  AND to_state = ANY (${[...page.states]}::text[])
                ORDER BY position DESC)`,
          sql`w.organisation_id = ${organisationId} ORDER BY e.position DESC LIMIT ${limit}`,
        );
  if (page.otherTypes.length === 0 || withdrawalId !== null) return events;
  const others = await readOtherEvents(
    db,
    sql`organisation_id = ${organisationId} AND position < ${before} AND position >= ${from}
        AND (${depositId}::uuid IS NULL OR subject_id = ${depositId})
        AND type = ANY (${[...page.otherTypes]}::text[]) ORDER BY position DESC LIMIT ${limit}`,
  );
  return inOrder<LogEntry>([...events, ...others])
    .reverse()
    .slice(0, limit);
}

/** The event at a position, of this organisation. */
export async function readLogEvent(
  db: Queryable,
  organisationId: string,
  position: bigint,
): Promise<LogEntry | null> {
  const [found] = await describeEvents(
    db,
    sql`(SELECT * FROM withdrawal_event WHERE position = ${position})`,
    sql`w.organisation_id = ${organisationId}`,
  );
  if (found !== undefined) return found;
  const [other] = await readOtherEvents(
    db,
    sql`organisation_id = ${organisationId} AND position = ${position}`,
  );
  return other ?? null;
}

/**
 * The position before which everything happened before a moment. Positions and moments are taken together, a few
 * milliseconds apart: what is nearer than `TIME_SKEW_MS` may be on either side.
 */
export async function findPositionAt(db: Queryable, at: Date): Promise<bigint> {
  const wanted = at.getTime() - TIME_SKEW_MS;
  let low = 0n;
  let high = await readLogEnd(db);
  while (low < high) {
    const middle = (low + high) / 2n;
    const { rows } = await sql<{ position: bigint; at: Date }>`
      (SELECT position, at FROM withdrawal_event WHERE position > ${middle} ORDER BY position LIMIT 1)
      UNION ALL
      (SELECT position, at FROM organisation_event WHERE position > ${middle} ORDER BY position LIMIT 1)
      ORDER BY position LIMIT 1`.execute(db);
    const found = rows[0];
    if (found === undefined || found.at.getTime() >= wanted) high = middle;
    else low = found.position;
  }
  return low;
}
