import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireInstanceLock, type InstanceLock } from './instance-lock.ts';
import { identifyProcess } from './process-identity.ts';
import { killScript, runScript } from './testing/run-script.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'naru-lock-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function release(lock: InstanceLock): Promise<void> {
  if ('heldBy' in lock) throw new Error('the lock was refused');
  await lock.release();
}

function writeStaleLock(record: { pid: number; mark: string }): Promise<void> {
  const text = JSON.stringify({ ...record, startedAt: '2026-01-01T00:00:00.000Z', token: 'stale' });
  return writeFile(path.join(dir, 'instance.lock'), text);
}

test('a second holder is refused and told who holds it; after the release nothing is left', async () => {
  const first = await acquireInstanceLock(dir);
  const second = await acquireInstanceLock(dir);
  expect(second).toMatchObject({ heldBy: { pid: process.pid, startedAt: expect.any(Date) } });
  await release(first);
  expect(await readdir(dir)).toEqual([]);
  await release(await acquireInstanceLock(dir));
});

test('another process that lives keeps its lock, and loses it by being killed', async () => {
  const { child, firstLine } = await runScript('hold-lock.ts', [dir]);
  expect(firstLine).toBe('held');
  expect(await acquireInstanceLock(dir)).toMatchObject({ heldBy: { pid: child.pid } });
  await killScript(child);
  await release(await acquireInstanceLock(dir));
});

test('a process id that another process has by now does not hold the lock', async () => {
  await writeStaleLock({ pid: process.pid, mark: 'the start of an earlier process' });
  await release(await acquireInstanceLock(dir));
});

test('a lock file without sense counts as stale', async () => {
  await writeFile(path.join(dir, 'instance.lock'), '');
  await release(await acquireInstanceLock(dir));
});

test('of many that find a stale lock at once, one gets it', async () => {
  await writeStaleLock({ pid: process.pid, mark: 'the start of an earlier process' });
  const locks = await Promise.all(Array.from({ length: 20 }, () => acquireInstanceLock(dir)));
  expect(locks.filter((lock) => 'release' in lock)).toHaveLength(1);
  expect(await readdir(dir)).toEqual(['instance.lock']);
});

test('a release after the lock went to somebody else leaves theirs alone', async () => {
  const first = await acquireInstanceLock(dir);
  const self = identifyProcess(process.pid);
  if (self === null) throw new Error('this process has no identity');
  await writeStaleLock(self);
  await release(first);
  expect(await acquireInstanceLock(dir)).toMatchObject({ heldBy: { pid: process.pid } });
});
