import type { Database } from '@naru/db/database.ts';
import type { Caller } from '../access/access.ts';
import { otherEventTypes } from '../event/event.ts';
import { readLogEnd, readLogEvent, readNewestLog } from '../withdrawal/event-log.reader.ts';
import { maySee, toEvent, typeOf } from './event-body.ts';
import { EVENTS_SEARCHED_MAX } from './webhook.limits.ts';
import { readStoredEvent } from './webhook.reader.ts';
import { typeOfState } from './webhook.ts';

export type ToldEvent = ReturnType<typeof toEvent>;
export type EventFilter = {
  types?: readonly string[];
  withdrawalId?: string;
  depositId?: string;
};

/**
 * The caller's events, the newest first. The log is that of all organisations, and one call searches a
 * part of it only: a page may have less than asked for, even nothing, and still name a next one.
 */
export async function listToldEvents(
  deps: { db: Database },
  caller: Caller,
  filter: EventFilter,
  page: { limit: number; before: bigint | null },
): Promise<{ data: ToldEvent[]; next: bigint | null }> {
  const before = page.before ?? (await readLogEnd(deps.db)) + 1n;
  // By the id of what they are about, events are found directly, and there are few.
  const isOfOne = filter.withdrawalId !== undefined || filter.depositId !== undefined;
  const first = isOfOne ? 0n : before - BigInt(EVENTS_SEARCHED_MAX);
  const from = first > 0n ? first : 0n;
  const isAskedFor = (type: string) =>
    (filter.types === undefined || filter.types.includes(type)) && maySee(caller, type);
  const states = Object.entries(typeOfState).flatMap(([state, type]) => (isAskedFor(type) ? [state] : []));
  const { limit } = page;
  const events = await readNewestLog(deps.db, caller.organisationId, {
    before,
    from,
    withdrawalId: filter.withdrawalId ?? null,
    depositId: filter.depositId ?? null,
    states,
    otherTypes: otherEventTypes.filter(isAskedFor),
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
  const type = event === null ? null : typeOf(event);
  return event !== null && type !== null && maySee(caller, type) ? JSON.stringify(toEvent(event)) : null;
}
