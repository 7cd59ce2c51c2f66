import { type Database, withTransaction } from '@naru/db/database.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import type { NewOtherEvent } from '../event/event.ts';
import { appendEvents } from '../event/organisation-event.store.ts';
import { completeOpenBulks, type DoneBulk } from './bulk.store.ts';

/** Files of one look. */
const BULKS_MAX = 200;

/**
 * Finds files whose last withdrawal came to its end, marks them and tells their organisations, in one commit. Goes through
 * the open files in the order of their ids, from `after` on; gives where the next look begins, null for the first again.
 * Where there are no files, it costs one look into an empty index. Several at once take different files.
 */
export async function completeBulks(
  deps: { db: Database },
  after: string | null,
): Promise<{ completed: number; next: string | null }> {
  return await withTransaction(deps.db, async (tx) => {
    const { looked, done } = await completeOpenBulks(tx, { after, limit: BULKS_MAX });
    await appendEvents(tx, done.map(bulkEvent));
    return { completed: done.length, next: looked.length === BULKS_MAX ? (looked.at(-1) ?? null) : null };
  });
}

function bulkEvent(bulk: DoneBulk): NewOtherEvent {
  const subject = toPublicId('bulk', bulk.id);
  return {
    organisationId: bulk.organisationId,
    type: 'bulk.completed',
    subjectId: bulk.id,
    subject,
    sequence: 1,
    data: {
      id: subject,
      object: 'bulk_withdrawal',
      sequence: 1,
      total: bulk.total,
      counts: bulk.counts,
      createdAt: bulk.createdAt.toISOString(),
      completedAt: bulk.completedAt.toISOString(),
    },
  };
}
