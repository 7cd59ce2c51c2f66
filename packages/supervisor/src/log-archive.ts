import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

export type LogLimits = {
  /** A file that holds as much, or was begun on another day (UTC), is put aside. */
  bytesMax: number;
  /** Then it is compressed … */
  liveDays: number;
  /** … and in the end removed. */
  keptDays: number;
  /** Of all that is put aside for one log; the oldest go first when a program says too much. */
  archiveBytesMax: number;
};

const DAY_MS = 86_400_000;
/** `api.log.2026-03-01T09-12-33-120Z`, later with `.gz`: the moment when it was put aside. */
const PUT_ASIDE = /\.(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})-(\d{3})Z(\.gz)?$/;

export function nameAside(file: string, at: Date): string {
  return `${file}.${at.toISOString().replaceAll(':', '-').replace('.', '-')}`;
}

/** Compresses, and removes, what was put aside for one log and is old enough. What fails is tried the next time. */
export async function tidyArchive(file: string, limits: LogLimits, nowMs: number): Promise<void> {
  const dir = path.dirname(file);
  const base = `${path.basename(file)}.`;
  let keptBytes = 0;
  // Newest first, so that the oldest are what is too much.
  const names = (await readdir(dir)).filter((name) => name.startsWith(base)).sort();
  for (const name of names.reverse()) {
    const match = PUT_ASIDE.exec(name);
    if (match === null || `${base.slice(0, -1)}${match[0]}` !== name) continue;
    const whole = path.join(dir, name);
    const ageMs = nowMs - Date.parse(`${match[1]}T${match[2]}:${match[3]}:${match[4]}.${match[5]}Z`);
    keptBytes += (await stat(whole)).size;
    if (ageMs > limits.keptDays * DAY_MS || keptBytes > limits.archiveBytesMax)
      await rm(whole, { force: true });
    else if (match[6] === undefined && ageMs > limits.liveDays * DAY_MS) await compress(whole);
  }
}

/** The compressed file is there whole before the other one goes. */
async function compress(file: string): Promise<void> {
  const part = `${file}.gz.part`;
  await pipeline(createReadStream(file), createGzip(), createWriteStream(part, { mode: 0o600 }));
  await rename(part, `${file}.gz`);
  await rm(file, { force: true });
}
