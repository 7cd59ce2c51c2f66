import type { Database, Queryable, Tx } from '@naru/db/database.ts';
import { sql } from 'kysely';

/** A replay that is under way, as its next step needs it. */
export type OpenReplay = {
  id: string;
  organisationId: string;
  endpointId: string;
  /** Empty: those of the endpoint. */
  events: string[];
  redeliver: boolean;
  fromAt: Date;
  toAt: Date;
  /** Whether events of the log must be of that time, too, or only of these positions. */
  isByTime: boolean;
  position: bigint;
  toPosition: bigint;
};

export async function insertReplay(tx: Tx, replay: OpenReplay): Promise<void> {
  await sql`
    INSERT INTO webhook_replay (id, organisation_id, endpoint_id, events, redeliver, from_at, to_at, is_by_time, position,
                                to_position)
    VALUES (${replay.id}, ${replay.organisationId}, ${replay.endpointId}, ${replay.events}::text[], ${replay.redeliver},
            ${replay.fromAt}, ${replay.toAt}, ${replay.isByTime}, ${replay.position}, ${replay.toPosition})`.execute(
    tx,
  );
}

export async function countOpenReplays(db: Queryable, endpointId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::integer AS count FROM webhook_replay
     WHERE endpoint_id = ${endpointId} AND ended_at IS NULL`.execute(db);
  return rows[0]?.count ?? 0;
}

const open = sql`
  id, organisation_id AS "organisationId", endpoint_id AS "endpointId", events, redeliver, from_at AS "fromAt",
  to_at AS "toAt", is_by_time AS "isByTime", position, to_position AS "toPosition"`;

/** The oldest that is not done. */
export async function readOpenReplay(db: Database): Promise<OpenReplay | null> {
  const { rows } = await sql<OpenReplay>`
    SELECT ${open} FROM webhook_replay WHERE ended_at IS NULL ORDER BY id LIMIT 1`.execute(db);
  return rows[0] ?? null;
}

/** Whether it still stands where it was read: of several that read it, one goes on. */
export async function lockReplay(tx: Tx, replay: { id: string; position: bigint }): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM webhook_replay WHERE id = ${replay.id} AND position = ${replay.position} AND ended_at IS NULL
       FOR UPDATE SKIP LOCKED`.execute(tx);
  return rows.length > 0;
}

export async function moveReplay(
  tx: Tx,
  id: string,
  step: { position: bigint; queued: number; isDone: boolean },
): Promise<void> {
  await sql`
    UPDATE webhook_replay SET position = ${step.position}, queued_count = queued_count + ${step.queued},
           ended_at = CASE WHEN ${step.isDone} THEN now() END
     WHERE id = ${id}`.execute(tx);
}

/** Ends what is still to come for an endpoint that is gone. */
export async function endReplays(tx: Tx, endpointId: string): Promise<void> {
  await sql`UPDATE webhook_replay SET ended_at = now() WHERE endpoint_id = ${endpointId} AND ended_at IS NULL`.execute(
    tx,
  );
}
