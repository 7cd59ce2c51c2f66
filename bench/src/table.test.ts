import { expect, test } from 'vitest';
import { atLeast, atMost, failed, measured, notMeasured } from './measurement.ts';
import { tableText } from './table.ts';

const lineOf = (text: string, name: string) =>
  text
    .split('\n')
    .find((line) => line.startsWith(name))
    ?.replace(/ {2,}/g, ' | ');

test('each figure stands beside its bar, with what came of it', () => {
  const text = tableText([
    measured({ name: 'fast', figure: 1_620.4, unit: '/s', bar: atLeast(1_500), note: 'how it was measured' }),
    measured({ name: 'slow', figure: 1.2345, unit: 's', bar: atMost(1), note: '' }),
    measured({ name: 'plain', figure: 7, unit: 's' }),
  ]);
  expect(lineOf(text, 'fast')).toBe('fast | 1,620 /s | ≥ 1,500 /s | met');
  expect(lineOf(text, 'slow')).toBe('slow | 1.23 s | ≤ 1 s | MISSED');
  expect(lineOf(text, 'plain')).toBe('plain | 7 s');
  expect(text).toContain('\n    how it was measured\n');
});

test('a measurement that went wrong is never shown as a figure', () => {
  const text = tableText([
    failed('broken', new Error('no\n  chain', { cause: new Error('port taken') })),
    notMeasured('left out', 'this system does not tell'),
  ]);
  expect(lineOf(text, 'broken')).toBe('broken | ERROR | error');
  expect(text).toContain('no chain: port taken');
  expect(lineOf(text, 'left out')).toBe('left out | –');
  expect(text).not.toMatch(/\b(met|MISSED)\b/);
});
