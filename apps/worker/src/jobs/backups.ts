import { readBackupStatus } from '@naru/backup/backup-status.ts';
import { createBackup } from '@naru/backup/create-backup.ts';
import { pruneBackups } from '@naru/backup/prune-backups.ts';
import { checkInvariant } from '@naru/core/reconciliation/check-invariants.ts';
import { systemClock } from '@naru/kit/clock.ts';
import type { BackupPlace, JobContext } from './job.ts';

const NOT_HERE = { skipped: 'NARU_BACKUP_DIR is not set: backups are made elsewhere, or not at all' };
const deps = { clock: systemClock };

/** A base backup of today; then what is older than the window, and the log that nothing needs any more, go. */
export async function makeBackup(place: BackupPlace | null): Promise<Record<string, unknown>> {
  if (place === null) return NOT_HERE;
  const { databaseUrl, dir: backupDir, keepDays } = place;
  const { id } = await createBackup(deps, { databaseUrl, backupDir });
  const { removed, segmentsRemoved } = await pruneBackups(deps, { backupDir, keepDays });
  return { id, removed, segmentsRemoved };
}

/**
 * Could the server be restored now, and to a moment ago? What stands in the way opens an alarm. A server that has no
 * backup at all gets its first one at once, instead of an alarm until the night.
 */
export async function checkBackups(
  context: Pick<JobContext, 'db' | 'logger' | 'backups'>,
): Promise<Record<string, unknown>> {
  const place = context.backups;
  if (place === null) return NOT_HERE;
  const where = { backupDir: place.dir, databaseUrl: place.databaseUrl };
  const first = await readBackupStatus(deps, where);
  const isFirst = first.newest === null && first.archiver?.archiveMode === 'on';
  const made = isFirst ? await makeBackup(place) : null;
  const outcome = await checkInvariant(context, 'backups', async () => {
    const { problems } = made === null ? first : await readBackupStatus(deps, where);
    return { kind: 'checked', findings: problems.map(({ code, text }) => ({ subject: code, detail: text })) };
  });
  return { ...outcome, made };
}
