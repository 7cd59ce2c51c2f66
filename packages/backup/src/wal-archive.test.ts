import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { placesOf } from './backup-directory.ts';
import {
  SEGMENT_BYTES,
  SYSTEM,
  writeArchived,
  writeBackupFiles,
  writeSegment,
} from './backup-files.fixture.ts';
import { rangesOf, readWalArchive } from './wal-archive.ts';
import { parseSegmentName, segmentAt, segmentBefore, segmentName } from './wal-segments.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'naru-wal-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

function minute(count: number): Date {
  return new Date(Date.UTC(2026, 2, 1, 12, count));
}

async function ranges(manifest: Awaited<ReturnType<typeof writeBackupFiles>>) {
  return await rangesOf(await readWalArchive(placesOf(dir, SYSTEM).walDir), manifest);
}

test('positions and names of segments are those of PostgreSQL', () => {
  expect(segmentName(1, segmentAt('0/2000028', SEGMENT_BYTES), SEGMENT_BYTES)).toBe(
    '000000010000000000000002',
  );
  expect(segmentName(31, segmentAt('A/FF000000', SEGMENT_BYTES), SEGMENT_BYTES)).toBe(
    '0000001F0000000A000000FF',
  );
  // A position on the boundary: the byte before it is in the segment before.
  expect(segmentBefore('0/3000000', SEGMENT_BYTES)).toBe(2n);
  expect(parseSegmentName('0000001F0000000A000000FF', SEGMENT_BYTES)).toEqual({
    timeline: 31,
    segment: 0xaffn,
  });
});

test('a backup reaches to the last write before the first gap', async () => {
  const manifest = await writeBackupFiles(dir, { id: 'a', finishedAt: minute(0), segment: 3n });
  for (const segment of [2n, 3n, 4n, 6n]) await writeSegment(dir, 1, segment, minute(Number(segment)));
  expect(await ranges(manifest)).toMatchObject([
    {
      timeline: 1,
      names: ['000000010000000000000003', '000000010000000000000004'],
      missing: [],
      reachesTo: minute(4),
    },
  ]);
});

test('without the log that was written during it, a backup reaches nowhere', async () => {
  const manifest = await writeBackupFiles(dir, { id: 'a', finishedAt: minute(0), segment: 3n });
  await writeSegment(dir, 1, 4n, minute(4));
  expect(await ranges(manifest)).toMatchObject([{ missing: ['000000010000000000000003'], reachesTo: null }]);
});

test('a restore to an earlier moment, made to have a look, does not win over the history in service', async () => {
  const manifest = await writeBackupFiles(dir, { id: 'a', finishedAt: minute(0), segment: 3n });
  for (const segment of [3n, 4n, 5n, 6n, 7n]) await writeSegment(dir, 1, segment, minute(Number(segment)));
  // It left in the fourth segment, wrote its own copy of it, and was stopped.
  await writeArchived(dir, '00000002.history', '1\t0/4000100\tbefore 2026-03-01\n', minute(5));
  await writeSegment(dir, 2, 4n, minute(5));
  const found = await ranges(manifest);
  expect(found.map(({ timeline, reachesTo }) => [timeline, reachesTo])).toEqual([
    [1, minute(7)],
    [2, minute(5)],
  ]);
  // What timeline 1 wrote after it was left is not part of timeline 2.
  expect(found[1]?.names).toEqual(['000000010000000000000003', '000000020000000000000004']);
});

test('after a restore in earnest the new history is followed, from a backup of the old one too', async () => {
  const manifest = await writeBackupFiles(dir, { id: 'a', finishedAt: minute(0), segment: 3n });
  for (const segment of [3n, 4n]) await writeSegment(dir, 1, segment, minute(Number(segment)));
  await writeArchived(dir, '00000002.history', '1\t0/4800000\tno recovery target specified\n', minute(30));
  for (const segment of [4n, 5n]) await writeSegment(dir, 2, segment, minute(30 + Number(segment)));
  expect((await ranges(manifest))[0]).toMatchObject({ timeline: 2, reachesTo: minute(35) });
});

test('a history that left before the backup was made cannot be reached from it', async () => {
  const manifest = await writeBackupFiles(dir, { id: 'a', finishedAt: minute(0), segment: 6n });
  await writeSegment(dir, 1, 6n, minute(6));
  await writeArchived(dir, '00000002.history', '1\t0/4000100\tbefore 2026-03-01\n', minute(30));
  for (const segment of [4n, 5n, 6n]) await writeSegment(dir, 2, segment, minute(30));
  expect((await ranges(manifest)).map(({ timeline }) => timeline)).toEqual([1]);
});
