import { chmod, chown, copyFile, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { canAccountWrite, type PostgresAccount } from './postgres-account.ts';
import type { ArchiveSettings } from './postgres-settings.ts';

export type WalArchiveOptions = {
  /** A shell script, called with the path of a segment, its name and the directory. */
  program: string;
  /** The directory for a cluster, which is named by its system identifier: two clusters must not share one. */
  dirOf(systemIdentifier: string): string;
  /** A segment that is not full is closed after this time: what a lost disk can cost. */
  timeoutSeconds?: number;
  /** Where PostgreSQL's user cannot reach the directory: say so and go on without an archive, instead of refusing. */
  isOptional?: boolean;
};

const ARCHIVE_TIMEOUT_SECONDS = 60;
const PRIVATE_MODE = 0o700;
/** Above the archive: others may pass, and see nothing. As root, PostgreSQL's user is another one. */
const PASSABLE_MODE = 0o711;
const PROGRAM_MODE = 0o700;

/** Makes the archive's directory, writable for PostgreSQL's user, and a copy of the program where that user can reach it. */
export async function prepareArchive(options: {
  archive: WalArchiveOptions;
  clusterDir: string;
  place: string;
  account: PostgresAccount | null;
  note: (text: string) => void;
}): Promise<ArchiveSettings | null> {
  const { archive, account, place } = options;
  const dir = path.resolve(archive.dirOf(await readSystemIdentifier(options.clusterDir)));
  await mkdir(path.dirname(dir), { recursive: true, mode: PASSABLE_MODE });
  await mkdir(dir, { recursive: true, mode: PRIVATE_MODE });
  if (account !== null) {
    await chown(dir, account.uid, account.gid);
    if (!canAccountWrite(account, dir)) {
      if (archive.isOptional !== true) throw archiveUnreachable(dir, account);
      options.note(`${archiveUnreachable(dir, account).message} Until then the log is not archived.`);
      return null;
    }
  }
  const program = await placeProgram({ source: archive.program, place, account });
  return {
    command: `/bin/sh ${shellWord(program)} %p %f ${shellWord(dir)}`,
    timeoutSeconds: archive.timeoutSeconds ?? ARCHIVE_TIMEOUT_SECONDS,
  };
}

/** The command that fetches a segment: `program NAME PATH DIRECTORY`. */
export async function prepareRestoreCommand(options: {
  program: string;
  archiveDir: string;
  place: string;
  account: PostgresAccount | null;
}): Promise<string> {
  const program = await placeProgram({ ...options, source: options.program });
  return `/bin/sh ${shellWord(program)} %f %p ${shellWord(path.resolve(options.archiveDir))}`;
}

/** What tells one cluster from every other, in its backups too. */
export async function readSystemIdentifier(clusterDir: string): Promise<string> {
  // Source: src/include/catalog/pg_control.h: the first field of ControlFileData, in the machine's byte order.
  const file = await open(path.join(clusterDir, 'global', 'pg_control'), 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return buffer.readBigUInt64LE().toString();
  } finally {
    await file.close();
  }
}

async function placeProgram(options: {
  source: string;
  place: string;
  account: PostgresAccount | null;
}): Promise<string> {
  const program = path.join(options.place, path.basename(options.source));
  await copyFile(options.source, program);
  await chmod(program, PROGRAM_MODE);
  if (options.account !== null) await chown(program, options.account.uid, options.account.gid);
  return program;
}

/** One word for the shell, with `%`, which PostgreSQL replaces, doubled. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`).replaceAll('%', '%%')}'`;
}

function archiveUnreachable(dir: string, account: PostgresAccount): Error {
  return new Error(
    `the write-ahead log cannot be archived to ${dir}: user ${account.uid}, who runs PostgreSQL, cannot write there. ` +
      'Name a directory that this user can reach, such as one below /var/lib.',
  );
}
