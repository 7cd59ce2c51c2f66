import { expect, test } from 'vitest';
import { LATENCY_BINS, LATENCY_ERROR_MAX, latencyBounds, percentileOf } from './latency-bins.ts';

function countsOf(samples: readonly number[]): number[] {
  const counts: number[] = new Array(LATENCY_BINS).fill(0);
  for (const seconds of samples) {
    const bin = latencyBounds.findIndex((bound) => seconds < bound);
    const at = bin === -1 ? LATENCY_BINS - 1 : bin;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}

test('a percentile from bins is that of the samples, within a bin', () => {
  const samples = Array.from({ length: 10_000 }, (_, index) => 0.1 * 1.0007 ** index);
  for (const share of [0.5, 0.95, 0.99]) {
    const exact = samples[Math.ceil(share * samples.length) - 1] ?? 0;
    const told = percentileOf(countsOf(samples), share) ?? 0;
    expect(Math.abs(told - exact) / exact).toBeLessThan(2 * LATENCY_ERROR_MAX);
  }
});

test('nothing counted is no percentile, and what is beyond the last bin is not lost', () => {
  expect(percentileOf([], 0.5)).toBeNull();
  expect(percentileOf(countsOf([]), 0.99)).toBeNull();
  expect(percentileOf(countsOf([1_000_000]), 0.5)).toBeGreaterThan(20_000);
});
