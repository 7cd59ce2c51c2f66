import type { Queryable, Tx } from '@naru/db/database.ts';
import { type RawBuilder, sql } from 'kysely';
import type { ChainTxState } from '../chain-tx/chain-tx.machine.ts';
import type { WithdrawalState } from '../withdrawal/withdrawal.machine.ts';
import type { WithdrawalRequest } from '../withdrawal/withdrawal.ts';

/** A withdrawal as an operator's verb finds it, whoever owns it. */
export type Subject = {
  id: string;
  organisationId: string;
  state: WithdrawalState;
  assetId: string;
  amount: bigint;
  /** On top of the amount, held beside it. */
  fee: bigint;
  createdAt: Date;
  failureCode: string | null;
  chainTxId: string | null;
  /** FAILED or CANCELED, and by what the chain says not paid. */
  isFinallyUnpaid: boolean;
  /** The withdrawal that was made in its place. */
  retriedAs: string | null;
};

/** Locked until the commit. */
export async function lockSubject(tx: Tx, id: string): Promise<Subject | null> {
  return await selectSubject(tx, id, sql`FOR UPDATE OF w`);
}

/** As it stands, for people. */
export async function readSubject(db: Queryable, id: string): Promise<Subject | null> {
  return await selectSubject(db, id, sql``);
}

async function selectSubject(db: Queryable, id: string, lock: RawBuilder<unknown>): Promise<Subject | null> {
  const { rows } = await sql<Subject>`
    SELECT w.id, w.organisation_id AS "organisationId", w.state, w.asset_id AS "assetId", w.amount, w.fee,
           w.created_at AS "createdAt", w.failure_code AS "failureCode", w.chain_tx_id AS "chainTxId",
           is_finally_unpaid(w.id) AS "isFinallyUnpaid",
           (SELECT r.withdrawal_id FROM withdrawal_retry r WHERE r.retry_of = w.id) AS "retriedAs"
      FROM withdrawal w WHERE w.id = ${id} ${lock}`.execute(db);
  return rows[0] ?? null;
}

/** What the withdrawal asked for, to ask for it again. */
export async function readRequest(
  db: Queryable,
  id: string,
): Promise<WithdrawalRequest & { decimals: number; units: bigint }> {
  const { rows } = await sql<Omit<WithdrawalRequest, 'amount'> & { decimals: number; units: bigint }>`
    SELECT w.chain_id AS chain, a.code AS asset, w.to_address AS "to", w.amount AS units, a.decimals, w.reference,
           w.priority, w.metadata
      FROM withdrawal w JOIN asset a ON a.id = w.asset_id WHERE w.id = ${id}`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error(`withdrawal ${id} is gone`);
  return { ...row, amount: '' };
}

/** A withdrawal of the same owner, asset, destination and amount that was made later and is not over unpaid. */
export async function findLookalike(db: Queryable, id: string): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    SELECT n.id FROM withdrawal o
      JOIN withdrawal n ON n.organisation_id = o.organisation_id AND n.to_address = o.to_address AND n.id > o.id
     WHERE o.id = ${id} AND n.asset_id = o.asset_id AND n.amount = o.amount AND n.state NOT IN ('FAILED', 'CANCELED')
       AND n.created_at >= o.updated_at
       -- What an operator made in its place is no second wish of its owner.
       AND NOT EXISTS (SELECT 1 FROM withdrawal_retry r WHERE r.withdrawal_id = n.id AND r.retry_of = o.id)
     ORDER BY n.id LIMIT 1`.execute(db);
  return rows[0]?.id ?? null;
}

export async function insertRetry(
  tx: Tx,
  retry: { withdrawalId: string; retryOf: string; reason: string },
): Promise<void> {
  await sql`
    INSERT INTO withdrawal_retry (withdrawal_id, retry_of, reason)
    VALUES (${retry.withdrawalId}, ${retry.retryOf}, ${retry.reason})`.execute(tx);
}

export async function insertRelease(
  tx: Tx,
  release: { withdrawalId: string; requestedBy: string; reason: string },
): Promise<void> {
  await sql`
    INSERT INTO withdrawal_release (withdrawal_id, requested_by, reason)
    VALUES (${release.withdrawalId}, ${release.requestedBy}, ${release.reason})
    ON CONFLICT (withdrawal_id) DO NOTHING`.execute(tx);
}

export type TxSubject = {
  id: string;
  state: ChainTxState;
  wanted: 'BUMP' | 'CANCEL' | null;
  itemCount: number;
  /** Purpose of the newest bytes. */
  purpose: 'PAY' | 'CANCEL' | null;
};

export async function lockChainTx(tx: Tx, id: string): Promise<TxSubject | null> {
  return await selectChainTx(tx, id, sql`FOR UPDATE OF x`);
}

export async function readChainTx(db: Queryable, id: string): Promise<TxSubject | null> {
  return await selectChainTx(db, id, sql``);
}

async function selectChainTx(
  db: Queryable,
  id: string,
  lock: RawBuilder<unknown>,
): Promise<TxSubject | null> {
  const { rows } = await sql<TxSubject>`
    SELECT x.id, x.state, x.wanted, x.item_count AS "itemCount",
           (SELECT t.purpose FROM chain_tx_attempt t WHERE t.chain_tx_id = x.id ORDER BY number DESC LIMIT 1) AS purpose
      FROM chain_tx x WHERE x.id = ${id} ${lock}`.execute(db);
  return rows[0] ?? null;
}

/** A wish for one more attempt, and for it now. Whether it is signed and what comes of it the machinery decides. */
export async function wish(tx: Tx, id: string, wanted: 'BUMP' | 'CANCEL'): Promise<void> {
  await sql`
    UPDATE chain_tx SET wanted = ${wanted}, not_before = now()
     WHERE id = ${id} AND state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED')`.execute(tx);
}

/** No more waiting: the next step of its role takes it. */
export async function dueNow(tx: Tx, row: { withdrawalId: string } | { chainTxId: string }): Promise<void> {
  if ('chainTxId' in row)
    await sql`UPDATE chain_tx SET not_before = now() WHERE id = ${row.chainTxId}
               AND state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED')`.execute(tx);
  else
    await sql`UPDATE withdrawal SET not_before = now() WHERE id = ${row.withdrawalId} AND state = 'VALIDATING'`.execute(
      tx,
    );
}
