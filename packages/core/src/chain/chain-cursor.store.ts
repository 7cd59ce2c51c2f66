import type { Database, Queryable, Tx } from '@naru/db/database.ts';
import { assert } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { sql } from 'kysely';

/** The right to move a chain's cursor. `epoch` fences: a holder that slept too long finds its writes refused. */
export type CursorLease = { chainId: string; owner: string; epoch: bigint; scanned: bigint };

/** Begins a cursor at `number`, or leaves the one that is there. */
export async function ensureCursor(db: Queryable, chainId: string, number: bigint): Promise<void> {
  await sql`INSERT INTO chain_cursor (chain_id, scanned_number, head_number) VALUES (${chainId}, ${number}, ${number})
            ON CONFLICT (chain_id) DO NOTHING`.execute(db);
}

export async function hasCursor(db: Queryable, chainId: string): Promise<boolean> {
  const { rows } = await sql`SELECT 1 FROM chain_cursor WHERE chain_id = ${chainId}`.execute(db);
  return rows.length === 1;
}

/** Takes or renews the lease. Null: another monitor holds it. */
export async function leaseCursor(
  db: Database,
  claim: { chainId: string; owner: string; leaseMs: number },
): Promise<CursorLease | null> {
  const { rows } = await sql<{ epoch: bigint; scanned: bigint }>`
    UPDATE chain_cursor
       SET epoch = epoch + CASE WHEN lease_owner IS NOT DISTINCT FROM ${claim.owner} THEN 0 ELSE 1 END,
           lease_owner = ${claim.owner}, lease_until = now() + ${claim.leaseMs} * interval '1 millisecond'
     WHERE chain_id = ${claim.chainId}
       AND (lease_owner = ${claim.owner} OR lease_is_free(lease_owner, lease_until, ${claim.owner}))
    RETURNING epoch, scanned_number AS scanned`.execute(db);
  const row = rows[0];
  return row === undefined ? null : { chainId: claim.chainId, owner: claim.owner, ...row };
}

export async function giveBackCursor(db: Database, owner: string): Promise<void> {
  await sql`UPDATE chain_cursor SET lease_owner = NULL, lease_until = NULL WHERE lease_owner = ${owner}`.execute(
    db,
  );
}

/** Moves the cursor inside the holder's transaction; throws when the lease is lost, so that nothing else is kept either. */
export async function moveCursor(
  tx: Tx,
  lease: CursorLease,
  to: { scanned: bigint; head: bigint },
): Promise<void> {
  const { numAffectedRows } = await sql`
    UPDATE chain_cursor SET scanned_number = ${to.scanned}, head_number = ${to.head}, updated_at = now()
     WHERE chain_id = ${lease.chainId} AND lease_owner = ${lease.owner} AND epoch = ${lease.epoch}`.execute(
    tx,
  );
  assert(numAffectedRows === 1n, `cursor of ${lease.chainId}: the lease was lost`);
}

export async function saveBlocks(
  tx: Tx,
  chainId: string,
  blocks: readonly { number: bigint; hash: Hex }[],
  keepFrom: bigint,
): Promise<void> {
  await sql`
    INSERT INTO chain_block (chain_id, number, hash)
    SELECT ${chainId}, * FROM unnest(${blocks.map((block) => block.number.toString())}::bigint[],
                                     ${blocks.map((block) => block.hash)}::text[])
    ON CONFLICT (chain_id, number) DO UPDATE SET hash = excluded.hash`.execute(tx);
  await sql`DELETE FROM chain_block WHERE chain_id = ${chainId} AND number < ${keepFrom}`.execute(tx);
}

export async function dropBlocksAbove(tx: Tx, chainId: string, number: bigint): Promise<void> {
  await sql`DELETE FROM chain_block WHERE chain_id = ${chainId} AND number > ${number}`.execute(tx);
}

/** Blocks remembered, newest first. */
export async function listBlocks(
  db: Queryable,
  chainId: string,
  limit: number,
): Promise<{ number: bigint; hash: Hex }[]> {
  const { rows } = await sql<{ number: bigint; hash: Hex }>`
    SELECT number, hash FROM chain_block WHERE chain_id = ${chainId} ORDER BY number DESC LIMIT ${limit}`.execute(
    db,
  );
  return rows;
}
