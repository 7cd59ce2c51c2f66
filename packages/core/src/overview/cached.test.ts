import { expect, test } from 'vitest';
import { createCached } from './cached.ts';

test('callers at once share one read, and a quick one is repeated when it is old', async () => {
  let nowMs = 0;
  let reads = 0;
  const cached = createCached(
    async () => ++reads,
    1_000,
    () => nowMs,
  );
  expect(await Promise.all([cached(), cached(), cached()])).toEqual([1, 1, 1]);
  nowMs = 999;
  expect(await cached()).toBe(1);
  nowMs = 1_000;
  expect(await cached()).toBe(2);
});

test('what takes long to read is read less often', async () => {
  let nowMs = 0;
  let reads = 0;
  const cached = createCached(
    async () => {
      nowMs += 500;
      return ++reads;
    },
    1_000,
    () => nowMs,
  );
  await cached();
  nowMs = 4_999;
  expect(await cached()).toBe(1);
  nowMs = 5_000;
  expect(await cached()).toBe(2);
});

test('a read that fails is told and not kept', async () => {
  let isDown = true;
  const cached = createCached(async () => {
    if (isDown) throw new Error('no database');
    return 'there';
  }, 1_000);
  await expect(cached()).rejects.toThrow('no database');
  isDown = false;
  expect(await cached()).toBe('there');
});
