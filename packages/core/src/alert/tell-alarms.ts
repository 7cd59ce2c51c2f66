import { type Database, withTransaction } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import {
  DETAIL_CHARACTERS_MAX,
  GROUP_WAIT_MS,
  MESSAGE_GAP_MS,
  NOTICES_PER_MESSAGE_MAX,
  REMINDER_MS,
  RESOLVED_WITHIN_MS,
} from './alert.limits.ts';
import type { AlertChannel, Notice } from './alert.ts';
import { listChannels } from './alert-channel.store.ts';
import {
  type Candidate,
  findCandidates,
  insertMessage,
  insertNotices,
  lockChannel,
  readSinceLastMs,
} from './alert-message.store.ts';

export type TellLimits = { groupWaitMs: number; messageGapMs: number; reminderMs: number };
export const tellLimits: TellLimits = {
  groupWaitMs: GROUP_WAIT_MS,
  messageGapMs: MESSAGE_GAP_MS,
  reminderMs: REMINDER_MS,
};

/**
 * Makes a message for each channel that has something to be told: once for each alarm and channel that it is open, as a
 * reminder while nobody has acknowledged it, and once that it is closed. The message and what it tells are written in one
 * transaction; sending it is another matter (`send-messages.ts`). Returns how many were made.
 */
export async function tellAlarms(deps: { db: Database }, limits: TellLimits = tellLimits): Promise<number> {
  let made = 0;
  for (const channel of await listChannels(deps.db))
    if (await tellChannel(deps.db, channel, limits)) made += 1;
  return made;
}

async function tellChannel(db: Database, channel: AlertChannel, limits: TellLimits): Promise<boolean> {
  return await withTransaction(db, async (tx) => {
    await lockChannel(tx, channel.id);
    const { reminderMs } = limits;
    const candidates = await findCandidates(tx, channel, {
      reminderMs,
      resolvedWithinMs: RESOLVED_WITHIN_MS,
    });
    if (!isRipe(candidates, limits.groupWaitMs)) return false;
    const sinceLastMs = await readSinceLastMs(tx, channel.id);
    if (sinceLastMs !== null && sinceLastMs < limits.messageGapMs) return false;
    const id = newUuid();
    const notices = candidates.slice(0, NOTICES_PER_MESSAGE_MAX).map(toNotice);
    const more = candidates.length - notices.length;
    await insertMessage(tx, { id, channelId: channel.id, content: { kind: 'ALARMS', notices, more } });
    // Those that did not fit are told as well: by their number.
    await insertNotices(tx, id, channel.id, candidates);
    return true;
  });
}

/** New alarms wait a moment for those that belong to them; everything else has waited already. */
function isRipe(candidates: readonly Candidate[], groupWaitMs: number): boolean {
  return candidates.some(({ kind, ageMs }) => kind !== 'RAISED' || ageMs >= groupWaitMs);
}

function toNotice({ kind, id, invariant, subject, detail, severity, openedAt, closedAt }: Candidate): Notice {
  return {
    kind,
    alarmId: id,
    invariant,
    subject,
    detail: detail.length > DETAIL_CHARACTERS_MAX ? `${detail.slice(0, DETAIL_CHARACTERS_MAX)} …` : detail,
    severity,
    openedAt: openedAt.toISOString(),
    closedAt: closedAt?.toISOString() ?? null,
  };
}
