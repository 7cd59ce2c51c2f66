import { createHash } from 'node:crypto';

/** The trace of a withdrawal: the 128 bits of its id, so every role knows it without being told. 32 hex digits. */
export function traceIdOf(uuid: string): string {
  return uuid.replaceAll('-', '').toLowerCase();
}

/** The span of one thing that happens once in a trace: the same whoever tells it, and however often. 16 hex digits. */
export function spanIdOf(traceId: string, name: string): string {
  return createHash('sha256').update(`${traceId}/${name}`).digest('hex').slice(0, 16);
}

const RANGE = 2 ** 32;

/** Whether this trace is in the share from 0 to 1 that is told. Decided by its random end, so all roles decide alike. */
export function isSampled(traceId: string, ratio: number): boolean {
  return Number.parseInt(traceId.slice(-8), 16) < ratio * RANGE;
}
