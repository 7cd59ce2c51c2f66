import type { Queryable, Tx } from '@naru/db/database.ts';
import { assert } from '@naru/kit/assert.ts';
import { type Hex, toBuffer, toHex } from '@naru/kit/hex.ts';
import type { SignTimes } from '@naru/signer-protocol/schema.ts';
import { sql } from 'kysely';
import type { ChainTxKind } from './chain-tx.kinds.ts';
import type { ChainTxState } from './chain-tx.machine.ts';
import type { Attempt, AttemptPurpose, ChainTx } from './chain-tx.ts';

const columns = sql`
  x.id, x.chain_id AS "chainId", x.sub_account_id AS "subAccountId", s.address AS "from", x.nonce, x.kind,
  x.asset_id AS "assetId", a.address AS token, x.priority, x.item_count AS "itemCount", x.to_address AS "to",
  x.value_wei AS "valueWei", x.gas, x.gas_per_item AS "gasPerItem", x.state, x.version, x.wanted,
  x.failure_count AS "failureCount", s.epoch AS "accountEpoch"`;

export type NewChainTx = Omit<
  ChainTx,
  'from' | 'token' | 'state' | 'version' | 'wanted' | 'failureCount' | 'accountEpoch'
> & {
  amount: bigint;
  data: Hex;
};

export async function insertChainTx(tx: Tx, row: NewChainTx): Promise<void> {
  await sql`
    INSERT INTO chain_tx (id, chain_id, sub_account_id, nonce, kind, asset_id, priority, item_count, amount, to_address,
                          data, value_wei, gas, gas_per_item)
    VALUES (${row.id}, ${row.chainId}, ${row.subAccountId}, ${row.nonce}, ${row.kind}, ${row.assetId}, ${row.priority},
            ${row.itemCount}, ${row.amount}, ${row.to}, ${toBuffer(row.data)}, ${row.valueWei}, ${row.gas},
            ${row.gasPerItem})`.execute(tx);
}

/**
 * Claims transactions of the accounts that `owner` holds and that need a signature: never signed, or wanted with a higher
 * fee or as a cancel. The claim is a short lease; who loses it to time, or the account, loses the right to record, so two
 * processors cannot both store an attempt. The claim of one that no longer holds the account is void.
 */
export async function claimToSign(
  tx: Tx,
  claim: { chainId: string; owner: string; leaseMs: number; limit: number },
): Promise<ChainTx[]> {
  const { rows } = await sql<ChainTx>`
    WITH picked AS (
      SELECT c.id FROM chain_tx c JOIN sub_account a ON a.id = c.sub_account_id
       WHERE c.chain_id = ${claim.chainId} AND a.lease_owner = ${claim.owner} AND a.lease_until > now()
         AND (c.state = 'PLANNED' OR (c.wanted IS NOT NULL AND c.state IN ('SIGNED', 'BROADCASTING', 'BROADCASTED')))
         AND c.not_before <= now()
         AND (lease_is_free(c.lease_owner, c.lease_until, ${claim.owner})
              OR (c.state = 'PLANNED' AND c.lease_owner <> ${claim.owner}))
       ORDER BY array_position(ARRAY['EMERGENCY', 'VIP', 'STANDARD'], c.priority), c.sub_account_id, c.nonce
       LIMIT ${claim.limit} FOR UPDATE OF c SKIP LOCKED
    ), x AS (
      UPDATE chain_tx SET lease_owner = ${claim.owner},
             lease_until = now() + ${claim.leaseMs} * interval '1 millisecond'
       WHERE id IN (SELECT id FROM picked) RETURNING *
    )
    SELECT ${columns} FROM x
      JOIN sub_account s ON s.id = x.sub_account_id JOIN asset a ON a.id = x.asset_id
     ORDER BY x.sub_account_id, x.nonce`.execute(tx);
  return rows;
}

export type Sendable = {
  id: string;
  state: ChainTxState;
  version: number;
  attempt: number;
  hash: Hex;
  raw: Hex;
  failureCount: number;
  subAccountId: string;
};

/** Claims signed transactions that are due to be sent, or sent again, lowest nonce first, with their newest bytes. */
export async function claimToSend(
  tx: Tx,
  claim: { chainId: string; owner: string; leaseMs: number; limit: number },
): Promise<Sendable[]> {
  const { rows } = await sql<Omit<Sendable, 'raw'> & { raw: Buffer }>`
    WITH picked AS (
      SELECT id FROM chain_tx
       WHERE chain_id = ${claim.chainId} AND state IN ('SIGNED', 'BROADCASTING', 'BROADCASTED')
         AND not_before <= now() AND lease_is_free(lease_owner, lease_until, ${claim.owner})
       ORDER BY array_position(ARRAY['EMERGENCY', 'VIP', 'STANDARD'], priority), sub_account_id, nonce
       LIMIT ${claim.limit} FOR UPDATE SKIP LOCKED
    ), x AS (
      UPDATE chain_tx c
         SET lease_owner = ${claim.owner}, lease_until = now() + ${claim.leaseMs} * interval '1 millisecond',
             state = CASE c.state WHEN 'SIGNED' THEN 'BROADCASTING' ELSE c.state END,
             version = c.version + CASE c.state WHEN 'SIGNED' THEN 1 ELSE 0 END
        FROM picked WHERE c.id = picked.id
      RETURNING c.*
    )
    SELECT x.id, x.state, x.version, t.number AS attempt, t.hash, t.raw, x.failure_count AS "failureCount",
           x.sub_account_id AS "subAccountId"
      FROM x
      JOIN LATERAL (SELECT * FROM chain_tx_attempt t WHERE t.chain_tx_id = x.id ORDER BY t.number DESC LIMIT 1) t ON true
     ORDER BY x.sub_account_id, x.nonce`.execute(tx);
  return rows.map((row) => ({ ...row, raw: toHex(row.raw) }));
}

/** Withdrawals of payouts as they were frozen, in the order of the batch. Of other kinds: `carried-items.ts`. */
export async function readItems(
  db: Queryable,
  chainTxIds: readonly string[],
): Promise<Map<string, { id: string; to: Hex; amount: bigint }[]>> {
  const { rows } = await sql<{ chainTxId: string; id: string; to: Hex; amount: bigint }>`
    SELECT chain_tx_id AS "chainTxId", id, to_address AS "to", amount FROM withdrawal
     WHERE chain_tx_id = ANY (${chainTxIds}::uuid[]) ORDER BY chain_tx_id, chain_tx_position`.execute(db);
  const items = new Map<string, { id: string; to: Hex; amount: bigint }[]>(chainTxIds.map((id) => [id, []]));
  for (const { chainTxId, ...item } of rows) items.get(chainTxId)?.push(item);
  return items;
}

/** Which withdrawal stands where in a batch. */
export async function readPlaces(
  db: Queryable,
  chainTxId: string,
): Promise<{ id: string; position: number }[]> {
  const { rows } = await sql<{ id: string; position: number }>`
    SELECT id, chain_tx_position AS position FROM withdrawal WHERE chain_tx_id = ${chainTxId}`.execute(db);
  return rows;
}

export async function readPayloadData(db: Queryable, id: string): Promise<Hex> {
  const { rows } = await sql<{ data: Buffer }>`SELECT data FROM chain_tx WHERE id = ${id}`.execute(db);
  assert(rows[0] !== undefined, `no chain transaction ${id}`);
  return toHex(rows[0].data);
}

export async function readAttempts(db: Queryable, chainTxIds: readonly string[]): Promise<Attempt[]> {
  const { rows } = await sql<Attempt>`
    SELECT chain_tx_id AS "chainTxId", number, purpose, hash, fee_per_gas_wei_max AS "feePerGasWeiMax",
           tip_per_gas_wei AS "tipPerGasWei", send_count AS "sendCount"
      FROM chain_tx_attempt WHERE chain_tx_id = ANY (${chainTxIds}::uuid[]) ORDER BY chain_tx_id, number`.execute(
    db,
  );
  return rows;
}

/**
 * Stores signed bytes, if the claim and the lease of the account still hold. False: one of them was lost, the bytes are
 * forgotten unsent.
 */
export async function recordSignature(
  tx: Tx,
  claim: { owner: string; chainTx: ChainTx },
  attempt: {
    purpose: AttemptPurpose;
    hash: Hex;
    raw: Hex;
    feePerGasWeiMax: bigint;
    tipPerGasWei: bigint;
    /** As the signer told; null: it did not. */
    times: SignTimes | null;
  },
): Promise<boolean> {
  const { chainTx } = claim;
  const { numAffectedRows } = await sql`
    UPDATE chain_tx
       SET state = CASE state WHEN 'PLANNED' THEN 'SIGNED' ELSE state END,
           version = version + CASE state WHEN 'PLANNED' THEN 1 ELSE 0 END,
           wanted = NULL, lease_owner = NULL, lease_until = NULL, not_before = now(), failure_count = 0,
           last_error = NULL
     WHERE id = ${chainTx.id} AND version = ${chainTx.version} AND lease_owner = ${claim.owner}
       AND EXISTS (SELECT 1 FROM sub_account s WHERE s.id = chain_tx.sub_account_id
                      AND s.lease_owner = ${claim.owner} AND s.epoch = ${chainTx.accountEpoch})`.execute(tx);
  if (numAffectedRows !== 1n) return false;
  const { times } = attempt;
  await sql`
    INSERT INTO chain_tx_attempt (chain_tx_id, number, purpose, hash, raw, fee_per_gas_wei_max, tip_per_gas_wei,
                                  signer_began_at, signer_ms, key_ms, key_backend)
    SELECT ${chainTx.id}, coalesce(max(number), 0) + 1, ${attempt.purpose}, ${attempt.hash}, ${toBuffer(attempt.raw)},
           ${attempt.feePerGasWeiMax}, ${attempt.tipPerGasWei}, ${times?.beganAt ?? null}::timestamptz,
           ${times?.tookMs ?? null}::integer, ${times?.keyMs ?? null}::integer, ${times?.backend ?? null}
      FROM chain_tx_attempt WHERE chain_tx_id = ${chainTx.id}`.execute(tx);
  return true;
}

/** Gives a claimed row back, to be looked at again after `delayMs`. A cancel that is wanted stays wanted. */
export async function release(
  db: Queryable,
  claim: { owner: string; id: string },
  outcome: { delayMs: number; error: string | null; failed: boolean; wanted?: 'BUMP' | 'CANCEL' },
): Promise<void> {
  await sql`
    UPDATE chain_tx
       SET lease_owner = NULL, lease_until = NULL, last_error = ${outcome.error},
           failure_count = CASE WHEN ${outcome.failed} THEN failure_count + 1 ELSE 0 END,
           wanted = CASE WHEN wanted = 'CANCEL' THEN wanted ELSE coalesce(${outcome.wanted ?? null}, wanted) END,
           not_before = now() + ${outcome.delayMs} * interval '1 millisecond'
     WHERE id = ${claim.id} AND lease_owner = ${claim.owner}`.execute(db);
}

export async function recordSend(
  db: Queryable,
  attempt: { chainTxId: string; number: number; outcome: string },
): Promise<void> {
  await sql`
    UPDATE chain_tx_attempt SET send_count = send_count + 1, last_sent_at = now(), last_outcome = ${attempt.outcome}
     WHERE chain_tx_id = ${attempt.chainTxId} AND number = ${attempt.number}`.execute(db);
}

/** A node took the bytes: BROADCASTING → BROADCASTED, if nobody went further meanwhile. True when this call moved it. */
export async function recordAccepted(tx: Tx, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE chain_tx SET state = 'BROADCASTED', version = version + 1, broadcasted_at = coalesce(broadcasted_at, now())
     WHERE id = ${id} AND state = 'BROADCASTING'`.execute(tx);
  return numAffectedRows === 1n;
}

/** What the monitor watches of a chain: everything whose nonce is taken and not final. */
export type OpenChainTx = {
  id: string;
  kind: ChainTxKind;
  state: ChainTxState;
  version: number;
  subAccountId: string;
  from: Hex;
  nonce: bigint;
  wanted: string | null;
  blockNumber: bigint | null;
  blockHash: Hex | null;
  minedAttempt: number | null;
  /** The newest attempt, null when never signed. */
  newestAttemptAgeMs: number | null;
  attemptCount: number;
  itemCount: number;
};

export async function listOpen(db: Queryable, chainId: string): Promise<OpenChainTx[]> {
  const { rows } = await sql<OpenChainTx>`
    SELECT x.id, x.kind, x.state, x.version, x.sub_account_id AS "subAccountId", s.address AS "from", x.nonce, x.wanted,
           x.block_number AS "blockNumber", x.block_hash AS "blockHash", x.mined_attempt AS "minedAttempt",
           x.item_count AS "itemCount",
           (extract(epoch FROM now() - t.created_at) * 1000)::float8 AS "newestAttemptAgeMs",
           coalesce(t.number, 0) AS "attemptCount"
      FROM chain_tx x
      JOIN sub_account s ON s.id = x.sub_account_id
      LEFT JOIN LATERAL (SELECT number, created_at FROM chain_tx_attempt t WHERE t.chain_tx_id = x.id
                          ORDER BY number DESC LIMIT 1) t ON true
     WHERE x.chain_id = ${chainId} AND x.state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED')
     ORDER BY x.sub_account_id, x.nonce`.execute(db);
  return rows;
}

/** Asks for one more attempt, unless one is wanted already. */
export async function want(db: Queryable, id: string, what: 'BUMP' | 'CANCEL'): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE chain_tx SET wanted = ${what}, not_before = now()
     WHERE id = ${id} AND wanted IS NULL AND state IN ('SIGNED', 'BROADCASTING', 'BROADCASTED')`.execute(db);
  return numAffectedRows === 1n;
}

/**
 * A block holds the nonce. From whatever open state it is in by now, whoever changed it meanwhile: what the chain shows
 * must not get lost to a race. False when it is mined or final already.
 */
export async function recordMined(
  tx: Tx,
  seen: {
    id: string;
    blockNumber: bigint | null;
    blockHash: Hex | null;
    attempt: number | null;
  },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE chain_tx
       SET state = 'MINED', version = version + 1, block_number = ${seen.blockNumber}, block_hash = ${seen.blockHash},
           mined_attempt = ${seen.attempt}, mined_at = now(), lease_owner = NULL, lease_until = NULL, wanted = NULL
     WHERE id = ${seen.id} AND state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED')`.execute(tx);
  return numAffectedRows === 1n;
}

/** The block is gone: back to BROADCASTED and due to be sent again at once, with the same bytes. */
export async function recordUnmined(tx: Tx, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE chain_tx
       SET state = 'BROADCASTED', version = version + 1, block_number = NULL, block_hash = NULL, mined_attempt = NULL,
           mined_at = NULL, not_before = now(),
           -- A batch that was read in from the chain has no bytes to send again: it is signed anew, same payload.
           wanted = CASE WHEN EXISTS (SELECT 1 FROM chain_tx_attempt t WHERE t.chain_tx_id = chain_tx.id) THEN wanted
                         ELSE 'BUMP' END
     WHERE id = ${id} AND state = 'MINED'`.execute(tx);
  return numAffectedRows === 1n;
}

export async function recordFinal(
  tx: Tx,
  end: {
    id: string;
    version: number;
    state: 'EXECUTED' | 'REVERTED' | 'CANCELED' | 'DISPLACED';
    outcomes: Buffer | null;
    gasUsed: bigint | null;
    gasPriceWei: bigint | null;
  },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE chain_tx
       SET state = ${end.state}, version = version + 1, outcomes = ${end.outcomes}, gas_used = ${end.gasUsed},
           gas_price_wei = ${end.gasPriceWei}, final_at = now()
     WHERE id = ${end.id} AND version = ${end.version} AND state = 'MINED'`.execute(tx);
  return numAffectedRows === 1n;
}

/** Is an approval of this account and asset under way? */
export async function hasOpenApproval(
  db: Queryable,
  subAccountId: string,
  assetId: string,
): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM chain_tx WHERE sub_account_id = ${subAccountId} AND asset_id = ${assetId} AND kind = 'APPROVAL'
       AND state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED')`.execute(db);
  return rows.length > 0;
}
