import type { Queryable, Tx } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { PENDING_MS_MAX } from './account-manager.limits.ts';
import type { AccountTransferState, TransferPurpose } from './account-transfer.machine.ts';
import type { AccountTransfer, NewMove } from './account-transfer.ts';

/**
 * Whoever writes transfers of a chain does it one after the other, until the commit, and learns the number of the newest
 * one: what was decided without knowing of it must not be written.
 */
export async function lockTransfers(tx: Tx, chainId: string): Promise<bigint> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`account_transfer/${chainId}`}, 3))`.execute(tx);
  return await readNewestNumber(tx, chainId);
}

/** 0: there has been none. */
export async function readNewestNumber(db: Queryable, chainId: string): Promise<bigint> {
  const { rows } = await sql<{ number: bigint }>`
    SELECT coalesce(max(number), 0) AS number FROM account_transfer WHERE chain_id = ${chainId}`.execute(db);
  return rows[0]?.number ?? 0n;
}

/**
 * Writes moves as PENDING. One whose subject has an open transfer of the same asset and purpose is left out. Returns the
 * ids, null for what was left out. The caller holds `lockTransfers`.
 */
export async function insertMoves(
  tx: Tx,
  target: { chainId: string; actor: string },
  moves: readonly NewMove[],
): Promise<(string | null)[]> {
  if (moves.length === 0) return [];
  const ids = moves.map(({ id }) => id ?? newUuid());
  const { rows } = await sql<{ id: string }>`
    INSERT INTO account_transfer (id, chain_id, asset_id, from_account_id, to_account_id, amount, purpose, actor, reason,
                                  failures_before)
    SELECT r.id, ${target.chainId}, r.asset_id, r.from_id, r.to_id, r.amount, r.purpose, ${target.actor}, r.reason, r.failures
      FROM unnest(${ids}::uuid[], ${moves.map((one) => one.assetId)}::text[],
                  ${moves.map((one) => one.fromAccountId)}::uuid[], ${moves.map((one) => one.toAccountId)}::uuid[],
                  ${moves.map((one) => one.amount.toString())}::numeric[], ${moves.map((one) => one.purpose)}::text[],
                  ${moves.map((one) => one.reason)}::text[], ${moves.map((one) => one.failuresBefore)}::integer[])
        AS r (id, asset_id, from_id, to_id, amount, purpose, reason, failures)
    ON CONFLICT (subject_account_id, asset_id, purpose) WHERE state IN ('PENDING', 'PLANNED') AND NOT restored DO NOTHING
    RETURNING id`.execute(tx);
  const written = new Set(rows.map((row) => row.id));
  return ids.map((id) => (written.has(id) ? id : null));
}

/** Where transfers wait that a processor holding these accounts can plan. */
export async function listPendingRoutes(
  db: Queryable,
  held: { chainId: string; owner: string },
): Promise<{ accountId: string; assetId: string }[]> {
  const { rows } = await sql<{ accountId: string; assetId: string }>`
    SELECT DISTINCT t.from_account_id AS "accountId", t.asset_id AS "assetId"
      FROM account_transfer t JOIN sub_account s ON s.id = t.from_account_id
     WHERE t.chain_id = ${held.chainId} AND t.state = 'PENDING'
       AND s.state = 'ACTIVE' AND s.lease_owner = ${held.owner} AND s.lease_until > now()
     ORDER BY 1, 2`.execute(db);
  return rows;
}

export type PendingTransfer = {
  id: string;
  to: Hex;
  amount: bigint;
  purpose: TransferPurpose;
  version: number;
};

/** Locks transfers of one source and asset that wait to be planned: gas money first, then the oldest. */
export async function lockPending(
  tx: Tx,
  route: { chainId: string; accountId: string; assetId: string },
  limit: number,
): Promise<PendingTransfer[]> {
  const { rows } = await sql<PendingTransfer>`
    SELECT t.id, s.address AS "to", t.amount, t.purpose, t.version
      FROM account_transfer t JOIN sub_account s ON s.id = t.to_account_id
     WHERE t.chain_id = ${route.chainId} AND t.from_account_id = ${route.accountId} AND t.asset_id = ${route.assetId}
       AND t.state = 'PENDING'
     ORDER BY t.purpose <> 'GAS', t.number LIMIT ${limit} FOR UPDATE OF t SKIP LOCKED`.execute(tx);
  return rows;
}

/** PENDING → PLANNED: these transfers are items of the chain transaction, at these places. Returns how many moved. */
export async function attachTransfers(
  tx: Tx,
  chainTxId: string,
  items: readonly { id: string; position: number }[],
): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE account_transfer t
       SET state = 'PLANNED', version = version + 1, chain_tx_id = ${chainTxId}, chain_tx_position = item.position
      FROM unnest(${items.map(({ id }) => id)}::uuid[], ${items.map(({ position }) => position)}::integer[])
        AS item (id, position)
     WHERE t.id = item.id AND t.state = 'PENDING'`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

/** Items of transfer transactions as they were frozen, in the order of the batch. */
export async function readTransferItems(
  db: Queryable,
  chainTxIds: readonly string[],
): Promise<Map<string, { id: string; to: Hex; amount: bigint }[]>> {
  const { rows } = await sql<{ chainTxId: string; id: string; to: Hex; amount: bigint }>`
    SELECT t.chain_tx_id AS "chainTxId", t.id, s.address AS "to", t.amount
      FROM account_transfer t JOIN sub_account s ON s.id = t.to_account_id
     WHERE t.chain_tx_id = ANY (${[...chainTxIds]}::uuid[]) ORDER BY t.chain_tx_id, t.chain_tx_position`.execute(
    db,
  );
  const items = new Map<string, { id: string; to: Hex; amount: bigint }[]>(chainTxIds.map((id) => [id, []]));
  for (const { chainTxId, ...item } of rows) items.get(chainTxId)?.push(item);
  return items;
}

export async function readTransferPlaces(
  db: Queryable,
  chainTxId: string,
): Promise<{ id: string; position: number }[]> {
  const { rows } = await sql<{ id: string; position: number }>`
    SELECT id, chain_tx_position AS position FROM account_transfer WHERE chain_tx_id = ${chainTxId}`.execute(
    db,
  );
  return rows;
}

/** Why the signer will not sign the payload that carries it; the transfer ends when its nonce is freed. */
export async function noteTransferRefusal(db: Queryable, chainTxId: string, message: string): Promise<void> {
  await sql`
    UPDATE account_transfer SET failure_message = ${message}
     WHERE chain_tx_id = ${chainTxId} AND state = 'PLANNED' AND failure_message IS DISTINCT FROM ${message}`.execute(
    db,
  );
}

/** PLANNED → CONFIRMED for items with an outcome of `paid`. Returns how many. */
export async function confirmTransfers(
  tx: Tx,
  ended: { chainTxId: string; outcomes: Buffer | null },
  paid: number,
): Promise<number> {
  if (ended.outcomes === null) return 0;
  const { numAffectedRows } = await sql`
    UPDATE account_transfer
       SET state = 'CONFIRMED', version = version + 1, ended_at = clock_timestamp(), failure_message = NULL
     WHERE chain_tx_id = ${ended.chainTxId} AND state = 'PLANNED'
       AND get_byte(${ended.outcomes}, chain_tx_position) = ${paid}`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

/** PLANNED → FAILED for all others; each cause with the outcomes that it stands for, null where nothing was executed. */
export async function failTransfers(
  tx: Tx,
  ended: { chainTxId: string; outcomes: Buffer | null },
  causes: readonly { outcome: number | null; code: string; message: string }[],
): Promise<number> {
  let failed = 0;
  for (const cause of causes) {
    const fits =
      cause.outcome === null
        ? sql`true`
        : sql`get_byte(${ended.outcomes}, chain_tx_position) = ${cause.outcome}`;
    const { numAffectedRows } = await sql`
      UPDATE account_transfer
         SET state = 'FAILED', version = version + 1, ended_at = clock_timestamp(), failure_code = ${cause.code},
             failure_message = ${cause.message} || coalesce(' (' || failure_message || ')', '')
       WHERE chain_tx_id = ${ended.chainTxId} AND state = 'PLANNED' AND ${fits}`.execute(tx);
    failed += Number(numAffectedRows ?? 0n);
  }
  return failed;
}

/** PENDING → CANCELED for what has waited too long. Returns how many. */
export async function expirePending(tx: Tx, chainId: string): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE account_transfer
       SET state = 'CANCELED', version = version + 1, ended_at = clock_timestamp(), failure_code = 'expired',
           failure_message = 'Nothing moved: its source could not pay it in time. What is still needed is decided anew.'
     WHERE chain_id = ${chainId} AND state = 'PENDING'
       AND created_at < now() - ${PENDING_MS_MAX} * interval '1 millisecond'`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

/**
 * PENDING → CANCELED for all that wait on a chain: what a restored database still wants, it may have had since. Returns how
 * many.
 */
export async function forgetPending(tx: Tx, chainId: string): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE account_transfer
       SET state = 'CANCELED', version = version + 1, ended_at = clock_timestamp(), failure_code = 'restored',
           failure_message = 'Nothing moved: it was asked for before the database was restored. What is still needed is decided anew.'
     WHERE chain_id = ${chainId} AND state = 'PENDING'`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

/** Of these ids, those that are transfers here. */
export async function selectKnownTransfers(
  db: Queryable,
  ids: readonly string[],
): Promise<Map<string, { state: AccountTransferState; amount: bigint }>> {
  const { rows } = await sql<{ id: string; state: AccountTransferState; amount: bigint }>`
    SELECT id, state, amount FROM account_transfer WHERE id = ANY (${[...ids]}::uuid[])`.execute(db);
  return new Map(rows.map(({ id, ...rest }) => [id, rest]));
}

/** Transfers that the chain has and a restored database lacks, as items of a chain transaction that it has now. */
export async function insertRestored(
  tx: Tx,
  target: { chainId: string; assetId: string; fromAccountId: string; chainTxId: string; reason: string },
  items: readonly {
    id: string;
    toAccountId: string;
    amount: bigint;
    position: number;
    purpose: TransferPurpose;
  }[],
): Promise<void> {
  if (items.length === 0) return;
  await sql`
    INSERT INTO account_transfer (id, chain_id, asset_id, from_account_id, to_account_id, amount, purpose, actor, reason,
                                  restored, state, chain_tx_id, chain_tx_position)
    SELECT r.id, ${target.chainId}, ${target.assetId}, ${target.fromAccountId}, r.to_id, r.amount, r.purpose, 'system:recover',
           ${target.reason}, true, 'PLANNED', ${target.chainTxId}, r.position
      FROM unnest(${items.map((one) => one.id)}::uuid[], ${items.map((one) => one.toAccountId)}::uuid[],
                  ${items.map((one) => one.amount.toString())}::numeric[], ${items.map((one) => one.purpose)}::text[],
                  ${items.map((one) => one.position)}::integer[]) AS r (id, to_id, amount, purpose, position)`.execute(
    tx,
  );
}

/** The newest first. */
export async function listTransfers(
  db: Queryable,
  filter: { chainId?: string; onlyOpen?: boolean; id?: string; chainTxId?: string },
  page: { limit: number; before: bigint | null },
): Promise<AccountTransfer[]> {
  const { rows } = await sql<AccountTransfer>`
    SELECT t.id, t.number, t.chain_id AS "chainId", t.asset_id AS "assetId", a.code AS asset, a.decimals,
           f.address AS "from", g.address AS "to", t.amount, t.purpose, t.actor, t.reason, t.state,
           t.chain_tx_id AS "chainTxId", x.state AS "chainTxState", h.hash, t.failure_code AS "failureCode",
           t.failure_message AS "failureMessage", t.created_at AS "createdAt", t.ended_at AS "endedAt"
      FROM account_transfer t
      JOIN asset a ON a.id = t.asset_id
      JOIN sub_account f ON f.id = t.from_account_id
      JOIN sub_account g ON g.id = t.to_account_id
      LEFT JOIN chain_tx x ON x.id = t.chain_tx_id
      LEFT JOIN LATERAL (SELECT hash FROM chain_tx_attempt b WHERE b.chain_tx_id = x.id
                          ORDER BY b.number = x.mined_attempt DESC NULLS LAST, b.number DESC LIMIT 1) h ON true
     WHERE (${filter.chainId ?? null}::text IS NULL OR t.chain_id = ${filter.chainId ?? null})
       AND (${filter.id ?? null}::uuid IS NULL OR t.id = ${filter.id ?? null})
       AND (${filter.chainTxId ?? null}::uuid IS NULL OR t.chain_tx_id = ${filter.chainTxId ?? null})
       AND (NOT ${filter.onlyOpen ?? false} OR t.state IN ('PENDING', 'PLANNED'))
       AND (${page.before}::bigint IS NULL OR t.number < ${page.before})
     ORDER BY t.number DESC LIMIT ${page.limit}`.execute(db);
  return rows;
}
