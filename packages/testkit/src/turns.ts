/**
 * Some tests are too many for one run of 25 minutes on two cores: a run takes a part of them, and the next days take the
 * others, whatever the machine. NARU_TESTS=all takes everything at once.
 */
const DAY_MS = 86_400_000;

const takesAll = process.env['NARU_TESTS'] === 'all';

/** Whether `part`, counted from 0, is one that a run of today takes. */
export function isTurn(part: number, parts: number): boolean {
  const today = Math.floor(Date.now() / DAY_MS);
  return takesAll || part % parts === today % parts;
}
