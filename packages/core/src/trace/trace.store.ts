import type { Database, Queryable } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { sql } from 'kysely';
import { readLogEnd, readWithoutGaps } from '../withdrawal/event-log.reader.ts';
import type { WithdrawalState } from '../withdrawal/withdrawal.machine.ts';

/** A change of state with what it needs to be a span. No amount, no address, no name of an owner. */
export type TracedEvent = {
  position: bigint;
  withdrawalId: string;
  version: number;
  from: WithdrawalState | null;
  to: WithdrawalState;
  /** When the state before began; of the first event, when it was asked for. */
  since: Date;
  at: Date;
  createdAt: Date;
  actor: string;
  reason: string;
  chain: string;
  asset: string;
  chainTxId: string | null;
  nonce: bigint | null;
  hash: Hex | null;
  /** Of the step that ended with its signature, as the signer told; null: another step, or it did not say. */
  signerBeganAt: Date | null;
  signerMs: number | null;
  keyMs: number | null;
  keyBackend: string | null;
};

/** Up to where the log was told as traces. Where there is none yet: from now on. */
export async function readTracePosition(db: Queryable): Promise<bigint> {
  const { rows } = await sql<{
    position: bigint;
  }>`SELECT last_position AS position FROM trace_cursor`.execute(db);
  return rows[0]?.position ?? (await readLogEnd(db));
}

export async function writeTracePosition(db: Queryable, position: bigint): Promise<void> {
  await sql`
    INSERT INTO trace_cursor (last_position) VALUES (${position})
    ON CONFLICT (one) DO UPDATE SET last_position = excluded.last_position`.execute(db);
}

/** Events after a position, oldest first, without gaps. */
export async function readTracedEvents(db: Database, after: bigint, limit: number): Promise<TracedEvent[]> {
  return await readWithoutGaps(db, after, async () => {
    const { rows } = await sql<
      { oldestOpen: bigint } & { [Key in keyof TracedEvent]: TracedEvent[Key] | null }
    >`
      SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS "oldestOpen", l.*
        FROM (SELECT 1) one
        LEFT JOIN (
          SELECT e.position, e.withdrawal_id AS "withdrawalId", e.version, e.from_state AS "from", e.to_state AS "to", e.at,
                 coalesce(p.at, w.created_at) AS since, w.created_at AS "createdAt", e.actor, e.reason, w.chain_id AS chain,
                 w.asset_id AS asset, e.chain_tx_id AS "chainTxId", x.nonce, t.hash, s.signer_began_at AS "signerBeganAt",
                 s.signer_ms AS "signerMs", s.key_ms AS "keyMs", s.key_backend AS "keyBackend"
            FROM (SELECT * FROM withdrawal_event WHERE position > ${after} ORDER BY position LIMIT ${limit}) e
            JOIN LATERAL (SELECT * FROM withdrawal WHERE id = e.withdrawal_id LIMIT 1) w ON true
            LEFT JOIN LATERAL (SELECT at FROM withdrawal_event
                                WHERE withdrawal_id = e.withdrawal_id AND version = e.version - 1 LIMIT 1) p ON true
            LEFT JOIN LATERAL (SELECT nonce FROM chain_tx WHERE id = e.chain_tx_id LIMIT 1) x ON true
            LEFT JOIN LATERAL (SELECT hash FROM chain_tx_attempt WHERE chain_tx_id = e.chain_tx_id
                                ORDER BY number DESC LIMIT 1) t ON true
            -- The first bytes of a transaction are those that made it SIGNED.
            LEFT JOIN LATERAL (SELECT * FROM chain_tx_attempt WHERE chain_tx_id = e.chain_tx_id AND number = 1
                                  AND e.to_state = 'SIGNED' LIMIT 1) s ON true) l ON true
       ORDER BY l.position`.execute(db);
    const oldestOpen = rows[0]?.oldestOpen ?? 0n;
    const events = rows.flatMap(({ oldestOpen: _, ...event }) =>
      event.position === null ? [] : [event as TracedEvent],
    );
    return { rows: events, oldestOpen };
  });
}
