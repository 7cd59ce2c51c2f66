import { type Database, type Queryable, type Tx, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { type Hex, toBuffer, toHex } from '@naru/kit/hex.ts';
import { sql } from 'kysely';
import { recordAudit } from '../audit/audit.store.ts';
import type { SubAccount } from '../sub-account/sub-account.store.ts';
import type { Place } from './decisions/recovery.ts';
import type { BatchRecord } from './ports.ts';

export async function isKnown(db: Queryable, chainTxId: string): Promise<boolean> {
  const { rows } = await sql`SELECT 1 FROM chain_tx WHERE id = ${chainTxId}`.execute(db);
  return rows.length > 0;
}

/** Of these ids, those that are chain transactions of the database, in any state. */
export async function selectKnown(db: Queryable, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM chain_tx WHERE id = ANY (${ids}::uuid[])`.execute(db);
  return new Set(rows.map((row) => row.id));
}

/** Of these ids, those that are withdrawals of the database. */
export async function selectKnownWithdrawals(db: Queryable, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM withdrawal WHERE id = ANY (${[...ids]}::uuid[])`.execute(db);
  return new Set(rows.map((row) => row.id));
}

/** The chain transaction that the database gave this nonce to, or null. */
export async function findByNonce(
  db: Queryable,
  subAccountId: string,
  nonce: bigint,
): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM chain_tx WHERE sub_account_id = ${subAccountId} AND nonce = ${nonce}`.execute(db);
  return rows[0]?.id ?? null;
}

/** Of these withdrawals, those that stand in a chain transaction which is not final, with that transaction. */
export async function listOpenPlaces(db: Queryable, withdrawalIds: readonly string[]): Promise<Place[]> {
  const { rows } = await sql<Place>`
    SELECT w.id AS "withdrawalId", x.id AS "chainTxId"
      FROM withdrawal w JOIN chain_tx x ON x.id = w.chain_tx_id
     WHERE w.id = ANY (${withdrawalIds}::uuid[])
       AND x.state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED')
     ORDER BY w.id`.execute(db);
  return rows;
}

export type OpenNonce = {
  chainTxId: string;
  nonce: bigint;
  /** The newest attempt; null when nothing was signed as far as the database knows. */
  newest: { raw: Hex; feePerGasWeiMax: bigint; tipPerGasWei: bigint } | null;
};

/** What the database has given nonces from `nonce` on, with the newest bytes. */
export async function readNoncesFrom(
  db: Queryable,
  subAccountId: string,
  nonce: bigint,
): Promise<OpenNonce[]> {
  const { rows } = await sql<{
    chainTxId: string;
    nonce: bigint;
    raw: Buffer | null;
    feePerGasWeiMax: bigint | null;
    tipPerGasWei: bigint | null;
  }>`
    SELECT x.id AS "chainTxId", x.nonce, t.raw, t.fee_per_gas_wei_max AS "feePerGasWeiMax",
           t.tip_per_gas_wei AS "tipPerGasWei"
      FROM chain_tx x
      LEFT JOIN LATERAL (SELECT * FROM chain_tx_attempt t WHERE t.chain_tx_id = x.id ORDER BY t.number DESC LIMIT 1) t ON true
     WHERE x.sub_account_id = ${subAccountId} AND x.nonce >= ${nonce} ORDER BY x.nonce`.execute(db);
  return rows.map(({ chainTxId, nonce: own, raw, feePerGasWeiMax, tipPerGasWei }) => ({
    chainTxId,
    nonce: own,
    newest:
      raw === null
        ? null
        : { raw: toHex(raw), feePerGasWeiMax: feePerGasWeiMax ?? 0n, tipPerGasWei: tipPerGasWei ?? 0n },
  }));
}

export type CancelAttempt = { hash: Hex; raw: Hex; feePerGasWeiMax: bigint; tipPerGasWei: bigint };

/** Bytes that free a nonce, stored before they are sent. */
export async function addCancel(db: Queryable, chainTxId: string, attempt: CancelAttempt): Promise<void> {
  await sql`
    INSERT INTO chain_tx_attempt (chain_tx_id, number, purpose, hash, raw, fee_per_gas_wei_max, tip_per_gas_wei)
    SELECT ${chainTxId}, coalesce(max(number), 0) + 1, 'CANCEL', ${attempt.hash}, ${toBuffer(attempt.raw)},
           ${attempt.feePerGasWeiMax}, ${attempt.tipPerGasWei}
      FROM chain_tx_attempt WHERE chain_tx_id = ${chainTxId}`.execute(db);
}

/** A cancel of a nonce that the database did not know, as the chain has it: the monitor settles it and books its gas. */
export async function recordCancelInBlock(
  tx: Tx,
  chainTxId: string,
  receipt: { blockNumber: bigint; blockHash: Hex },
): Promise<void> {
  await sql`
    UPDATE chain_tx SET state = 'MINED', version = version + 1, block_number = ${receipt.blockNumber},
           block_hash = ${receipt.blockHash}, mined_attempt = 1, mined_at = now()
     WHERE id = ${chainTxId} AND state = 'PLANNED'`.execute(tx);
}

/** A batch written from the chain begins as what it is there: in a block. */
export async function recordFoundInBlock(tx: Tx, record: BatchRecord): Promise<void> {
  await sql`
    UPDATE chain_tx SET state = 'MINED', version = version + 1, block_number = ${record.blockNumber},
           block_hash = ${record.blockHash}, mined_at = now()
     WHERE id = ${record.batchId} AND state = 'PLANNED'`.execute(tx);
}

/** Raises a nonce counter to the chain's count, if that is higher; returns what it is then. */
export async function raiseNonce(tx: Tx, account: SubAccount, count: bigint): Promise<bigint> {
  const { rows } = await sql<{ nextNonce: bigint; was: bigint }>`
    UPDATE sub_account SET next_nonce = greatest(next_nonce, ${count}) WHERE id = ${account.id}
    RETURNING new.next_nonce AS "nextNonce", old.next_nonce AS was`.execute(tx);
  const { nextNonce, was } = assertPresent(rows[0], `sub-account ${account.id}`);
  if (nextNonce !== was)
    await recordAudit(tx, {
      action: 'recover.nonce',
      subject: `sub_account ${account.id}`,
      before: { next_nonce: String(was) },
      after: { next_nonce: String(nextNonce) },
    });
  return nextNonce;
}

/** Is there anything that reading the chain again could move on? */
export async function hasUnsettled(db: Queryable, chainId: string): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM chain_tx
     WHERE chain_id = ${chainId} AND state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED') LIMIT 1`.execute(
    db,
  );
  return rows.length > 0;
}

/** Lets the monitor read the chain again from after `number`, and ends the lease of one that still runs. */
export async function rewindCursor(db: Database, chainId: string, number: bigint): Promise<void> {
  await withTransaction(db, async (tx) => {
    await sql`DELETE FROM chain_block WHERE chain_id = ${chainId}`.execute(tx);
    await sql`
      UPDATE chain_cursor
         SET scanned_number = least(scanned_number, ${number}), lease_owner = NULL, lease_until = NULL, epoch = epoch + 1
       WHERE chain_id = ${chainId}`.execute(tx);
    const after = { scannedNumber: String(number) };
    await recordAudit(tx, { action: 'recover.rewind', subject: `chain ${chainId}`, after });
  });
}
