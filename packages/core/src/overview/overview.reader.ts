import type { Queryable } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { sql } from 'kysely';
import type { Alarm } from '../reconciliation/invariants.ts';
import { openWithdrawalStates, type WithdrawalState } from '../withdrawal/withdrawal.machine.ts';
import { OVERVIEW_ALARMS_MAX } from './overview.limits.ts';

/** Open withdrawals of one state, asset and chain. Amounts in the smallest unit, without fees. */
export type StageRow = {
  state: WithdrawalState;
  chainId: string;
  asset: string;
  decimals: number;
  count: number;
  amount: bigint;
  oldestAt: Date;
  /** Of these, older than the time that was asked for. */
  stuck: number;
  stuckAmount: bigint;
};

/** Reads one index entry and row for each open withdrawal: as long as few wait, that is nothing. */
export async function readStages(db: Queryable, stuckSeconds: number): Promise<StageRow[]> {
  const old = sql`w.created_at < now() - ${stuckSeconds}::integer * interval '1 second'`;
  const { rows } = await sql<StageRow>`
    SELECT w.state, a.chain_id AS "chainId", a.code AS asset, a.decimals, w.count, w.amount, w.oldest AS "oldestAt",
           w.stuck, w.stuck_amount AS "stuckAmount"
      FROM (SELECT w.state, w.asset_id, count(*)::integer AS count, sum(w.amount) AS amount,
                   min(w.created_at) AS oldest, count(*) FILTER (WHERE ${old})::integer AS stuck,
                   coalesce(sum(w.amount) FILTER (WHERE ${old}), 0) AS stuck_amount
              FROM withdrawal w WHERE w.state = ANY (${openWithdrawalStates}::text[])
             GROUP BY w.state, w.asset_id) w
      JOIN asset a ON a.id = w.asset_id
     ORDER BY array_position(${openWithdrawalStates}::text[], w.state), a.chain_id, a.code`.execute(db);
  return rows;
}

export type ReviewFigures = {
  open: number;
  oldestAt: Date | null;
  nextExpiryAt: Date | null;
  unconfirmed: number;
};

export async function readReviewFigures(db: Queryable): Promise<ReviewFigures> {
  const { rows } = await sql<ReviewFigures>`
    SELECT count(*)::integer AS open, min(opened_at) AS "oldestAt", min(expires_at) AS "nextExpiryAt",
           (SELECT count(*)::integer FROM withdrawal_review WHERE confirmation IN ('DUE', 'OBJECTED')) AS unconfirmed
      FROM withdrawal_review WHERE state = 'OPEN'`.execute(db);
  return assertPresent(rows[0], 'figures of reviews');
}

export type OverviewAlarm = Pick<
  Alarm,
  'id' | 'invariant' | 'subject' | 'detail' | 'severity' | 'openedAt' | 'acknowledgedAt' | 'acknowledgedBy'
> & { snoozedUntil: Date | null };

/** Alarms that stand: how many, and the most urgent and newest of them. */
export async function readStandingAlarms(
  db: Queryable,
): Promise<{ count: number; critical: number; alarms: OverviewAlarm[] }> {
  const { rows } = await sql<OverviewAlarm & { count: number; critical: number }>`
    SELECT id, invariant, subject, detail, severity, opened_at AS "openedAt", acknowledged_at AS "acknowledgedAt",
           acknowledged_by AS "acknowledgedBy", snoozed_until AS "snoozedUntil", count(*) OVER ()::integer AS count,
           count(*) FILTER (WHERE severity = 'CRITICAL') OVER ()::integer AS critical
      FROM alarm WHERE closed_at IS NULL
     ORDER BY severity = 'WARNING', acknowledged_at IS NOT NULL, id DESC LIMIT ${OVERVIEW_ALARMS_MAX}`.execute(
    db,
  );
  return {
    count: rows[0]?.count ?? 0,
    critical: rows[0]?.critical ?? 0,
    alarms: rows.map(({ count: _, critical: __, ...alarm }) => alarm),
  };
}

/** The database's own moment: what is read after it is at least as new. */
export async function readNow(db: Queryable): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`SELECT clock_timestamp() AS now`.execute(db);
  return assertPresent(rows[0], 'moment').now;
}
