import { createHash, hash as hashOnce } from 'node:crypto';
import { assert } from '@naru/kit/assert.ts';

/** Length of a SHA-256, in bytes. */
export const DIGEST_BYTES = 32;
/** What the first seal of a chain follows. */
export const GENESIS_HASH: Buffer = Buffer.alloc(DIGEST_BYTES);
const SEAL_DOMAIN = 'naru-seal-1';
const NULL_LENGTH = 0xff_ff_ff_ff;

/** A row of a stream as it is sealed: its fields in a fixed order, each as text. */
export type SealedRow = { position: bigint; id: string; fields: readonly (string | null)[] };

export type Seal = {
  number: bigint;
  kind: 'ROWS' | 'EXPORT';
  stream: string;
  /** Covers the positions after this one … */
  after: bigint;
  /** … up to and with this one. */
  last: bigint;
  rowCount: bigint;
  /** See `missingText`. */
  missing: string;
  /** 32 bytes a row. */
  digests: Buffer;
  note: string | null;
  /** Microseconds since 1970. */
  sealedAtMicros: bigint;
  previousHash: Buffer;
  hash: Buffer;
};

/**
 * Texts as bytes that no other list of texts has: for each its length (4 bytes, big-endian) and its UTF-8; for NULL the
 * length 0xffffffff and nothing.
 */
export function encodeFields(fields: readonly (string | null)[]): Buffer {
  const parts: Buffer[] = [];
  for (const field of fields) {
    const length = Buffer.allocUnsafe(4);
    const text = field === null ? null : Buffer.from(field, 'utf8');
    length.writeUInt32BE(text === null ? NULL_LENGTH : text.length);
    parts.push(length);
    if (text !== null) parts.push(text);
  }
  return Buffer.concat(parts);
}

export function digestRow(row: SealedRow): Buffer {
  return hashOnce('sha256', encodeFields(row.fields), 'buffer');
}

/** SHA-256 over the seal before it, everything that this one says, and the hash of its digests. */
export function hashSeal(seal: Omit<Seal, 'hash'>): Buffer {
  const { number, kind, stream, after, last, rowCount, missing, note, sealedAtMicros } = seal;
  const said = encodeFields([
    SEAL_DOMAIN,
    String(number),
    kind,
    stream,
    String(after),
    String(last),
    String(rowCount),
    missing,
    note,
    String(sealedAtMicros),
  ]);
  return createHash('sha256')
    .update(seal.previousHash)
    .update(said)
    .update(hashOnce('sha256', seal.digests, 'buffer'))
    .digest();
}

/** Positions from `after + 1` to `last` that no row has, as ranges: `5-7,12-12`. `rows` ascend. */
export function missingText(after: bigint, last: bigint, positions: readonly bigint[]): string {
  const ranges: string[] = [];
  let next = after + 1n;
  for (const position of positions) {
    if (position > next) ranges.push(`${next}-${position - 1n}`);
    next = position + 1n;
  }
  if (next <= last) ranges.push(`${next}-${last}`);
  return ranges.join(',');
}

/** The positions that a seal has digests of, ascending. Null when what it says does not add up. */
export function positionsOf(seal: Pick<Seal, 'after' | 'last' | 'missing' | 'rowCount'>): bigint[] | null {
  const positions: bigint[] = [];
  const fill = (until: bigint, next: bigint) => {
    for (let position = next; position <= until && positions.length <= Number(seal.rowCount); position++)
      positions.push(position);
  };
  let next = seal.after + 1n;
  for (const range of seal.missing === '' ? [] : seal.missing.split(',')) {
    const [first, end] = range.split('-').map(BigInt);
    if (first === undefined || end === undefined) return null;
    fill(first - 1n, next);
    next = end + 1n;
  }
  fill(seal.last, next);
  return BigInt(positions.length) === seal.rowCount ? positions : null;
}

export function digestAt(seal: Seal, index: number): Buffer {
  const digest = seal.digests.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES);
  assert(digest.length === DIGEST_BYTES, `seal ${seal.number} has no digest ${index}`);
  return digest;
}
