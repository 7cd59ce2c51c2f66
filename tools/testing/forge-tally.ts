import { stripVTControlCharacters } from 'node:util';
import type { Tally } from './tally.ts';

const SUMMARY =
  /^Ran \d+ test suites? in .*: (\d+) tests? passed, (\d+) failed, (\d+) skipped \(\d+ total tests?\)$/gm;

/** The sum that `forge test` prints last, or null where there is none: it did not compile, or says it in another way. */
export function readForgeTally(output: string): Tally | null {
  const match = [...stripVTControlCharacters(output).matchAll(SUMMARY)].at(-1);
  if (match === undefined) return null;
  return { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3]) };
}
