import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { readProcessorMs } from './process-time.ts';

test('counts what a program and the programs that it started have used', async () => {
  const before = await readProcessorMs(process.pid);
  execFileSync(process.execPath, ['--eval', 'const until = Date.now() + 300; while (Date.now() < until);']);
  const after = await readProcessorMs(process.pid);
  if (process.platform !== 'linux') expect([before, after]).toEqual([null, null]);
  else expect(Number(after) - Number(before)).toBeGreaterThan(100);
});

test('a process that is not there has no figure', async () => {
  expect(await readProcessorMs(2 ** 30)).toBeNull();
});
