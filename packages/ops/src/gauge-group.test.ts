import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { registerGaugeGroup } from './gauge-group.ts';

test('every gauge of a group shows this reading, not the one before, and a scrape reads once', async () => {
  const registry = new Registry();
  let reads = 0;
  const help = 'a figure';
  registerGaugeGroup(
    registry,
    [
      { name: 'first', help, labelNames: ['of'] },
      { name: 'second', help, labelNames: ['of'] },
    ],
    async () => {
      reads += 1;
      const value = reads;
      await new Promise(setImmediate);
      return {
        first: [{ labels: { of: 'x' }, value }],
        second: value === 1 ? [{ labels: { of: 'y' }, value }] : [],
      };
    },
  );
  const once = await registry.metrics();
  expect([once.includes('first{of="x"} 1'), once.includes('second{of="y"} 1'), reads]).toEqual([
    true,
    true,
    1,
  ]);
  const twice = await registry.metrics();
  expect([twice.includes('first{of="x"} 2'), twice.includes('second{of="y"}'), reads]).toEqual([
    true,
    false,
    2,
  ]);
});
