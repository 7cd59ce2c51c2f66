import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { CodedError, errorText } from '@naru/kit/errors.ts';
import { type BackupManifest, parseBackupManifest } from './backup-manifest.ts';
import { orNullIfMissing, readText, sizeOf } from './files.ts';

/**
 * A backup directory holds, for each cluster by its system identifier, `base/<id>/` for each backup and `wal/` with the
 * archived log. A backup gets its name when it is whole, verified and on disk.
 */
export type ClusterPlaces = { baseDir: string; walDir: string };

export type BackupEntry = {
  id: string;
  dir: string;
  places: ClusterPlaces;
  /** Null: damaged, for the reason in `problem`. */
  manifest: BackupManifest | null;
  problem: string | null;
};
export type GoodBackup = BackupEntry & { manifest: BackupManifest };

export const DRAFT_PREFIX = '.draft-';
export const TAR_NAME = 'base.tar.gz';
export const SERVER_MANIFEST_NAME = 'backup_manifest';
export const MANIFEST_NAME = 'manifest.json';

/** The programs that PostgreSQL calls for its log; see the comments in them. */
export const ARCHIVE_PROGRAM = new URL('../programs/archive-wal.sh', import.meta.url).pathname;
export const RESTORE_PROGRAM = new URL('../programs/restore-wal.sh', import.meta.url).pathname;

export function placesOf(backupDir: string, systemIdentifier: string): ClusterPlaces {
  const dir = path.join(path.resolve(backupDir), systemIdentifier);
  return { baseDir: path.join(dir, 'base'), walDir: path.join(dir, 'wal') };
}

/** Every backup of every cluster in the directory, oldest first. Reads manifests and sizes, not contents. */
export async function listBackups(backupDir: string): Promise<BackupEntry[]> {
  const entries: BackupEntry[] = [];
  for (const system of (await orNullIfMissing(readdir(backupDir))) ?? []) {
    if (!/^[0-9]+$/.test(system)) continue;
    const places = placesOf(backupDir, system);
    for (const id of (await orNullIfMissing(readdir(places.baseDir))) ?? []) {
      if (id.startsWith(DRAFT_PREFIX)) continue;
      entries.push(await readEntry(places, id));
    }
  }
  return entries.sort((one, other) => one.id.localeCompare(other.id));
}

export function isGood(entry: BackupEntry): entry is GoodBackup {
  return entry.manifest !== null;
}

/** The backup with this id, or the newest good one for `latest`. */
export async function findBackup(backupDir: string, id: string): Promise<BackupEntry> {
  const entries = await listBackups(backupDir);
  const found = id === 'latest' ? entries.filter(isGood).at(-1) : entries.find((entry) => entry.id === id);
  if (found !== undefined) return found;
  const known = entries.map((entry) => entry.id).join(', ');
  throw new CodedError(
    'no_backup',
    `there is no ${id === 'latest' ? 'good backup' : `backup ${id}`} in ${path.resolve(backupDir)}${known === '' ? '' : `; there are: ${known}`}`,
  );
}

/** As `findBackup`, and refuses one that is damaged. */
export async function requireBackup(backupDir: string, id: string): Promise<GoodBackup> {
  const entry = await findBackup(backupDir, id);
  if (isGood(entry)) return entry;
  throw new CodedError('backup_damaged', `the backup ${id} is damaged: ${entry.problem}`);
}

async function readEntry(places: ClusterPlaces, id: string): Promise<BackupEntry> {
  const dir = path.join(places.baseDir, id);
  const damaged = (problem: string): BackupEntry => ({ id, dir, places, manifest: null, problem });
  const text = await readText(path.join(dir, MANIFEST_NAME));
  if (text === null) return damaged(`${MANIFEST_NAME} is missing`);
  try {
    const manifest = parseBackupManifest(text);
    const tarBytes = await sizeOf(path.join(dir, TAR_NAME));
    if (tarBytes === null) return damaged(`${TAR_NAME} is missing`);
    if (tarBytes !== manifest.tarBytes)
      return damaged(`${TAR_NAME} has ${tarBytes} bytes, and had ${manifest.tarBytes}`);
    return { id, dir, places, manifest, problem: null };
  } catch (error) {
    return damaged(`${MANIFEST_NAME} cannot be read: ${errorText(error)}`);
  }
}
