import { announceAfterCommit } from '@naru/db/after-commit.ts';
import type { Queryable, Tx } from '@naru/db/database.ts';
import { assert } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { type RawBuilder, sql } from 'kysely';
import { giveBackTierUsage } from '../policy/tier-usage.store.ts';
import type { Held } from '../withdrawal-fee/fee-hold.ts';
import type { WithdrawalState } from './withdrawal.machine.ts';
import { lowestUuidAt } from './withdrawal.reader.ts';
import type { Priority } from './withdrawal.ts';

/** A withdrawal that was accepted, as it is first written: state PENDING, version 1. */
export type NewWithdrawal = {
  id: string;
  organisationId: string;
  chainId: string;
  assetId: string;
  to: Hex;
  amount: bigint;
  /** On top of the amount. */
  fee: bigint;
  feeScheduleId: string | null;
  priority: Priority;
  reference: string | null;
  metadata: Record<string, string>;
  createdAt: Date;
  actor: string;
};

/** Rows and first events in one statement: the caller holds ledger accounts that others wait for. */
export async function insertWithdrawals(tx: Tx, rows: readonly NewWithdrawal[]): Promise<void> {
  if (rows.length === 0) return;
  const ids = rows.map((row) => row.id);
  await sql`
    WITH accepted AS (
    INSERT INTO withdrawal (id, organisation_id, chain_id, asset_id, to_address, amount, priority, reference, metadata,
                            created_at, fee, fee_schedule_id, updated_at)
    SELECT r.*, r.created_at
      FROM unnest(${ids}::uuid[], ${rows.map((row) => row.organisationId)}::uuid[],
                  ${rows.map((row) => row.chainId)}::text[], ${rows.map((row) => row.assetId)}::text[],
                  ${rows.map((row) => row.to)}::text[], ${rows.map((row) => row.amount.toString())}::numeric[],
                  ${rows.map((row) => row.priority)}::text[], ${rows.map((row) => row.reference)}::text[],
                  ${rows.map((row) => JSON.stringify(row.metadata))}::jsonb[],
                  ${rows.map((row) => row.createdAt.toISOString())}::timestamptz[],
                  ${rows.map((row) => row.fee.toString())}::numeric[], ${rows.map((row) => row.feeScheduleId)}::uuid[])
        AS r (id, organisation_id, chain_id, asset_id, to_address, amount, priority, reference, metadata, created_at,
              fee, fee_schedule_id)
    )
    INSERT INTO withdrawal_event (withdrawal_id, version, from_state, to_state, actor, reason)
    SELECT r.id, 1, NULL, 'PENDING', r.actor, 'accepted'
      FROM unnest(${ids}::uuid[], ${rows.map((row) => row.actor)}::text[]) AS r (id, actor)`.execute(tx);
}

export type Step = {
  from: WithdrawalState;
  to: WithdrawalState;
  /** `system:processor`, `api_key:…` */
  actor: string;
  /** For people who read the history: a short sentence or phrase. */
  reason: string;
};

type StepExtras = {
  /** Further assignments of the same UPDATE, each beginning with a comma. */
  assignments?: RawBuilder<unknown>;
  /** Joined rows for those assignments: `FROM …`. */
  from?: RawBuilder<unknown>;
};

/**
 * The one function that changes a withdrawal's state: every row of `where` that is in `step.from` goes to `step.to`,
 * with its event, in one statement. Rows in another state are left alone: the caller compares counts where it matters.
 * Returns the ids that moved.
 * Its rows are found by what `where` says and never by their state: the indexes of states hold what is open, PostgreSQL
 * believes from an hour without load that this is nothing, and then reads all of it once for every row or batch of a
 * burst. `state || ''` is no column, so it fits none of them.
 */
export async function advance(
  tx: Tx,
  where: RawBuilder<unknown>,
  step: Step,
  extras: StepExtras = {},
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    WITH moved AS (${moving(where, step, extras)})
    INSERT INTO withdrawal_event (withdrawal_id, version, from_state, to_state, actor, reason, chain_tx_id)
    SELECT id, version, ${step.from}, ${step.to}, ${step.actor}, ${step.reason}, chain_tx_id FROM moved
    RETURNING withdrawal_id AS id`.execute(tx);
  return rows.map((row) => row.id);
}

/** As `advance`, for steps that end a withdrawal: with what is held for those that moved. */
export async function advanceHeld(
  tx: Tx,
  where: RawBuilder<unknown>,
  step: Step,
  extras: StepExtras = {},
): Promise<Held[]> {
  const { rows } = await sql<Held>`
    WITH moved AS (${moving(where, step, extras)}), told AS (
      INSERT INTO withdrawal_event (withdrawal_id, version, from_state, to_state, actor, reason, chain_tx_id)
      SELECT id, version, ${step.from}, ${step.to}, ${step.actor}, ${step.reason}, chain_tx_id FROM moved
    )
    SELECT id, fee > 0 AS "hasFee" FROM moved`.execute(tx);
  return rows;
}

function moving(where: RawBuilder<unknown>, step: Step, extras: StepExtras): RawBuilder<unknown> {
  assert(step.from !== step.to, `a step needs two states: ${step.from}`);
  return sql`
      UPDATE withdrawal w
         SET state = ${step.to}, version = w.version + 1, updated_at = clock_timestamp()
             ${extras.assignments ?? sql``}
             ${extras.from ?? sql``}
       WHERE w.state || '' = ${step.from} AND ${where}
      RETURNING w.id, w.version, w.chain_tx_id, w.fee`;
}

/** Moves withdrawals by their ids. Returns those that moved. */
export async function advanceByIds(tx: Tx, ids: readonly string[], step: Step): Promise<string[]> {
  return await advance(tx, sql`w.id = ANY (${ids}::uuid[])`, step);
}

/** Moves the withdrawals of chain transactions, one statement for each step. Returns how many moved. */
export async function advanceWithChainTxs(
  tx: Tx,
  chainTxIds: readonly string[],
  steps: readonly Step[],
): Promise<number> {
  let moved = 0;
  if (chainTxIds.length === 0) return moved;
  for (const step of steps)
    moved += (await advance(tx, sql`w.chain_tx_id = ANY (${chainTxIds}::uuid[])`, step)).length;
  return moved;
}

/** PENDING → VALIDATING for up to `limit` withdrawals of a chain that no other instance is working on. */
export async function advancePending(tx: Tx, chainId: string, limit: number): Promise<number> {
  const moved = await advance(
    tx,
    // An array, which is read once; a subquery may be run again for each row of the table.
    sql`w.id = ANY (ARRAY (SELECT p.id FROM withdrawal p WHERE p.chain_id = ${chainId} AND p.state = 'PENDING'
                              AND p.not_before <= now()
                            ORDER BY p.id LIMIT ${limit} FOR UPDATE SKIP LOCKED))`,
    { from: 'PENDING', to: 'VALIDATING', actor: 'system:processor', reason: 'taken up' },
  );
  return moved.length;
}

export type Waiting = { id: string; to: Hex; amount: bigint; ageMs: number };

/** Locks withdrawals of one asset and lane that wait to be planned, oldest first, skipping what others hold. */
export async function lockWaiting(
  tx: Tx,
  lane: { assetId: string; chainId: string; priority: Priority },
  limit: number,
): Promise<Waiting[]> {
  const { rows } = await sql<Waiting>`
    SELECT id, to_address AS "to", amount, (extract(epoch FROM now() - updated_at) * 1000)::float8 AS "ageMs"
      FROM withdrawal
     WHERE state = 'VALIDATING' AND chain_id = ${lane.chainId} AND asset_id = ${lane.assetId}
       AND priority = ${lane.priority} AND not_before <= now()
     ORDER BY id LIMIT ${limit} FOR UPDATE SKIP LOCKED`.execute(tx);
  return rows;
}

/** The (asset, lane) pairs of a chain that have withdrawals to plan. Of a disabled asset too: what was accepted is paid. */
export async function listWaitingLanes(
  db: Queryable,
  chainId: string,
): Promise<{ assetId: string; priority: Priority }[]> {
  const { rows } = await sql<{ assetId: string; priority: Priority }>`
    SELECT a.id AS "assetId", p.priority
      FROM asset a CROSS JOIN unnest(ARRAY['EMERGENCY', 'VIP', 'STANDARD']) WITH ORDINALITY AS p (priority, rank)
     WHERE a.chain_id = ${chainId}
       AND EXISTS (SELECT 1 FROM withdrawal w WHERE w.state = 'VALIDATING' AND w.chain_id = ${chainId}
                      AND w.asset_id = a.id AND w.priority = p.priority AND w.not_before <= now())
     ORDER BY p.rank, a.id`.execute(db);
  return rows;
}

/** VALIDATING → SIGNING: these withdrawals, in this order, are the items of the chain transaction. */
export async function attachToChainTx(
  tx: Tx,
  chainTxId: string,
  ids: readonly string[],
  step: Step,
): Promise<number> {
  const moved = await advance(tx, sql`w.id = item.id`, step, {
    assignments: sql`, chain_tx_id = ${chainTxId}, chain_tx_position = item.n - 1, plan_count = w.plan_count + 1`,
    from: sql`FROM unnest(${ids}::uuid[]) WITH ORDINALITY AS item (id, n)`,
  });
  return moved.length;
}

export type Failure = { code: string; message: string; retryable: boolean };

/** → FAILED with its cause, for the rows that `where` names. */
export async function fail(
  tx: Tx,
  where: RawBuilder<unknown>,
  step: Omit<Step, 'to'>,
  failure: Failure,
): Promise<Held[]> {
  return await advanceHeld(
    tx,
    where,
    { ...step, to: 'FAILED' },
    {
      assignments: sql`, failure_code = ${failure.code}, failure_message = ${failure.message},
                       failure_retryable = ${failure.retryable}`,
    },
  );
}

/** → FAILED for withdrawals by their ids. Returns what is held for those that moved. */
export async function failByIds(
  tx: Tx,
  ids: readonly string[],
  step: Omit<Step, 'to'>,
  failure: Failure,
): Promise<Held[]> {
  return await fail(tx, sql`w.id = ANY (${ids}::uuid[])`, step, failure);
}

export type Usage = {
  organisationId: string;
  assetId: string;
  perWithdrawalMax: bigint;
  dailyMax: bigint;
  used: bigint;
};

/**
 * The ceilings of the pairs that have any, with the usage of the day (Asia/Seoul) that holds `at`, locked until the
 * commit. A day's usage begins with what was accepted on it so far: a ceiling set at noon counts the morning too.
 */
export async function lockUsage(
  tx: Tx,
  pairs: readonly { organisationId: string; assetId: string }[],
  at: Date,
): Promise<Usage[]> {
  const organisations = pairs.map((pair) => pair.organisationId);
  const assets = pairs.map((pair) => pair.assetId);
  const day = sql`(${at.toISOString()}::timestamptz AT TIME ZONE 'Asia/Seoul')::date`;
  await sql`
    INSERT INTO withdrawal_usage (organisation_id, asset_id, day, amount)
    SELECT l.organisation_id, l.asset_id, ${day}, coalesce(
             (SELECT sum(w.amount) FROM withdrawal w
               WHERE w.organisation_id = l.organisation_id AND w.asset_id = l.asset_id AND w.state NOT IN ('CANCELED', 'FAILED')
                 AND w.id >= ${lowestUuidAt(startOfSeoulDay(at))}), 0)
      FROM withdrawal_limit l
      JOIN unnest(${organisations}::uuid[], ${assets}::text[]) AS r (organisation_id, asset_id)
        ON r.organisation_id = l.organisation_id AND r.asset_id = l.asset_id
     WHERE NOT EXISTS (SELECT 1 FROM withdrawal_usage u WHERE u.organisation_id = l.organisation_id
                          AND u.asset_id = l.asset_id AND u.day = ${day})
     ORDER BY l.organisation_id, l.asset_id
    ON CONFLICT DO NOTHING`.execute(tx);
  const { rows } = await sql<Usage>`
    SELECT l.organisation_id AS "organisationId", l.asset_id AS "assetId",
           l.per_withdrawal_max AS "perWithdrawalMax", l.daily_max AS "dailyMax", u.amount AS used
      FROM withdrawal_usage u
      JOIN withdrawal_limit l ON l.organisation_id = u.organisation_id AND l.asset_id = u.asset_id
      JOIN unnest(${organisations}::uuid[], ${assets}::text[]) AS r (organisation_id, asset_id)
        ON r.organisation_id = u.organisation_id AND r.asset_id = u.asset_id
     WHERE u.day = ${day}
     ORDER BY u.organisation_id, u.asset_id
       FOR UPDATE OF u`.execute(tx);
  return rows;
}

const HOUR_MS = 3_600_000;
/** Korea keeps UTC+9 all year, and has since 1988. */
const SEOUL_OFFSET_MS = 9 * HOUR_MS;

export function startOfSeoulDay(at: Date): Date {
  const local = at.getTime() + SEOUL_OFFSET_MS;
  return new Date(local - (local % (24 * HOUR_MS)) - SEOUL_OFFSET_MS);
}

/** What ended unpaid no longer counts against the ceilings of its day and, with a tier, of its month. */
export async function giveBackUsage(tx: Tx, withdrawalIds: readonly string[]): Promise<void> {
  if (withdrawalIds.length === 0) return;
  await sql`
    UPDATE withdrawal_usage u SET amount = greatest(0, u.amount - r.amount)
      FROM (SELECT organisation_id, asset_id, (created_at AT TIME ZONE 'Asia/Seoul')::date AS day, sum(amount) AS amount
              FROM withdrawal WHERE id = ANY (${withdrawalIds}::uuid[]) GROUP BY 1, 2, 3) r
     WHERE u.organisation_id = r.organisation_id AND u.asset_id = r.asset_id AND u.day = r.day`.execute(tx);
  await giveBackTierUsage(tx, withdrawalIds);
}

/** Adds to a day's usage; `at` names the day. */
export async function addUsage(
  tx: Tx,
  changes: readonly { organisationId: string; assetId: string; amount: bigint; at: Date }[],
): Promise<void> {
  if (changes.length === 0) return;
  await sql`
    UPDATE withdrawal_usage u SET amount = u.amount + r.amount
      FROM (SELECT organisation_id, asset_id, (at AT TIME ZONE 'Asia/Seoul')::date AS day, sum(amount) AS amount
              FROM unnest(${changes.map((change) => change.organisationId)}::uuid[],
                          ${changes.map((change) => change.assetId)}::text[],
                          ${changes.map((change) => change.amount.toString())}::numeric[],
                          ${changes.map((change) => change.at.toISOString())}::timestamptz[])
                AS c (organisation_id, asset_id, amount, at)
             GROUP BY 1, 2, 3) r
     WHERE u.organisation_id = r.organisation_id AND u.asset_id = r.asset_id AND u.day = r.day`.execute(tx);
}

export type LockedWithdrawal = {
  state: WithdrawalState;
  assetId: string;
  amount: bigint;
  fee: bigint;
  createdAt: Date;
};

/** Locks one withdrawal of the organisation, or null. */
export async function lockWithdrawal(
  tx: Tx,
  organisationId: string,
  id: string,
): Promise<LockedWithdrawal | null> {
  const { rows } = await sql<LockedWithdrawal>`
    SELECT state, asset_id AS "assetId", amount, fee, created_at AS "createdAt"
      FROM withdrawal WHERE id = ${id} AND organisation_id = ${organisationId} FOR UPDATE`.execute(tx);
  return rows[0] ?? null;
}

export const signalChannels = ['naru_processor', 'naru_signer', 'naru_broadcaster'] as const;
export type SignalChannel = (typeof signalChannels)[number];

/**
 * Wakes the role's loops once the surrounding transaction commits: through the carrier that the process gave its
 * database, else by NOTIFY. A lost signal costs one poll interval, no more.
 */
export async function signal(tx: Queryable, channel: SignalChannel): Promise<void> {
  if (announceAfterCommit(tx, channel)) return;
  await sql`SELECT pg_notify(${channel}, '')`.execute(tx);
}
