import { open, readFile, stat } from 'node:fs/promises';

/** Runs a file-system call and gives null where the path does not exist. */
export async function orNullIfMissing<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return null;
    throw error;
  }
}

/**
 * How new files are opened: what is written is on the disk when the write returns (O_SYNC). Not by a flush afterwards,
 * which Node's permission model, under which the roles run, does not permit.
 */
export const DURABLE_FLAG = 'as';

/**
 * Flushes the names in a directory to the disk, where that is permitted. Elsewhere a power cut may undo the renaming of
 * the last seconds: then a backup is a draft again, which counts for nothing, and the next one is made.
 */
export async function flush(path: string): Promise<void> {
  if (process.permission !== undefined) return;
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function readText(file: string): Promise<string | null> {
  return await orNullIfMissing(readFile(file, 'utf8'));
}

export async function sizeOf(file: string): Promise<number | null> {
  return (await orNullIfMissing(stat(file)))?.size ?? null;
}
