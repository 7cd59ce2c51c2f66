import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { assertPresent } from '@naru/kit/assert.ts';
import { type Clock, sleep, systemClock } from '@naru/kit/clock.ts';
import { hasCode, orNullIfMissing } from './files.ts';
import { identifyProcess, isStillRunning } from './process-identity.ts';

export type InstanceLock = { release(): Promise<void> } | { heldBy: { pid: number; startedAt: Date | null } };

type LockRecord = { pid: number; mark: string; startedAt: string; token: string };

const LOCK_FILE_NAME = 'instance.lock';
const TAKEOVER_LIMIT_MS = 10_000; // replacing a stale lock takes milliseconds; an older takeover was killed midway
const TAKEOVER_POLL_MS = 20;

/**
 * At most one process at a time holds the lock of a directory. It lasts until `release` or the holder's death:
 * a lock file whose process is gone, or whose process id belongs to another process by now, is replaced.
 * The holder is named by process id, so the directory must not be shared between machines.
 */
export async function acquireInstanceLock(
  dir: string,
  options: { fileName?: string; clock?: Clock } = {},
): Promise<InstanceLock> {
  const clock = options.clock ?? systemClock;
  const file = path.join(dir, options.fileName ?? LOCK_FILE_NAME);
  const self = assertPresent(identifyProcess(process.pid), 'the identity of this process');
  const record: LockRecord = { ...self, startedAt: clock.now().toISOString(), token: randomUUID() };
  await mkdir(dir, { recursive: true });

  for (;;) {
    if (await createLock(file, record)) return { release: () => releaseLock(file, record.token) };
    const found = await readLock(file);
    if (found === null) continue; // released between the two calls
    if (found !== 'unreadable' && isStillRunning(found)) {
      return { heldBy: { pid: found.pid, startedAt: new Date(found.startedAt) } };
    }
    await removeStaleLock(file, found, clock);
  }
}

/** Makes the lock file with its whole content in one step, so that nobody ever reads half of it. */
async function createLock(file: string, record: LockRecord): Promise<boolean> {
  const draft = `${file}.${record.token}`;
  await writeFile(draft, `${JSON.stringify(record)}\n`);
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await unlink(draft);
  }
}

async function readLock(file: string): Promise<LockRecord | 'unreadable' | null> {
  const text = await orNullIfMissing(readFile(file, 'utf8'));
  if (text === null) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    return isLockRecord(parsed) ? parsed : 'unreadable';
  } catch {
    return 'unreadable'; // a lost disk write; createLock never leaves one
  }
}

function isLockRecord(value: unknown): value is LockRecord {
  if (typeof value !== 'object' || value === null) return false;
  const record: Partial<Record<keyof LockRecord, unknown>> = value;
  return (
    typeof record.pid === 'number' &&
    typeof record.mark === 'string' &&
    typeof record.startedAt === 'string' &&
    typeof record.token === 'string'
  );
}

/** Only one process at a time may remove a stale lock; otherwise the slower one would remove the faster one's new lock. */
async function removeStaleLock(file: string, stale: LockRecord | 'unreadable', clock: Clock): Promise<void> {
  const takeover = `${file}.takeover`;
  try {
    await mkdir(takeover);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    const age = await orNullIfMissing(stat(takeover));
    if (age !== null && clock.now().getTime() - age.mtimeMs > TAKEOVER_LIMIT_MS) {
      await orNullIfMissing(rmdir(takeover));
    }
    await sleep(TAKEOVER_POLL_MS);
    return;
  }
  try {
    const current = await readLock(file);
    const unchanged =
      current !== null &&
      (current === 'unreadable' || stale === 'unreadable'
        ? current === stale
        : current.token === stale.token);
    if (unchanged) await orNullIfMissing(unlink(file));
  } finally {
    await orNullIfMissing(rmdir(takeover));
  }
}

async function releaseLock(file: string, token: string): Promise<void> {
  const current = await readLock(file);
  if (current === null || current === 'unreadable' || current.token !== token) return;
  await orNullIfMissing(unlink(file));
}
