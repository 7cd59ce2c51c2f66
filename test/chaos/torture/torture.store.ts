import type { Queryable } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { toHex } from '@naru/kit/hex.ts';
import { sql } from 'kysely';

export type Standing = { id: string; state: string; failureCode: string | null };

export async function readStandings(db: Queryable, ids: readonly string[]): Promise<Standing[]> {
  const { rows } = await sql<Standing>`
    SELECT id, state, failure_code AS "failureCode" FROM withdrawal WHERE id = ANY (${ids}::uuid[])`.execute(
    db,
  );
  return rows;
}

/** Of all that was ever accepted, and of the chain transactions. */
export async function countOpen(db: Queryable): Promise<{ withdrawals: number; chainTxs: number }> {
  const { rows } = await sql<{ withdrawals: number; chainTxs: number }>`
    SELECT (SELECT count(*)::integer FROM withdrawal
             WHERE state NOT IN ('CONFIRMED', 'FAILED', 'CANCELED')) AS withdrawals,
           (SELECT count(*)::integer FROM chain_tx
             WHERE state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED')) AS "chainTxs"`.execute(
    db,
  );
  return rows[0] ?? { withdrawals: 0, chainTxs: 0 };
}

export async function countConfirming(db: Queryable): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::integer AS count FROM withdrawal WHERE state = 'CONFIRMING'`.execute(db);
  return rows[0]?.count ?? 0;
}

export async function countConfirmed(db: Queryable): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::integer AS count FROM withdrawal WHERE state = 'CONFIRMED'`.execute(db);
  return rows[0]?.count ?? 0;
}

/** When the first payment was seen in a block after a moment, milliseconds since 1970. */
export async function readFirstMined(db: Queryable, afterMs: number): Promise<number | null> {
  const { rows } = await sql<{ atMs: number | null }>`
    SELECT (extract(epoch FROM min(at)) * 1000)::float8 AS "atMs" FROM withdrawal_event
     WHERE to_state = 'CONFIRMING' AND at > to_timestamp(${afterMs / 1_000}::float8)`.execute(db);
  return rows[0]?.atMs ?? null;
}

export async function listPaused(db: Queryable): Promise<{ address: Hex; reason: string }[]> {
  const { rows } = await sql<{ address: Hex; reason: string }>`
    SELECT address, coalesce(pause_reason, state) AS reason FROM sub_account WHERE state <> 'ACTIVE'
     ORDER BY address`.execute(db);
  return rows;
}

export type StoredAttempt = { chainTxId: string; from: Hex; nonce: bigint; purpose: string; raw: Hex };

/** Every set of bytes that was ever signed, as far as the database knows. */
export async function readAllAttempts(db: Queryable): Promise<StoredAttempt[]> {
  const { rows } = await sql<Omit<StoredAttempt, 'raw'> & { raw: Buffer }>`
    SELECT x.id AS "chainTxId", s.address AS "from", x.nonce, t.purpose, t.raw
      FROM chain_tx_attempt t JOIN chain_tx x ON x.id = t.chain_tx_id JOIN sub_account s ON s.id = x.sub_account_id
     ORDER BY s.address, x.nonce, t.number`.execute(db);
  return rows.map((row) => ({ ...row, raw: toHex(row.raw) }));
}

/** All that the database can tell of a withdrawal that went wrong. */
export async function readEvidence(db: Queryable, ids: readonly string[]): Promise<unknown[]> {
  const { rows } = await sql<{ evidence: unknown }>`
    SELECT jsonb_build_object(
             'withdrawal', jsonb_build_object('id', w.id, 'state', w.state, 'plans', w.plan_count, 'failure', w.failure_code,
                                              'priority', w.priority, 'asset', w.asset_id, 'to', w.to_address),
             'events', (SELECT jsonb_agg(jsonb_build_object('at', e.at, 'from', e.from_state, 'to', e.to_state,
                                'actor', e.actor, 'reason', e.reason, 'chainTx', e.chain_tx_id) ORDER BY e.version)
                          FROM withdrawal_event e WHERE e.withdrawal_id = w.id),
             'chainTxs', (SELECT jsonb_agg(jsonb_build_object('id', x.id, 'state', x.state, 'nonce', x.nonce::text,
                                'account', s.address, 'paused', s.pause_reason, 'wanted', x.wanted,
                                'block', x.block_number::text, 'error', x.last_error,
                                'attempts', (SELECT jsonb_agg(jsonb_build_object('number', t.number, 'purpose', t.purpose,
                                               'hash', t.hash, 'sent', t.send_count, 'outcome', t.last_outcome)
                                               ORDER BY t.number)
                                               FROM chain_tx_attempt t WHERE t.chain_tx_id = x.id)))
                           FROM chain_tx x JOIN sub_account s ON s.id = x.sub_account_id
                          WHERE x.id IN (SELECT chain_tx_id FROM withdrawal_event e WHERE e.withdrawal_id = w.id)))
           AS evidence
      FROM withdrawal w WHERE w.id = ANY (${ids}::uuid[]) ORDER BY w.created_at`.execute(db);
  return rows.map((row) => row.evidence);
}

/** Open chain transactions, for whoever asks why a run does not settle. */
export async function readOpenChainTxs(db: Queryable): Promise<unknown[]> {
  const { rows } = await sql<{ evidence: unknown }>`
    SELECT jsonb_build_object('id', x.id, 'kind', x.kind, 'state', x.state, 'nonce', x.nonce::text, 'account', s.address,
             'wanted', x.wanted, 'block', x.block_number::text, 'error', x.last_error, 'failures', x.failure_count,
             'notBefore', x.not_before, 'attempts', (SELECT count(*) FROM chain_tx_attempt t WHERE t.chain_tx_id = x.id))
           AS evidence
      FROM chain_tx x JOIN sub_account s ON s.id = x.sub_account_id
     WHERE x.state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED')
     ORDER BY s.address, x.nonce LIMIT 200`.execute(db);
  return rows.map((row) => row.evidence);
}

export type SettledNonce = { from: Hex; nonce: bigint; hash: Hex; block: bigint };

/** What the database takes for final, newest first: whether the chain still has it is for the chain to say. */
export async function readNewestFinal(db: Queryable, limit: number): Promise<SettledNonce[]> {
  const { rows } = await sql<SettledNonce>`
    SELECT s.address AS "from", x.nonce, t.hash, x.block_number AS block
      FROM chain_tx x
      JOIN sub_account s ON s.id = x.sub_account_id
      JOIN chain_tx_attempt t ON t.chain_tx_id = x.id AND t.number = x.mined_attempt
     WHERE x.state IN ('EXECUTED', 'REVERTED', 'CANCELED') AND x.final_at IS NOT NULL
     ORDER BY x.final_at DESC LIMIT ${limit}`.execute(db);
  return rows;
}

/** Every nonce that the database has given out, as `address nonce`, addresses in small letters. */
export async function readKnownNonces(db: Queryable): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ place: string }>`
    SELECT lower(s.address) || ' ' || x.nonce AS place
      FROM chain_tx x JOIN sub_account s ON s.id = x.sub_account_id`.execute(db);
  return new Set(rows.map(({ place }) => place));
}

export async function readCursors(db: Queryable): Promise<unknown[]> {
  const { rows } = await sql<{ evidence: unknown }>`
    SELECT to_jsonb(c) AS evidence FROM chain_cursor c`.execute(db);
  return rows.map((row) => row.evidence);
}
