import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listBackups, placesOf } from './backup-directory.ts';
import { SYSTEM, writeBackupFiles, writeSegment } from './backup-files.fixture.ts';
import { pruneBackups } from './prune-backups.ts';

const DAY_MS = 86_400_000;
const NOW = new Date('2026-06-30T12:00:00Z');
const clock = { now: () => NOW, monotonicMs: () => 0 };
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'naru-prune-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

function daysAgo(days: number): Date {
  return new Date(NOW.getTime() - days * DAY_MS);
}

/** A backup each day from so many days ago, each with a segment of its own number. */
async function writeDays(from: number, to: number): Promise<void> {
  for (let days = from; days >= to; days--) {
    const at = daysAgo(days);
    const segment = BigInt(100 - days);
    await writeBackupFiles(dir, { id: `${at.toISOString().slice(0, 10)}`, finishedAt: at, segment });
    await writeSegment(dir, 1, segment, at);
  }
}

async function segments(): Promise<number> {
  return (await readdir(placesOf(dir, SYSTEM).walDir)).length;
}

test('each moment of the days asked for stays restorable: the newest older backup stays, with all log from it on', async () => {
  await writeDays(40, 0);
  const report = await pruneBackups({ clock }, { backupDir: dir, keepDays: 30 });
  // Of the days 0 to 30, and the one of day 31: the window begins before the backup of day 30 had ended, or with it.
  expect(report.kept).toHaveLength(32);
  expect(report.removed).toHaveLength(9);
  expect(report.kept[0]).toBe(daysAgo(31).toISOString().slice(0, 10));
  expect(await segments()).toBe(32);
  expect((await listBackups(dir)).map(({ id }) => id)).toEqual(report.kept);
});

test('the last good backup stays however old it is, and what is damaged beside it does not take its place', async () => {
  await writeDays(90, 89);
  const [, newest] = await listBackups(dir);
  await writeFile(path.join(newest?.dir ?? '', 'base.tar.gz'), 'half a tar file');
  const report = await pruneBackups({ clock }, { backupDir: dir, keepDays: 30 });
  expect(report.kept).toEqual([
    daysAgo(90).toISOString().slice(0, 10),
    daysAgo(89).toISOString().slice(0, 10),
  ]);
  expect(await segments()).toBe(2);
});

test('without a good backup nothing is removed, the log neither', async () => {
  await writeSegment(dir, 1, 1n, daysAgo(90));
  await writeBackupFiles(dir, { id: 'a', finishedAt: daysAgo(80), segment: 5n });
  const [only] = await listBackups(dir);
  await rm(path.join(only?.dir ?? '', 'manifest.json'));
  const report = await pruneBackups({ clock }, { backupDir: dir, keepDays: 30 });
  expect(report).toEqual({ removed: [], kept: ['a'], segmentsRemoved: 0 });
});

test('a dry run says the same and removes nothing', async () => {
  await writeDays(40, 0);
  const said = await pruneBackups({ clock }, { backupDir: dir, keepDays: 30, dryRun: true });
  expect(await segments()).toBe(41);
  expect(await pruneBackups({ clock }, { backupDir: dir, keepDays: 30 })).toEqual(said);
});
