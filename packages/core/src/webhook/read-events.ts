import type { Database } from '@naru/db/database.ts';
import type { Caller } from '../access/access.ts';
import { readLogEnd, readLogEvent, readNewestLog } from '../withdrawal/event-log.reader.ts';
import { toEvent } from './event-body.ts';
import { EVENTS_SEARCHED_MAX } from './webhook.limits.ts';
import { readStoredEvent } from './webhook.reader.ts';
import { typeOfState } from './webhook.ts';

export type ToldEvent = ReturnType<typeof toEvent>;
export type EventFilter = { types?: readonly string[]; withdrawalId?: string };

/**
 * Events of the caller's withdrawals, the newest first. The log is that of all organisations, and one call searches a
 * part of it only: a page may have less than asked for, even nothing, and still name a next one.
 */
export async function listToldEvents(
  deps: { db: Database },
  caller: Caller,
  filter: EventFilter,
  page: { limit: number; before: bigint | null },
): Promise<{ data: ToldEvent[]; next: bigint | null }> {
  const before = page.before ?? (await readLogEnd(deps.db)) + 1n;
  // By the id of a withdrawal its events are found directly, and there are few.
  const first = filter.withdrawalId === undefined ? before - BigInt(EVENTS_SEARCHED_MAX) : 0n;
  const from = first > 0n ? first : 0n;
  const states = Object.entries(typeOfState)
    .filter(([, type]) => filter.types === undefined || filter.types.includes(type))
    .map(([state]) => state);
  const { limit } = page;
  const events = await readNewestLog(deps.db, caller.organisationId, {
    before,
    from,
    withdrawalId: filter.withdrawalId ?? null,
    states,
    limit,
  });
  const last = events.length === limit ? events.at(-1)?.position : undefined;
  const next = last ?? from;
  return { data: events.map(toEvent), next: next > 1n ? next : null };
}

/** One event, as its text: by its position in the log, or by an id of its own. */
export async function readToldEvent(
  deps: { db: Database },
  caller: Caller,
  id: { position: bigint } | { uuid: string },
): Promise<string | null> {
  if ('uuid' in id) return await readStoredEvent(deps.db, caller.organisationId, id.uuid);
  const event = await readLogEvent(deps.db, caller.organisationId, id.position);
  return event !== null && Object.hasOwn(typeOfState, event.to) ? JSON.stringify(toEvent(event)) : null;
}
