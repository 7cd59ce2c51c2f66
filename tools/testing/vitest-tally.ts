import type { Tally } from './tally.ts';

/** What is used of the report that Vitest's JSON reporter writes. */
type Report = {
  testResults: { status: string; assertionResults: { status: string }[] }[];
};

/** Tests by outcome. A file that failed as a whole, before or beside its tests, counts as one failed test. */
export function readVitestTally(json: string): Tally {
  const { testResults } = JSON.parse(json) as Report;
  const tally = { passed: 0, failed: 0, skipped: 0 };
  for (const file of testResults) {
    const failed = file.assertionResults.filter(({ status }) => status === 'failed').length;
    const passed = file.assertionResults.filter(({ status }) => status === 'passed').length;
    tally.passed += passed;
    tally.failed += file.status === 'failed' ? Math.max(failed, 1) : failed;
    // Skipped, to be written, or never reached.
    tally.skipped += file.assertionResults.length - failed - passed;
  }
  return tally;
}
