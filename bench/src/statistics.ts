import { assert, assertPresent } from '@naru/kit/assert.ts';

/** The nearest-rank percentile: a value that was measured, never one between two. `share`: 0.95 for p95. */
export function percentile(values: readonly number[], share: number): number {
  assert(values.length > 0, 'a percentile needs values');
  assert(share > 0 && share <= 1, `share out of range: ${share}`);
  const sorted = [...values].sort((one, other) => one - other);
  return assertPresent(sorted[Math.ceil(share * sorted.length) - 1], 'percentile');
}

export function mean(values: readonly number[]): number {
  assert(values.length > 0, 'a mean needs values');
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** `1.4/2.0/3.1` for p50, p95 and p99, in the unit of the values. */
export function percentilesText(values: readonly number[], digits: number): string {
  return [0.5, 0.95, 0.99].map((share) => percentile(values, share).toFixed(digits)).join('/');
}

/** Spreads 0 … 1 evenly, without the chance of a random number and without a period. */
export function goldenFraction(index: number): number {
  const GOLDEN = 0.618_033_988_749_895;
  return (index * GOLDEN) % 1;
}
