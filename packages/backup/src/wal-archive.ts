import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import type { BackupManifest } from './backup-manifest.ts';
import { orNullIfMissing } from './files.ts';
import {
  type Fork,
  isSegmentName,
  parseHistory,
  parseLsn,
  parseSegmentName,
  type SegmentNumber,
  segmentAt,
  segmentBefore,
  segmentName,
} from './wal-segments.ts';

/** What an archive holds, by name. */
export type WalArchive = {
  dir: string;
  segments: ReadonlySet<string>;
  /** Ancestors of each timeline that has any, oldest first. */
  histories: ReadonlyMap<number, readonly Fork[]>;
};

const SUFFIX = '.gz';
const HISTORY = /^([0-9A-F]{8})\.history$/;

export async function readWalArchive(walDir: string): Promise<WalArchive> {
  const names = ((await orNullIfMissing(readdir(walDir))) ?? [])
    .filter((name) => name.endsWith(SUFFIX) && !name.startsWith('.'))
    .map((name) => name.slice(0, -SUFFIX.length));
  const histories = new Map<number, readonly Fork[]>();
  for (const name of names) {
    const timeline = HISTORY.exec(name)?.[1];
    if (timeline === undefined) continue;
    const text = await buffer(createReadStream(fileOf(walDir, name)).pipe(createGunzip()));
    histories.set(Number.parseInt(timeline, 16), parseHistory(text.toString('utf8')));
  }
  return { dir: walDir, segments: new Set(names.filter(isSegmentName)), histories };
}

export function fileOf(walDir: string, name: string): string {
  return path.join(walDir, `${name}${SUFFIX}`);
}

/** How far a backup can be rolled forward on one timeline without a gap. */
export type WalRange = {
  timeline: number;
  /** Segments to be replayed, in order. */
  names: string[];
  /** Of the range that the backup itself needs: what is missing. Empty: the backup can be restored. */
  missing: string[];
  /** The last write into the last segment: what was committed until then can be restored. Null: nothing is there. */
  reachesTo: Date | null;
};

/**
 * All histories in which the backup can be rolled forward, the one that reaches furthest in time first. A cluster that was
 * restored to an earlier moment, to have a look, begins a history too: it must not win because its number is the highest.
 */
export async function rangesOf(archive: WalArchive, manifest: BackupManifest): Promise<WalRange[]> {
  const timelines = [...archive.histories].filter(([timeline, ancestors]) => {
    const left = ancestors.find((fork) => fork.timeline === manifest.timeline);
    return (
      timeline !== manifest.timeline &&
      left !== undefined &&
      parseLsn(left.atLsn) >= parseLsn(manifest.stopLsn)
    );
  });
  const ranges: WalRange[] = [await followTimeline(archive, manifest, manifest.timeline)];
  for (const [timeline] of timelines) ranges.push(await followTimeline(archive, manifest, timeline));
  return ranges.sort(
    (one, other) =>
      (other.reachesTo?.getTime() ?? 0) - (one.reachesTo?.getTime() ?? 0) || other.timeline - one.timeline,
  );
}

/** Looks for each segment in the timeline and its ancestors, newest first, as recovery does. Source: xlogrecovery.c. */
async function followTimeline(
  archive: WalArchive,
  manifest: BackupManifest,
  timeline: number,
): Promise<WalRange> {
  const { segmentBytes } = manifest;
  const line = lineOf(timeline, archive.histories.get(timeline) ?? [], segmentBytes);
  const findName = (segment: SegmentNumber) =>
    line
      .filter(({ from, to }) => from <= segment && (to === null || segment <= to))
      .map((one) => segmentName(one.timeline, segment, segmentBytes))
      .find((name) => archive.segments.has(name));
  const first = segmentAt(manifest.startLsn, segmentBytes);
  const last = segmentBefore(manifest.stopLsn, segmentBytes);
  const missing: string[] = [];
  for (let segment = first; segment <= last; segment++)
    if (findName(segment) === undefined) missing.push(segmentName(manifest.timeline, segment, segmentBytes));
  const names: string[] = [];
  for (let segment = first, name = findName(segment); name !== undefined; name = findName(++segment))
    names.push(name);
  const newest = names.at(-1);
  const lastWrite =
    newest === undefined || missing.length > 0
      ? null
      : ((await orNullIfMissing(stat(fileOf(archive.dir, newest))))?.mtime ?? null);
  // Nothing was committed between the last write of the backup's own log and its end, or it would be in the next segment.
  const end = new Date(manifest.finishedAt);
  const reachesTo = lastWrite !== null && lastWrite < end ? end : lastWrite;
  return { timeline, names, missing, reachesTo };
}

/**
 * A timeline and its ancestors, newest first, with the segments that belong to each. What an ancestor wrote after it was
 * left is another history, and is not followed although it is there.
 */
function lineOf(
  timeline: number,
  ancestors: readonly Fork[],
  segmentBytes: number,
): { timeline: number; from: SegmentNumber; to: SegmentNumber | null }[] {
  const forks = ancestors.map((fork) => segmentAt(fork.atLsn, segmentBytes));
  const names = [...ancestors.map((fork) => fork.timeline), timeline];
  return names
    .map((name, index) => ({ timeline: name, from: forks[index - 1] ?? 0n, to: forks[index] ?? null }))
    .reverse();
}

/** Names of segments that no restore of these backups would ask for. Histories are small, and kept. */
export function findNeedlessSegments(archive: WalArchive, kept: readonly BackupManifest[]): string[] {
  if (kept.length === 0) return []; // with nothing to restore from, nobody knows what is needless
  const oldest = kept
    .map((manifest) => segmentAt(manifest.startLsn, manifest.segmentBytes))
    .reduce((one, other) => (one < other ? one : other));
  const segmentBytes = kept[0]?.segmentBytes ?? 0;
  return [...archive.segments].filter((name) => parseSegmentName(name, segmentBytes).segment < oldest);
}
