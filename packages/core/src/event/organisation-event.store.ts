import type { Queryable, Tx } from '@naru/db/database.ts';
import { type RawBuilder, sql } from 'kysely';
import type { NewOtherEvent, OtherEvent } from './event.ts';

/**
 * Tells what the same transaction changed: stream, list and webhooks take it from here once it is committed. Only after a
 * write, so that the transaction has its number before an event has its position (`readWithoutGaps` goes by it). An event
 * that is there already stays as it is.
 */
export async function appendEvents(tx: Tx, events: readonly NewOtherEvent[]): Promise<void> {
  if (events.length === 0) return;
  await sql`
    INSERT INTO organisation_event (organisation_id, type, subject_id, subject, sequence, data)
    SELECT * FROM unnest(${events.map((one) => one.organisationId)}::uuid[], ${events.map((one) => one.type)}::text[],
                         ${events.map((one) => one.subjectId)}::uuid[], ${events.map((one) => one.subject)}::text[],
                         ${events.map((one) => one.sequence)}::integer[],
                         ${events.map((one) => JSON.stringify(one.data))}::text[])
    ON CONFLICT (subject_id, sequence) DO NOTHING`.execute(tx);
}

const columns = sql`
  'other' AS kind, position, organisation_id AS "organisationId", type, subject, sequence, at, data`;

/** Of the rows that `tail` leaves, which goes on after `WHERE`. */
export async function readOtherEvents(db: Queryable, tail: RawBuilder<unknown>): Promise<OtherEvent[]> {
  const { rows } = await sql<OtherEvent>`SELECT ${columns} FROM organisation_event e WHERE ${tail}`.execute(
    db,
  );
  return rows;
}

/** The number that the next change of this thing has, while whoever asks holds a lock on it. */
export async function nextSequence(tx: Tx, subjectId: string): Promise<number> {
  const { rows } = await sql<{ next: number }>`
    SELECT coalesce(max(sequence), 0) + 1 AS next FROM organisation_event WHERE subject_id = ${subjectId}`.execute(
    tx,
  );
  return rows[0]?.next ?? 1;
}
