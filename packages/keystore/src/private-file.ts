import { randomBytes } from 'node:crypto';
import { constants, link, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { keystoreError } from './keystore.errors.ts';

/**
 * Files for their owner only. A file is written under a temporary name, flushed, and only then given its own name:
 * whatever the moment of a crash, a name leads to the old bytes or to the new ones, never to half of them.
 */

const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;
const GROUP_AND_OTHERS = 0o077;
const TEMPORARY = /^\..+\.[0-9a-f]{12}\.tmp$/;

/** The steps that change a directory. A parameter, so that tests can crash between any two of them. */
export type FileSteps = {
  /** Makes a new file of mode 0600 and flushes its bytes to the disk. */
  writeNew(file: string, bytes: Uint8Array): Promise<void>;
  /** Gives a file a second name; fails with EEXIST when the name is taken. */
  link(from: string, to: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(file: string): Promise<void>;
  /** Flushes the directory's names to the disk. */
  syncDirectory(directory: string): Promise<void>;
};

export const fileSteps: FileSteps = {
  async writeNew(file, bytes) {
    const handle = await open(file, 'wx', FILE_MODE);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  link,
  rename,
  unlink,
  async syncDirectory(directory) {
    const handle = await open(directory, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

/** @throws {KeystoreError} `exists` when the name is taken; that file is left as it is. */
export async function createPrivateFile(steps: FileSteps, file: string, bytes: Uint8Array): Promise<void> {
  const temporary = temporaryName(file);
  await steps.writeNew(temporary, bytes);
  try {
    await steps.link(temporary, file);
  } catch (error) {
    await steps.unlink(temporary);
    if (isErrno(error, 'EEXIST'))
      throw keystoreError('exists', `${file} exists already and is not overwritten`);
    throw error;
  }
  await steps.unlink(temporary);
  await steps.syncDirectory(path.dirname(file));
}

export async function replacePrivateFile(steps: FileSteps, file: string, bytes: Uint8Array): Promise<void> {
  const temporary = temporaryName(file);
  await steps.writeNew(temporary, bytes);
  await steps.rename(temporary, file);
  await steps.syncDirectory(path.dirname(file));
}

/** Removes what crashes have left behind. */
export async function removeTemporaryFiles(steps: FileSteps, directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => TEMPORARY.test(name));
  for (const name of names) await steps.unlink(path.join(directory, name));
  if (names.length > 0) await steps.syncDirectory(directory);
}

/**
 * Reads a file that only its owner may read.
 * @param what - names the file in error messages, e.g. `master key file`.
 * @throws {KeystoreError} `missing`, `insecure_permissions`
 */
export async function readPrivateFile(file: string, what: string): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) throw keystoreError('missing', `${what} ${file} does not exist`);
    throw error;
  });
  try {
    // The opened file is checked, not its name: nobody can swap it in between.
    const { mode } = await handle.stat();
    refuseOthers(mode, `${what} ${file}`, `chmod 600 ${file}`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** @throws {KeystoreError} `missing`, `insecure_permissions` */
export async function checkPrivateDirectory(directory: string): Promise<void> {
  const stats = await stat(directory).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT'))
      throw keystoreError('missing', `keystore directory ${directory} does not exist`);
    throw error;
  });
  refuseOthers(stats.mode, `keystore directory ${directory}`, `chmod 700 ${directory}`);
}

/** Makes the directory with mode 0700 where it is missing. */
export async function ensurePrivateDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
  await checkPrivateDirectory(directory);
}

export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function refuseOthers(mode: number, what: string, remedy: string): void {
  // Windows has no such mode bits; there the directory's access list is the operator's to set.
  if (process.platform === 'win32' || (mode & GROUP_AND_OTHERS) === 0) return;
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  throw keystoreError('insecure_permissions', `${what} is open to others (mode ${shown}): run  ${remedy}`);
}

function temporaryName(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
}
