import { assert } from '@naru/kit/assert.ts';

/** A segment's number in the log, whatever history it belongs to. */
export type SegmentNumber = bigint;

const NAME = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})$/;
const IDS_OF_A_LOG = 0x1_0000_0000n;

/** `0/2000028` as a byte position. */
export function parseLsn(lsn: string): bigint {
  const [high = '', low = ''] = lsn.split('/');
  return BigInt(`0x${high}`) * IDS_OF_A_LOG + BigInt(`0x${low}`);
}

/** The segment that holds the byte at `lsn`. */
export function segmentAt(lsn: string, segmentBytes: number): SegmentNumber {
  return parseLsn(lsn) / BigInt(segmentBytes);
}

/** The segment that holds the last byte before `lsn`. */
export function segmentBefore(lsn: string, segmentBytes: number): SegmentNumber {
  return (parseLsn(lsn) - 1n) / BigInt(segmentBytes);
}

/** `000000010000000000000002`. Source: src/include/access/xlog_internal.h, XLogFileName. */
export function segmentName(timeline: number, segment: SegmentNumber, segmentBytes: number): string {
  const perLog = IDS_OF_A_LOG / BigInt(segmentBytes);
  const hex = (value: bigint) => value.toString(16).toUpperCase().padStart(8, '0');
  return hex(BigInt(timeline)) + hex(segment / perLog) + hex(segment % perLog);
}

export function isSegmentName(name: string): boolean {
  return NAME.test(name);
}

export function parseSegmentName(
  name: string,
  segmentBytes: number,
): { timeline: number; segment: SegmentNumber } {
  const match = NAME.exec(name);
  assert(match !== null, `${name} is the name of a segment`);
  const [, timeline = '', log = '', rest = ''] = match;
  const perLog = IDS_OF_A_LOG / BigInt(segmentBytes);
  return {
    timeline: Number.parseInt(timeline, 16),
    segment: BigInt(`0x${log}`) * perLog + BigInt(`0x${rest}`),
  };
}

/** Where a history left the one before. */
export type Fork = { timeline: number; atLsn: string };

/** The ancestors of a timeline, oldest first. Source: src/backend/access/transam/timeline.c */
export function parseHistory(text: string): Fork[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([timeline = '']) => /^[0-9]+$/.test(timeline))
    .map(([timeline, atLsn = '']) => ({ timeline: Number(timeline), atLsn }));
}
