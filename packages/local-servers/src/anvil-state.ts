import { closeSync, openSync, readSync } from 'node:fs';
import { readFile, rename, stat } from 'node:fs/promises';
import { orNullIfMissing } from './files.ts';

/**
 * Anvil writes its state over the old file, in place, so a reader or a crash can meet half a file. It is therefore told to
 * write to `<state>.dump`, and that file takes the place of `<state>` by a rename once it is whole.
 */
export function dumpFileOf(stateFile: string): string {
  return `${stateFile}.dump`;
}

const SETTLED_MS = 2_000; // Anvil writes a dump in one go; untouched for this long means that it is finished
const PARSED_BYTES_MAX = 256_000_000; // a larger file does not fit a JavaScript string; its ends are checked instead

/** Takes over a finished dump while Anvil runs. Does nothing while one may be being written. */
export async function promoteSettledDump(stateFile: string, nowMs: number): Promise<boolean> {
  const dumpFile = dumpFileOf(stateFile);
  const info = await orNullIfMissing(stat(dumpFile));
  if (info === null || nowMs - info.mtimeMs < SETTLED_MS || !hasBothEnds(dumpFile, info.size)) return false;
  await rename(dumpFile, stateFile);
  return true;
}

/** Takes over what the last run left when no Anvil is running: a whole dump wins, half of one is set aside. */
export async function recoverDump(stateFile: string, note: (text: string) => void): Promise<void> {
  const dumpFile = dumpFileOf(stateFile);
  const info = await orNullIfMissing(stat(dumpFile));
  if (info === null) return;
  if (await isWhole(dumpFile, info.size)) {
    await rename(dumpFile, stateFile);
    return;
  }
  await rename(dumpFile, `${dumpFile}.broken`);
  note(`the last state dump was cut off (kept as ${dumpFile}.broken): the chain goes back to the one before`);
}

async function isWhole(file: string, sizeBytes: number): Promise<boolean> {
  if (!hasBothEnds(file, sizeBytes)) return false;
  if (sizeBytes > PARSED_BYTES_MAX) return true;
  try {
    JSON.parse(await readFile(file, 'utf8'));
    return true;
  } catch {
    return false;
  }
}

function hasBothEnds(file: string, sizeBytes: number): boolean {
  if (sizeBytes < 2) return false;
  const fd = openSync(file, 'r');
  try {
    const ends = Buffer.alloc(2);
    readSync(fd, ends, 0, 1, 0);
    readSync(fd, ends, 1, 1, sizeBytes - 1);
    return ends.toString('latin1') === '{}';
  } finally {
    closeSync(fd);
  }
}
