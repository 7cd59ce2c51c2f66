import { type Database, withTransaction } from '@naru/db/database.ts';
import { readOrganisationLog } from '../withdrawal/event-log.reader.ts';
import { isTold } from './event-body.ts';
import { eventOfLog } from './new-event.ts';
import { REPLAY_POSITIONS_MAX } from './webhook.limits.ts';
import { insertEvents } from './webhook-event.store.ts';
import { lockReplay, moveReplay, readOpenReplay } from './webhook-replay.store.ts';

/**
 * One step of the oldest replay that is not done: the events of a part of its range become messages, or their messages
 * become due again, and its place moves, in one commit. True: there may be more at once.
 */
export async function replayEvents(deps: { db: Database }): Promise<boolean> {
  const replay = await readOpenReplay(deps.db);
  if (replay === null) return false;
  const { organisationId, endpointId, fromAt, toAt } = replay;
  const ahead = replay.position + BigInt(REPLAY_POSITIONS_MAX);
  const upTo = ahead < replay.toPosition ? ahead : replay.toPosition;
  const range = { after: replay.position, upTo, limit: REPLAY_POSITIONS_MAX };
  const found = upTo > replay.position ? await readOrganisationLog(deps.db, organisationId, range) : [];
  const events = found
    .filter((event) => isTold(event) && (!replay.isByTime || (event.at >= fromAt && event.at < toAt)))
    .map(eventOfLog);
  const isDone = upTo >= replay.toPosition;
  await withTransaction(deps.db, async (tx) => {
    if (!(await lockReplay(tx, replay))) return;
    const filter = replay.events.length === 0 ? null : replay.events;
    const only = { endpointId, filter, redeliver: replay.redeliver };
    const { messages } = await insertEvents(tx, events, only);
    await moveReplay(tx, replay.id, { position: upTo, queued: messages, isDone });
  });
  return true;
}
