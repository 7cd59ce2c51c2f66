import { type Database, withTransaction } from '@naru/db/database.ts';
import { readPositions } from '../withdrawal/event-log.reader.ts';
import { eventOfLog } from './new-event.ts';
import { HAND_ON_POSITIONS_MAX } from './webhook.limits.ts';
import {
  insertEvents,
  lockCursor,
  moveCursor,
  readHandOnStart,
  readWantedEvents,
} from './webhook-event.store.ts';

/**
 * Hands the next part of the log on to the endpoints that want it: messages and the place in the log are
 * one commit, so nothing is left out and nothing is handed on twice, wherever the process dies and however many of them
 * do it. Does nothing while no endpoint is in use. `more`: there may be more at once.
 */
export async function handOnEvents(deps: { db: Database }): Promise<{ messages: number; more: boolean }> {
  const start = await readHandOnStart(deps.db);
  if (start === null) return { messages: 0, more: false };
  const positions = await readPositions(deps.db, start.from, HAND_ON_POSITIONS_MAX);
  const upTo = positions.at(-1);
  if (upTo === undefined) return { messages: 0, more: false };
  return await withTransaction(deps.db, async (tx) => {
    await lockCursor(tx);
    const now = await readHandOnStart(tx);
    // Another instance was faster, or an endpoint was taken into use that begins before.
    if (now?.cursor !== start.cursor || now.from !== start.from) return { messages: 0, more: true };
    const range = { after: start.from, upTo };
    const events = (await readWantedEvents(tx, range)).map(eventOfLog);
    const { messages } = await insertEvents(tx, events);
    await moveCursor(tx, upTo);
    return { messages, more: positions.length === HAND_ON_POSITIONS_MAX };
  });
}
