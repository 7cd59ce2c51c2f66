import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** Runs a file-system call and gives null where the path does not exist. */
export async function orNullIfMissing<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

/** Whether a thrown thing is a system error with one of these codes. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

const TAIL_BYTES_MAX = 16_384; // enough for the lines of one failed start

/** Size in bytes, 0 when there is no such file. */
export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** The last lines of a text file that stand after `fromByte`; an empty list when there are none or no such file. */
export function readLastLines(file: string, lineCount: number, fromByte = 0): string[] {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
  try {
    const sizeBytes = fstatSync(fd).size;
    const lengthBytes = Math.max(0, Math.min(sizeBytes - fromByte, TAIL_BYTES_MAX));
    const buffer = Buffer.alloc(lengthBytes);
    readSync(fd, buffer, 0, lengthBytes, sizeBytes - lengthBytes);
    const lines = buffer.toString('utf8').trimEnd().split('\n');
    return lines.slice(-lineCount).filter((line) => line !== '');
  } finally {
    closeSync(fd);
  }
}
