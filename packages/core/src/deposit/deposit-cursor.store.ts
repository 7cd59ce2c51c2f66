import type { Database, Queryable, Tx } from '@naru/db/database.ts';
import { assert } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { sql } from 'kysely';

/** The right to move a chain's deposit cursor. `epoch` fences: a holder that slept too long finds its writes refused. */
export type DepositLease = {
  chainId: string;
  owner: string;
  epoch: bigint;
  /** All up to here is final, and booked. */
  final: bigint;
  /** All up to here is shown. */
  seen: bigint;
  seenHash: Hex | null;
};

/** Begins at `number`, or leaves the cursor that is there. No address is given out on a chain before it has one. */
export async function ensureDepositCursor(db: Queryable, chainId: string, number: bigint): Promise<void> {
  await sql`INSERT INTO deposit_cursor (chain_id, final_number, seen_number) VALUES (${chainId}, ${number}, ${number})
            ON CONFLICT (chain_id) DO NOTHING`.execute(db);
}

export async function hasDepositCursor(db: Queryable, chainId: string): Promise<boolean> {
  const { rows } = await sql`SELECT 1 FROM deposit_cursor WHERE chain_id = ${chainId}`.execute(db);
  return rows.length === 1;
}

/** Takes or renews the lease. Null: another monitor holds it. */
export async function leaseDepositCursor(
  db: Database,
  claim: { chainId: string; owner: string; leaseMs: number },
): Promise<DepositLease | null> {
  const { rows } = await sql<Omit<DepositLease, 'chainId' | 'owner'>>`
    UPDATE deposit_cursor
       SET epoch = epoch + CASE WHEN lease_owner IS NOT DISTINCT FROM ${claim.owner} THEN 0 ELSE 1 END,
           lease_owner = ${claim.owner}, lease_until = now() + ${claim.leaseMs} * interval '1 millisecond'
     WHERE chain_id = ${claim.chainId}
       AND (lease_owner = ${claim.owner} OR lease_is_free(lease_owner, lease_until, ${claim.owner}))
    RETURNING epoch, final_number AS final, seen_number AS seen, seen_hash AS "seenHash"`.execute(db);
  const row = rows[0];
  return row === undefined ? null : { chainId: claim.chainId, owner: claim.owner, ...row };
}

export async function giveBackDepositCursor(db: Database, owner: string): Promise<void> {
  await sql`UPDATE deposit_cursor SET lease_owner = NULL, lease_until = NULL WHERE lease_owner = ${owner}`.execute(
    db,
  );
}

/** Moves the cursor in the holder's transaction; throws when the lease is lost, so that nothing else is kept either. */
export async function moveDepositCursor(
  tx: Tx,
  lease: DepositLease,
  to: { final: bigint; seen: bigint; seenHash: Hex | null },
): Promise<void> {
  const { numAffectedRows } = await sql`
    UPDATE deposit_cursor SET final_number = ${to.final}, seen_number = ${to.seen}, seen_hash = ${to.seenHash},
           updated_at = now()
     WHERE chain_id = ${lease.chainId} AND lease_owner = ${lease.owner} AND epoch = ${lease.epoch}
       AND final_number = ${lease.final}`.execute(tx);
  assert(numAffectedRows === 1n, `deposit cursor of ${lease.chainId}: the lease was lost`);
}
