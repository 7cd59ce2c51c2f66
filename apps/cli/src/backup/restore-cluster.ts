import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { RECOVERY_TIME_MS } from '@naru/backup/backup.limits.ts';
import {
  ARCHIVE_PROGRAM,
  type GoodBackup,
  placesOf,
  RESTORE_PROGRAM,
} from '@naru/backup/backup-directory.ts';
import { readBackup } from '@naru/backup/read-backup.ts';
import { connect, readLastReplayed } from '@naru/backup/server.store.ts';
import { bestRange, missingProblems } from '@naru/backup/verify-backup.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { type RestoredPostgres, startRestoredPostgres } from '@naru/local-servers/postgres-restore.ts';

export type RestoreRequest = {
  entry: GoodBackup;
  backupDir: string;
  dataDir: string;
  toTime: Date | null;
  timeline: number | undefined;
  /** Goes on archiving from here: for a cluster that is meant to stay. */
  keepsArchiving: boolean;
  onNotice: (text: string) => void;
  onProgress: (doneBytes: number) => void;
};

export type RestoredCluster = {
  server: RestoredPostgres;
  url: string;
  timeline: number;
  segments: number;
  /** The youngest commit that was replayed after the backup. Null: there was none. */
  lastCommitAt: Date | null;
  unpackMs: number;
  replayMs: number;
};

/** Unpacks a backup, rolls it forward and starts the server on it. Refuses before it begins what could not end well. */
export async function restoreCluster(request: RestoreRequest): Promise<RestoredCluster> {
  const { entry, toTime } = request;
  const { manifest } = entry;
  const range = await bestRange(entry, request.timeline);
  if (range.missing.length > 0) throw new CodedError('log_incomplete', missingProblems(range).join('; '));
  if (toTime !== null) requireReachable(entry, toTime, range.reachesTo);
  const dataDir = path.resolve(request.dataDir);
  await mkdir(dataDir, { recursive: true });
  const startedMs = performance.now();
  let unpackedMs = startedMs;
  const server = await startRestoredPostgres({
    dataDir,
    fill: async (intoDir) => {
      const { problems } = await readBackup(entry.dir, manifest, { intoDir, onProgress: request.onProgress });
      if (problems.length > 0)
        throw new CodedError('backup_damaged', `the backup ${entry.id} is damaged: ${problems.join('; ')}`);
      unpackedMs = performance.now();
    },
    restoreProgram: RESTORE_PROGRAM,
    walDir: entry.places.walDir,
    timeline: range.timeline,
    targetTime: toTime,
    archive: request.keepsArchiving
      ? { program: ARCHIVE_PROGRAM, dirOf: (system) => placesOf(request.backupDir, system).walDir }
      : null,
    logFile: path.join(dataDir, 'restore.log'),
    timeoutMs: RECOVERY_TIME_MS,
    onNotice: request.onNotice,
  });
  const url = server.url(manifest.user, manifest.database);
  try {
    return {
      server,
      url,
      timeline: range.timeline,
      segments: range.names.length,
      lastCommitAt: await readLast(url),
      unpackMs: unpackedMs - startedMs,
      replayMs: performance.now() - unpackedMs,
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function requireReachable(entry: GoodBackup, toTime: Date, reachesTo: Date | null): void {
  const first = new Date(entry.manifest.finishedAt);
  if (toTime < first)
    throw new CodedError(
      'before_backup',
      `the backup ${entry.id} can be restored to ${first.toISOString()} or later: take an earlier backup for ${toTime.toISOString()}`,
    );
  if (reachesTo !== null && toTime > reachesTo)
    throw new CodedError(
      'beyond_archive',
      `the archived log reaches to ${reachesTo.toISOString()}, not to ${toTime.toISOString()}: leave out --to-time for all that there is`,
    );
}

async function readLast(url: string): Promise<Date | null> {
  const client = await connect(url, { replication: false });
  try {
    return await readLastReplayed(client);
  } finally {
    await client.end();
  }
}
