import path from 'node:path';
import type { Clock } from '@naru/kit/clock.ts';
import { BACKUP_AGE_MAX_MS, RECOVERY_POINT_MS, WAITING_SEGMENTS_MAX } from './backup.limits.ts';
import { type BackupEntry, type GoodBackup, isGood, listBackups } from './backup-directory.ts';
import { type ArchiverState, connect, readArchiver, readSystemIdentifier } from './server.store.ts';
import { bestRange, missingProblems } from './verify-backup.ts';

export type BackupProblem =
  | 'archiving_off'
  | 'archiving_fails'
  | 'archiving_behind'
  | 'no_backup'
  | 'backup_old'
  | 'backup_damaged'
  | 'log_incomplete';

export type BackupStatus = {
  backupDir: string | null;
  /** Null: the server could not be asked. */
  archiver: ArchiverState | null;
  backups: number;
  newest: { id: string; finishedAt: Date; ageMs: number } | null;
  /** From the oldest good backup's end to the last write in the archived log after the newest one. */
  oldestRestorable: Date | null;
  newestRestorable: Date | null;
  problems: { code: BackupProblem; text: string }[];
};

/** What could be restored now, and what stands in the way of restoring more. Reads names, sizes and counters only. */
export async function readBackupStatus(
  deps: { clock: Clock },
  options: { backupDir: string | null; databaseUrl: string | null },
): Promise<BackupStatus> {
  const server = options.databaseUrl === null ? null : await askServer(options.databaseUrl);
  const all = options.backupDir === null ? [] : await listBackups(options.backupDir);
  const systemIdentifier = server?.systemIdentifier ?? all.filter(isGood).at(-1)?.manifest.systemIdentifier;
  const entries = all.filter(
    (entry) => systemIdentifier === undefined || entry.dir.split(path.sep).includes(systemIdentifier),
  );
  const good = entries.filter(isGood);
  const newest = good.at(-1);
  const range = newest === undefined ? null : await bestRange(newest);
  const nowMs = deps.clock.now().getTime();
  const status: BackupStatus = {
    backupDir: options.backupDir,
    archiver: server?.archiver ?? null,
    backups: good.length,
    newest:
      newest === undefined
        ? null
        : { id: newest.id, finishedAt: finishOf(newest), ageMs: nowMs - finishOf(newest).getTime() },
    oldestRestorable: good[0] === undefined ? null : finishOf(good[0]),
    newestRestorable: range?.reachesTo ?? null,
    problems: [],
  };
  status.problems.push(...archiverProblems(status.archiver, nowMs));
  if (options.backupDir !== null)
    status.problems.push(
      ...backupProblems(status, entries),
      ...(range === null ? [] : missingProblems(range)).map((text) => ({
        code: 'log_incomplete' as const,
        text,
      })),
    );
  return status;
}

async function askServer(
  databaseUrl: string,
): Promise<{ archiver: ArchiverState; systemIdentifier: string | undefined }> {
  const client = await connect(databaseUrl, { replication: false });
  try {
    return { archiver: await readArchiver(client), systemIdentifier: await readIdentifier(databaseUrl) };
  } finally {
    await client.end();
  }
}

/** A service of somebody else often gives no right to the replication protocol: then it stays unknown. */
async function readIdentifier(databaseUrl: string): Promise<string | undefined> {
  const client = await connect(databaseUrl, { replication: true }).catch(() => null);
  if (client === null) return undefined;
  try {
    return await readSystemIdentifier(client);
  } finally {
    await client.end();
  }
}

function archiverProblems(archiver: ArchiverState | null, nowMs: number): BackupStatus['problems'] {
  if (archiver === null) return [];
  if (archiver.archiveMode === 'off')
    return [
      {
        code: 'archiving_off',
        text: 'the server does not archive its log: what is written after a backup is lost with the disk',
      },
    ];
  const problems: BackupStatus['problems'] = [];
  const archivedMs = archiver.lastArchivedAt?.getTime() ?? 0;
  if (archiver.lastFailedAt !== null && archiver.lastFailedAt.getTime() > archivedMs)
    problems.push({
      code: 'archiving_fails',
      text: `archiving fails (${archiver.lastFailedName} at ${archiver.lastFailedAt.toISOString()}, ${archiver.failed} times in all): the server keeps its log until it works again, and its disk fills; its log says why`,
    });
  const waiting = archiver.waiting ?? 0;
  if (waiting > WAITING_SEGMENTS_MAX || (waiting > 0 && nowMs - archivedMs > RECOVERY_POINT_MS))
    problems.push({
      code: 'archiving_behind',
      text: `${waiting} segments of the log wait to be archived`,
    });
  return problems;
}

function backupProblems(status: BackupStatus, entries: readonly BackupEntry[]): BackupStatus['problems'] {
  const problems: BackupStatus['problems'] = entries
    .filter((entry) => entry.problem !== null)
    .map((entry) => ({ code: 'backup_damaged', text: `the backup ${entry.id}: ${entry.problem}` }));
  if (status.newest === null)
    problems.push({ code: 'no_backup', text: 'there is no backup: run  naru backup create' });
  else if (status.newest.ageMs > BACKUP_AGE_MAX_MS)
    problems.push({
      code: 'backup_old',
      text: `the newest backup is from ${status.newest.finishedAt.toISOString()}: one is to be made every day`,
    });
  return problems;
}

function finishOf(entry: GoodBackup): Date {
  return new Date(entry.manifest.finishedAt);
}
