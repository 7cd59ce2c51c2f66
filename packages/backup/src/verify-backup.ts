import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { errorText } from '@naru/kit/errors.ts';
import type { GoodBackup } from './backup-directory.ts';
import type { BackupManifest } from './backup-manifest.ts';
import { readBackup } from './read-backup.ts';
import { fileOf, rangesOf, readWalArchive, type WalRange } from './wal-archive.ts';
import { parseSegmentName } from './wal-segments.ts';

export type VerifiedBackup = {
  id: string;
  ok: boolean;
  problems: string[];
  fileCount: number;
  contentBytes: number;
  /** Segments that were read, in order from the backup's first. */
  segments: number;
  timeline: number;
  oldestRestorable: Date;
  newestRestorable: Date | null;
};

/** First page of a segment: position of this page in the log, and whose log it is. Source: access/xlog_internal.h */
const PAGE_ADDRESS_AT = 8;
const SYSTEM_IDENTIFIER_AT = 24;
const PAGE_HEADER_BYTES = 40;

/**
 * Reads the backup and every segment that would be replayed after it, and says what is wrong: a file that is not what
 * the server sent, a gap in the log, a segment that is damaged or another cluster's.
 */
export async function verifyBackup(
  entry: GoodBackup,
  options: { onProgress?: (doneBytes: number) => void } = {},
): Promise<VerifiedBackup> {
  const { manifest } = entry;
  const content = await readBackup(entry.dir, manifest, options);
  const range = await bestRange(entry);
  const problems = [...content.problems, ...missingProblems(range)];
  let newestRestorable = range.reachesTo;
  for (const name of range.names) {
    const problem = await checkSegment(entry, name);
    if (problem === null) continue;
    problems.push(problem);
    newestRestorable = null;
  }
  return {
    id: entry.id,
    ok: problems.length === 0,
    problems,
    fileCount: content.fileCount,
    contentBytes: content.contentBytes,
    segments: range.names.length,
    timeline: range.timeline,
    oldestRestorable: new Date(manifest.finishedAt),
    newestRestorable,
  };
}

/** The history that leads furthest. */
export async function bestRange(entry: GoodBackup, timeline?: number): Promise<WalRange> {
  const ranges = await rangesOf(await readWalArchive(entry.places.walDir), entry.manifest);
  const found = timeline === undefined ? ranges[0] : ranges.find((range) => range.timeline === timeline);
  if (found !== undefined) return found;
  throw new Error(
    `the backup ${entry.id} cannot be rolled forward on timeline ${timeline}; it can on ${ranges.map((range) => range.timeline).join(', ')}`,
  );
}

export function missingProblems(range: WalRange): string[] {
  return range.missing.map((name) => `the segment ${name} of the log is missing, and the backup needs it`);
}

async function checkSegment(entry: GoodBackup, name: string): Promise<string | null> {
  const { segmentBytes, systemIdentifier } = entry.manifest as BackupManifest;
  let bytes = 0;
  let header = Buffer.alloc(0);
  try {
    await pipeline(
      createReadStream(fileOf(entry.places.walDir, name)),
      createGunzip(),
      async (source: AsyncIterable<Buffer>) => {
        for await (const chunk of source) {
          bytes += chunk.length;
          if (header.length < PAGE_HEADER_BYTES)
            header = Buffer.concat([header, chunk]).subarray(0, PAGE_HEADER_BYTES);
        }
      },
    );
  } catch (error) {
    return `the segment ${name} of the log is damaged: ${errorText(error)}`;
  }
  if (bytes !== segmentBytes) return `the segment ${name} of the log has ${bytes} bytes, not ${segmentBytes}`;
  const { segment } = parseSegmentName(name, segmentBytes);
  if (header.readBigUInt64LE(PAGE_ADDRESS_AT) !== segment * BigInt(segmentBytes))
    return `the segment ${name} of the log has the content of another one`;
  if (header.readBigUInt64LE(SYSTEM_IDENTIFIER_AT).toString() !== systemIdentifier)
    return `the segment ${name} of the log belongs to another cluster`;
  return null;
}
