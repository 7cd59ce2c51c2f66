import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Clock, sleep } from '@naru/kit/clock.ts';
import { CodedError } from '@naru/kit/errors.ts';
import type pg from 'pg';
import { ARCHIVE_POLL_MS, ARCHIVE_WAIT_MS } from './backup.limits.ts';
import {
  type ClusterPlaces,
  DRAFT_PREFIX,
  MANIFEST_NAME,
  placesOf,
  SERVER_MANIFEST_NAME,
  TAR_NAME,
} from './backup-directory.ts';
import type { BackupManifest } from './backup-manifest.ts';
import { startBaseBackup, type WalPosition } from './base-backup-stream.ts';
import { DURABLE_FLAG, flush, sizeOf } from './files.ts';
import { readBackup, sha256 } from './read-backup.ts';
import {
  connect,
  readServerFacts,
  readServerTime,
  readSystemIdentifier,
  type ServerFacts,
  tryLock,
} from './server.store.ts';
import { fileOf } from './wal-archive.ts';
import { segmentAt, segmentBefore, segmentName } from './wal-segments.ts';

export type CreateBackupOptions = {
  /** Of a user with the right REPLICATION. */
  databaseUrl: string;
  backupDir: string;
  onProgress?: (step: BackupStep, doneBytes: number) => void;
  /** For the last segment of the log to arrive in the archive. */
  archiveWaitMs?: number;
};
export type BackupStep = 'copy' | 'archive' | 'verify';

/** Each is one write that waits for the disk. */
const GZIP_CHUNK_BYTES = 1024 * 1024;
const GZIP_LEVEL = 1; // half the size at four times the speed of the usual level

/**
 * Makes a base backup of the cluster behind `databaseUrl` while it goes on working. It gets its name, and so is listed,
 * when its log is in the archive, it has been read back from the disk and compared with the server's manifest, and all of
 * it is flushed. Killed at any moment it leaves a draft, which the next run removes; the server ends backup mode by itself.
 */
export async function createBackup(
  deps: { clock: Clock },
  options: CreateBackupOptions,
): Promise<BackupManifest> {
  const control = await connect(options.databaseUrl, { replication: false });
  try {
    const facts = await readServerFacts(control);
    requireBackupable(facts);
    if (!(await tryLock(control)))
      throw new CodedError(
        'backup_running',
        'another backup of this server is under way: wait until it has ended',
      );
    const sender = await connect(options.databaseUrl, { replication: true });
    try {
      return await writeBackup(deps, options, { facts, control, sender });
    } finally {
      await sender.end().catch(() => undefined);
    }
  } finally {
    await control.end().catch(() => undefined);
  }
}

/** What this program cannot do is refused before anything is begun. */
function requireBackupable(facts: ServerFacts): void {
  if (facts.archiveMode === 'off')
    throw new CodedError(
      'archiving_off',
      'the server does not archive its log (archive_mode = off), so a backup could not be restored: see Backups in docs/operations.md',
    );
  if (facts.tablespaces.length > 0)
    throw new CodedError(
      'tablespaces',
      `the server has tablespaces (${facts.tablespaces.join(', ')}), which this backup does not copy: use pg_basebackup`,
    );
}

async function writeBackup(
  deps: { clock: Clock },
  options: CreateBackupOptions,
  server: { facts: ServerFacts; control: pg.Client; sender: pg.Client },
): Promise<BackupManifest> {
  const { facts, control, sender } = server;
  const systemIdentifier = await readSystemIdentifier(sender);
  const places = placesOf(options.backupDir, systemIdentifier);
  await removeDrafts(places);
  const startedAt = await readServerTime(control);
  const id = backupId(startedAt);
  const draftDir = path.join(places.baseDir, `${DRAFT_PREFIX}${id}`);
  await mkdir(draftDir, { recursive: true, mode: 0o700 });
  try {
    const stream = startBaseBackup(sender, {
      label: `naru ${id}`,
      onProgress: (doneBytes) => options.onProgress?.('copy', doneBytes),
    });
    const tar = await writeTar(stream.tar, path.join(draftDir, TAR_NAME));
    const { start, stop, serverManifest } = await stream.result();
    const finishedAt = await readServerTime(control);
    await writeFile(path.join(draftDir, SERVER_MANIFEST_NAME), serverManifest, {
      mode: 0o600,
      flag: DURABLE_FLAG,
    });
    await waitForArchive(deps, options, { places, facts, start, stop });
    const sums = { tarSha256: tar.sha256, serverManifestSha256: sha256(serverManifest) };
    const found = await readBackup(draftDir, sums, {
      onProgress: (doneBytes) => options.onProgress?.('verify', doneBytes),
    });
    if (found.problems.length > 0)
      throw new CodedError(
        'backup_damaged',
        `what was written is not what the server sent, and is thrown away: ${found.problems.join('; ')}`,
      );
    const manifest: BackupManifest = {
      formatVersion: 1,
      id,
      systemIdentifier,
      postgresVersion: facts.postgresVersion,
      user: facts.user,
      database: facts.database,
      startedAt: startedAt.toISOString(),
      finishedAt: finishedAt.toISOString(),
      timeline: start.timeline,
      startLsn: start.lsn,
      stopLsn: stop.lsn,
      segmentBytes: facts.segmentBytes,
      firstSegment: segmentName(start.timeline, segmentAt(start.lsn, facts.segmentBytes), facts.segmentBytes),
      lastSegment: segmentName(
        start.timeline,
        segmentBefore(stop.lsn, facts.segmentBytes),
        facts.segmentBytes,
      ),
      pageChecksums: facts.pageChecksums,
      fileCount: found.fileCount,
      contentBytes: found.contentBytes,
      tarBytes: tar.bytes,
      ...sums,
    };
    await publish(places, draftDir, manifest);
    return manifest;
  } catch (error) {
    await rm(draftDir, { recursive: true, force: true });
    throw error;
  }
}

/** `20260301T091233Z`: sorts by time, and names the moment in UTC. */
function backupId(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

/** Of runs that were killed. The lock says that no other is under way. */
async function removeDrafts({ baseDir }: ClusterPlaces): Promise<void> {
  await mkdir(path.dirname(baseDir), { recursive: true, mode: 0o711 });
  await mkdir(baseDir, { recursive: true, mode: 0o700 });
  for (const name of await readdir(baseDir))
    if (name.startsWith(DRAFT_PREFIX)) await rm(path.join(baseDir, name), { recursive: true, force: true });
}

async function writeTar(tar: Readable, file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  await pipeline(
    tar,
    createGzip({ level: GZIP_LEVEL, chunkSize: GZIP_CHUNK_BYTES }),
    async function* hashed(source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(file, { mode: 0o600, flags: DURABLE_FLAG }),
  );
  return { bytes: (await sizeOf(file)) ?? 0, sha256: hash.digest('hex') };
}

/** A backup is worth nothing without the log that was written meanwhile. */
async function waitForArchive(
  deps: { clock: Clock },
  options: CreateBackupOptions,
  backup: { places: ClusterPlaces; facts: ServerFacts; start: WalPosition; stop: WalPosition },
): Promise<void> {
  const { segmentBytes } = backup.facts;
  const deadlineMs = deps.clock.monotonicMs() + (options.archiveWaitMs ?? ARCHIVE_WAIT_MS);
  const last = segmentBefore(backup.stop.lsn, segmentBytes);
  for (let segment = segmentAt(backup.start.lsn, segmentBytes); segment <= last; segment++) {
    const name = segmentName(backup.start.timeline, segment, segmentBytes);
    options.onProgress?.('archive', 0);
    while ((await sizeOf(fileOf(backup.places.walDir, name))) === null) {
      if (deps.clock.monotonicMs() > deadlineMs)
        throw new CodedError(
          'log_not_archived',
          `the segment ${name} of the log did not arrive in ${backup.places.walDir}, so the backup is thrown away. The server archives by: ${backup.facts.archiveCommand ?? 'a library'}. See  naru backup status  and the server's log`,
          { retryable: true },
        );
      await sleep(ARCHIVE_POLL_MS);
    }
  }
}

async function publish(places: ClusterPlaces, draftDir: string, manifest: BackupManifest): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await writeFile(path.join(draftDir, MANIFEST_NAME), text, { mode: 0o600, flag: DURABLE_FLAG });
  await flush(draftDir);
  await rename(draftDir, path.join(places.baseDir, manifest.id));
  await flush(places.baseDir);
}
