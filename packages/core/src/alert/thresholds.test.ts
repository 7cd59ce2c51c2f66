import { expect, test } from 'vitest';
import { findingsOf, showCount, showShare, thresholds } from './thresholds.ts';

test.each([
  ['queue', thresholds.queue, showCount, 500, 1_000, 'above 500', 'above 1,000'],
  ['dead letters', thresholds.deadLetters, showCount, 50, 100, 'above 50', 'above 100'],
  ['failed', thresholds.failureRate, showShare, 0.05, 0.1, 'above 5 %', 'above 10 %'],
  ['memory', thresholds.resources, showShare, 0.7, 0.9, 'above 70 %', 'above 90 %'],
] as const)('%s', (what, limits, show, warning, critical, low, high) => {
  const at = (value: number) =>
    findingsOf(what, value, limits, show, '').map(({ subject, severity }) => `${severity} ${subject}`);
  const step = warning >= 1 ? 1 : 0.001;
  expect(at(warning)).toEqual([]);
  expect(at(warning + step)).toEqual([`WARNING ${what}: ${low}`]);
  expect(at(critical)).toEqual([`WARNING ${what}: ${low}`]);
  expect(at(critical + step)).toEqual([`WARNING ${what}: ${low}`, `CRITICAL ${what}: ${high}`]);
});
