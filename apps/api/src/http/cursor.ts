import { createHash } from 'node:crypto';
import { bytes16ToUuid } from '@naru/kit/ids.ts';
import { type FieldProblemCode, fieldProblems } from '@naru/wire/field-problem.ts';
import { ProblemError } from './problem-error.ts';

const ID_BYTES = 16;
/** Enough to notice a cursor of another filter; it protects from mistakes, the organisation's rows are filtered anyway. */
const FILTER_HASH_BYTES = 8;
const CURSOR = /^[A-Za-z0-9_-]{32}$/;

/** Filters are equal when their named values are, in whatever order they were written. */
function hashFilter(filter: Readonly<Record<string, unknown>>): Buffer {
  const entries = Object.entries(filter)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, unknown] => [name, Array.isArray(value) ? [...value].sort() : value])
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(entries)).digest().subarray(0, FILTER_HASH_BYTES);
}

/** Opaque to callers: the id of the last row and a hash of the filter, base64url. */
export function encodeCursor(lastId: string, filter: Readonly<Record<string, unknown>>): string {
  const id = Buffer.from(lastId.replaceAll('-', ''), 'hex');
  return Buffer.concat([id, hashFilter(filter)]).toString('base64url');
}

/** As `encodeCursor`, of a list that is in the order of positions. */
export function encodePosition(last: bigint, filter: Readonly<Record<string, unknown>>): string {
  return encodeCursor(last.toString(16).padStart(2 * ID_BYTES, '0'), filter);
}

/** The position after which the page begins; a cursor that does not fit is a problem of the request. */
export function readPosition(cursor: string, filter: Readonly<Record<string, unknown>>): bigint {
  return BigInt(`0x${readCursor(cursor, filter).replaceAll('-', '')}`);
}

/** The id (UUID) after which the page begins. */
export function decodeCursor(
  cursor: string,
  filter: Readonly<Record<string, unknown>>,
): { ok: true; after: string } | { ok: false; problem: FieldProblemCode } {
  if (!CURSOR.test(cursor)) return { ok: false, problem: 'cursor_malformed' };
  const bytes = Buffer.from(cursor, 'base64url');
  if (!bytes.subarray(ID_BYTES).equals(hashFilter(filter)))
    return { ok: false, problem: 'cursor_of_other_filter' };
  return { ok: true, after: bytes16ToUuid(bytes.subarray(0, ID_BYTES).toString('hex')) };
}

/** The id after which the page begins; a cursor that does not fit is a problem of the request. */
export function readCursor(cursor: string, filter: Readonly<Record<string, unknown>>): string {
  const decoded = decodeCursor(cursor, filter);
  if (decoded.ok) return decoded.after;
  const message = fieldProblems[decoded.problem].en;
  throw new ProblemError('validation_failed', {
    errors: [{ pointer: '/cursor', code: decoded.problem, message }],
  });
}
