import type { Tx } from '@naru/db/database.ts';
import { sql } from 'kysely';
import type { Held } from '../withdrawal-fee/fee-hold.ts';
import { PLANS_MAX } from './withdrawal.limits.ts';
import { advance, advanceHeld, type Failure, fail } from './withdrawal.store.ts';

/** The withdrawals of a final chain transaction, by what the chain said of their items. */
export type Settled = {
  chainTxId: string;
  /** One byte for each item, as the contract recorded it; null when nothing was executed. */
  outcomes: Buffer | null;
  actor: string;
};

/**
 * Items whose outcome is one of `values`. Without a record every item counts as not attempted, the contract's 0.
 */
function withOutcome(settled: Settled, values: readonly number[]) {
  return settled.outcomes === null
    ? sql`w.chain_tx_id = ${settled.chainTxId} AND ${values.includes(0)}`
    : sql`w.chain_tx_id = ${settled.chainTxId} AND get_byte(${settled.outcomes}, w.chain_tx_position) = ANY (${values})`;
}

/** CONFIRMING → CONFIRMED. Returns what is held for those that moved. */
export async function confirmItems(tx: Tx, settled: Settled, values: readonly number[]): Promise<Held[]> {
  return await advanceHeld(
    tx,
    withOutcome(settled, values),
    {
      from: 'CONFIRMING',
      to: 'CONFIRMED',
      actor: settled.actor,
      reason: "paid, by the contract's record at final depth",
    },
    { assignments: sql`, confirmed_at = clock_timestamp()` },
  );
}

/** CONFIRMING → FAILED. */
export async function failItems(
  tx: Tx,
  settled: Settled,
  values: readonly number[],
  cause: { reason: string; failure: Failure },
): Promise<Held[]> {
  const { actor } = settled;
  return await fail(
    tx,
    withOutcome(settled, values),
    { from: 'CONFIRMING', actor, reason: cause.reason },
    cause.failure,
  );
}

/** CONFIRMING → FAILED for items that have had all the plans they may have. */
export async function failExhaustedItems(
  tx: Tx,
  settled: Settled,
  values: readonly number[],
  cause: { reason: string; failure: Failure },
): Promise<Held[]> {
  const { actor } = settled;
  const where = sql`${withOutcome(settled, values)} AND w.plan_count >= ${PLANS_MAX}`;
  return await fail(tx, where, { from: 'CONFIRMING', actor, reason: cause.reason }, cause.failure);
}

/** CONFIRMING → FAILED for items that an operator wants back (`withdrawal_release`). */
export async function failReleasedItems(
  tx: Tx,
  settled: Settled,
  values: readonly number[],
  cause: { reason: string; failure: Failure },
): Promise<Held[]> {
  const { actor } = settled;
  const where = sql`${withOutcome(settled, values)}
    AND EXISTS (SELECT 1 FROM withdrawal_release r WHERE r.withdrawal_id = w.id)`;
  return await fail(tx, where, { from: 'CONFIRMING', actor, reason: cause.reason }, cause.failure);
}

/** CONFIRMING → VALIDATING, to be planned again after a delay that doubles with every plan. What is held stays. */
export async function planItemsAgain(
  tx: Tx,
  settled: Settled,
  values: readonly number[],
  reason: string,
): Promise<string[]> {
  return await advance(
    tx,
    withOutcome(settled, values),
    { from: 'CONFIRMING', to: 'VALIDATING', actor: settled.actor, reason },
    {
      assignments: sql`, chain_tx_id = NULL, chain_tx_position = NULL,
        not_before = now() + least(60, power(2, w.plan_count)) * interval '1 second'`,
    },
  );
}
