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

/** Flushes a file, or the names in a directory, to the disk. */
export async function flush(path: string): Promise<void> {
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
