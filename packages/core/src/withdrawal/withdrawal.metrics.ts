import type { Database, Queryable } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { sql } from 'kysely';
import { readWithoutGaps } from './event-log.reader.ts';
import { openWithdrawalStates, type WithdrawalState } from './withdrawal.machine.ts';

export type StageDepth = { state: WithdrawalState; chain: string; count: number; oldestAgeSeconds: number };

/** How many withdrawals stand in each open state, and how long the oldest has been in the system. */
export async function readStageDepths(db: Queryable): Promise<StageDepth[]> {
  const { rows } = await sql<StageDepth>`
    SELECT state, chain_id AS chain, count(*)::integer AS count,
           coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS "oldestAgeSeconds"
      FROM withdrawal
     WHERE state = ANY (${openWithdrawalStates}::text[])
     GROUP BY state, chain_id`.execute(db);
  return rows;
}

export type StateArrival = {
  position: bigint;
  from: WithdrawalState | null;
  state: WithdrawalState;
  /** Of a withdrawal that is FAILED now. */
  failureCode: string | null;
  sinceSubmitSeconds: number;
};

/** Events after a position, oldest first, without gaps. Returns less, or nothing, while a gap is undecided. */
export async function readArrivals(db: Database, after: bigint, limit: number): Promise<StateArrival[]> {
  return await readWithoutGaps(db, after, () => readPage(db, after, limit));
}

/** Events as one snapshot has them; all transactions below `oldestOpen` have ended. */
async function readPage(
  db: Database,
  after: bigint,
  limit: number,
): Promise<{ rows: StateArrival[]; oldestOpen: bigint }> {
  const { rows } = await sql<{
    oldestOpen: bigint;
    position: bigint | null;
    from: WithdrawalState | null;
    state: WithdrawalState;
    failureCode: string | null;
    sinceSubmitSeconds: number;
  }>`
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS "oldestOpen", e.*
      FROM (SELECT 1) one
      LEFT JOIN (
        SELECT e.position, e.from_state AS "from", e.to_state AS state, w.failure_code AS "failureCode",
               extract(epoch FROM e.at - w.created_at)::float8 AS "sinceSubmitSeconds"
          FROM withdrawal_event e
          -- One look-up for each event of the page, whatever the planner thinks of the size of the tables.
          JOIN LATERAL (SELECT created_at, failure_code FROM withdrawal WHERE id = e.withdrawal_id LIMIT 1) w ON true
         WHERE e.position > ${after} ORDER BY e.position LIMIT ${limit}) e ON true
     ORDER BY e.position`.execute(db);
  const { oldestOpen } = assertPresent(rows[0], 'snapshot');
  const arrivals = rows.flatMap(({ oldestOpen: _, position, ...arrival }) =>
    position === null ? [] : [{ position, ...arrival }],
  );
  return { rows: arrivals, oldestOpen };
}

export type NonceGap = {
  chain: string;
  subAccount: string;
  open: number;
  unsent: number;
  oldestAgeSeconds: number;
};

/** Accounts with open nonces: how many, how many of these no node has taken yet, and the age of the oldest. */
export async function readNonces(db: Queryable): Promise<NonceGap[]> {
  const { rows } = await sql<NonceGap>`
    SELECT x.chain_id AS chain, s.address AS "subAccount", count(*)::integer AS open,
           count(*) FILTER (WHERE x.broadcasted_at IS NULL
             AND x.nonce < (SELECT max(y.nonce) FROM chain_tx y WHERE y.sub_account_id = x.sub_account_id
                             AND y.broadcasted_at IS NOT NULL))::integer AS unsent,
           extract(epoch FROM now() - min(x.created_at))::float8 AS "oldestAgeSeconds"
      FROM chain_tx x JOIN sub_account s ON s.id = x.sub_account_id
     WHERE x.state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED')
     GROUP BY x.chain_id, s.address`.execute(db);
  return rows;
}
