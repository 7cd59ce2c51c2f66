export type Tally = { passed: number; failed: number; skipped: number };

export function sumOf(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
    failed: tallies.reduce((sum, { failed }) => sum + failed, 0),
    skipped: tallies.reduce((sum, { skipped }) => sum + skipped, 0),
  };
}

/** The last line of `npm test` and of .ci/run, for people and for machines. */
export function tallyLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * What to count for a runner that ended with an exit code and, if it got that far, a tally. A runner that failed without
 * naming a failed test, whose tally cannot be read, or that ran nothing at all is one failed test itself.
 */
export function settle(exitCode: number | null, tally: Tally | null): Tally {
  if (tally === null) return { passed: 0, failed: 1, skipped: 0 };
  const ranNothing = tally.passed + tally.failed === 0;
  const failedUnnamed = exitCode !== 0 && tally.failed === 0;
  return ranNothing || failedUnnamed ? { ...tally, failed: tally.failed + 1 } : tally;
}
