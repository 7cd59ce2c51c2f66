import { mkdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { MANIFEST_NAME, placesOf, TAR_NAME } from './backup-directory.ts';
import type { BackupManifest } from './backup-manifest.ts';
import { segmentBefore, segmentName } from './wal-segments.ts';

export const SYSTEM = '7713039405235866106';
export const SEGMENT_BYTES = 16 * 1024 * 1024;

/** Names and sizes of a backup, without a database in it: enough for whatever looks at no content. */
export async function writeBackupFiles(
  backupDir: string,
  options: { id: string; finishedAt: Date; segment: bigint; timeline?: number },
): Promise<BackupManifest> {
  const { timeline = 1, segment } = options;
  const tar = Buffer.from('tar');
  const lsn = (offset: bigint) =>
    `0/${(segment * BigInt(SEGMENT_BYTES) + offset).toString(16).toUpperCase()}`;
  const name = segmentName(timeline, segmentBefore(lsn(0x120n), SEGMENT_BYTES), SEGMENT_BYTES);
  const manifest: BackupManifest = {
    formatVersion: 1,
    id: options.id,
    systemIdentifier: SYSTEM,
    postgresVersion: '18.4',
    user: 'naru',
    database: 'naru',
    startedAt: options.finishedAt.toISOString(),
    finishedAt: options.finishedAt.toISOString(),
    timeline,
    startLsn: lsn(0x28n),
    stopLsn: lsn(0x120n),
    segmentBytes: SEGMENT_BYTES,
    firstSegment: name,
    lastSegment: name,
    pageChecksums: true,
    fileCount: 0,
    contentBytes: 0,
    tarBytes: tar.length,
    tarSha256: '',
    serverManifestSha256: '',
  };
  const dir = path.join(placesOf(backupDir, SYSTEM).baseDir, options.id);
  await mkdir(dir, { recursive: true });
  await writeFile(path.join(dir, TAR_NAME), tar);
  await writeFile(path.join(dir, MANIFEST_NAME), JSON.stringify(manifest));
  return manifest;
}

export async function writeSegment(
  backupDir: string,
  timeline: number,
  segment: bigint,
  at: Date,
): Promise<void> {
  await writeArchived(backupDir, segmentName(timeline, segment, SEGMENT_BYTES), 'log', at);
}

export async function writeArchived(
  backupDir: string,
  name: string,
  content: string,
  at: Date,
): Promise<void> {
  const { walDir } = placesOf(backupDir, SYSTEM);
  await mkdir(walDir, { recursive: true });
  const file = path.join(walDir, `${name}.gz`);
  await writeFile(file, gzipSync(content));
  await utimes(file, at, at);
}
