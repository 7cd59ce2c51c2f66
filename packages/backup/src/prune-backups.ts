import { readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '@naru/kit/clock.ts';
import { ARCHIVE_DRAFT_AGE_MS } from './backup.limits.ts';
import {
  type BackupEntry,
  type ClusterPlaces,
  DRAFT_PREFIX,
  type GoodBackup,
  isGood,
  listBackups,
} from './backup-directory.ts';
import { orNullIfMissing } from './files.ts';
import { fileOf, findNeedlessSegments, readWalArchive } from './wal-archive.ts';

export type PruneReport = { removed: string[]; kept: string[]; segmentsRemoved: number };

const DAY_MS = 24 * 60 * 60_000;

/**
 * Removes what is not needed to go back to any moment of the last `keepDays` days: older backups but the newest of them,
 * from which the window's first day is rolled forward; and the log before the oldest backup that is kept. The newest
 * good backup of a cluster always stays, however old, and without a good backup nothing is removed at all.
 */
export async function pruneBackups(
  deps: { clock: Clock },
  options: { backupDir: string; keepDays: number; dryRun?: boolean },
): Promise<PruneReport> {
  const windowStart = deps.clock.now().getTime() - options.keepDays * DAY_MS;
  const byCluster = Map.groupBy(await listBackups(options.backupDir), (entry) => entry.places.walDir);
  const report: PruneReport = { removed: [], kept: [], segmentsRemoved: 0 };
  for (const entries of byCluster.values()) {
    const { kept, old } = divide(entries, windowStart);
    const [first] = entries;
    if (first === undefined) continue;
    for (const entry of old) if (options.dryRun !== true) await removeBackup(entry);
    report.removed.push(...old.map((entry) => entry.id));
    report.kept.push(...kept.map((entry) => entry.id));
    report.segmentsRemoved += await pruneLog(
      deps,
      first.places,
      kept.filter(isGood),
      options.dryRun === true,
    );
  }
  return report;
}

function divide(
  entries: readonly BackupEntry[],
  windowStartMs: number,
): { kept: BackupEntry[]; old: BackupEntry[] } {
  const good = entries.filter(isGood);
  const before = good.filter((entry) => Date.parse(entry.manifest.finishedAt) < windowStartMs);
  const base = before.at(-1);
  // A damaged backup goes only when everything beside it is old enough to say that nobody misses it.
  const oldestKept = base ?? good[0];
  const isOld = (entry: BackupEntry) =>
    oldestKept !== undefined && entry.id < oldestKept.id && (isGood(entry) || before.length > 0);
  return { kept: entries.filter((entry) => !isOld(entry)), old: entries.filter(isOld) };
}

/** Renamed first: half a removal is no backup that is listed. */
async function removeBackup(entry: BackupEntry): Promise<void> {
  const draft = path.join(entry.places.baseDir, `${DRAFT_PREFIX}removed-${entry.id}`);
  await rename(entry.dir, draft);
  await rm(draft, { recursive: true, force: true });
}

async function pruneLog(
  deps: { clock: Clock },
  { walDir }: ClusterPlaces,
  kept: readonly GoodBackup[],
  isDryRun: boolean,
): Promise<number> {
  const needless = findNeedlessSegments(
    await readWalArchive(walDir),
    kept.map((entry) => entry.manifest),
  );
  if (isDryRun) return needless.length;
  for (const name of needless) await rm(fileOf(walDir, name), { force: true });
  await removeArchiveDrafts(deps, walDir);
  return needless.length;
}

/** Of an archive program that was killed. */
async function removeArchiveDrafts(deps: { clock: Clock }, walDir: string): Promise<void> {
  for (const name of (await orNullIfMissing(readdir(walDir))) ?? []) {
    if (!/^\..+\.draft$/.test(name)) continue;
    const file = path.join(walDir, name);
    const ageMs = deps.clock.now().getTime() - ((await orNullIfMissing(stat(file)))?.ctimeMs ?? Number.NaN);
    if (ageMs > ARCHIVE_DRAFT_AGE_MS) await rm(file, { force: true });
  }
}
