import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RatePair } from '@naru/core/exchange-rate/exchange-rate.ts';
import { secret } from '@naru/kit/secret.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKoreaExim } from './korea-exim.ts';

const SIMULATOR = fileURLToPath(new URL('../../test/korea-exim-simulator.ts', import.meta.url));
const KEY = 'a-key-of-the-bank';

let bank: ChildProcess;
let url: string;
beforeAll(async () => {
  bank = spawn(process.execPath, [SIMULATOR, '0', KEY], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve, reject) => {
    bank.once('error', reject);
    bank.stdout?.once('data', (line: Buffer) => resolve(line.toString().trim().split(' ')[1] ?? ''));
  });
  url = `http://127.0.0.1:${port}`;
});
afterAll(() => void bank.kill('SIGKILL'));

const set = async (control: object) => {
  await fetch(`${url}/control`, { method: 'POST', body: JSON.stringify(control) });
};
const pairOf = (base: string): RatePair => ({
  base,
  quote: 'KRW',
  source: 'KOREAEXIM',
  feed: null,
  freshSeconds: 1n,
  usableSeconds: 1n,
  marginBps: 0,
});
/** Tuesday, 2 in the afternoon in Seoul. */
const TUESDAY = new Date('2026-03-03T05:00:00Z');
const read = (base = 'USD', now = TUESDAY, key = KEY, timeoutMs = 5_000) =>
  createKoreaExim({ url, key: secret(key), timeoutMs, now: () => now }).read(pairOf(base));
const E18 = 10n ** 18n;

test('reads the basic rate of a day: separators, and units of a hundred', async () => {
  await set({
    rates: {
      20260303: [
        ['AED', '370.1'],
        ['JPY(100)', '923.45'],
        ['USD', '1,385.5'],
      ],
    },
  });
  expect(await read()).toEqual({
    rateE18: (13_855n * E18) / 10n,
    observedAt: new Date('2026-03-03T11:00:00+09:00'),
    detail: 'deal_bas_r of 2026-03-03',
  });
  expect((await read('JPY')).rateE18).toBe((92_345n * E18) / 10_000n);
});

test('walks back over a weekend and before the hour of publication', async () => {
  await set({ rates: { 20260227: [['USD', '1,380']] } });
  const monday = new Date('2026-03-02T00:30:00Z');
  expect(await read('USD', monday)).toMatchObject({
    rateE18: 1_380n * E18,
    observedAt: new Date('2026-02-27T11:00:00+09:00'),
  });
  await set({ rates: {} });
  await expect(read()).rejects.toThrow('no rates for the last 13 days');
});

test.each([
  [{ result: 4 }, 'calls of this day are used up'],
  [{ result: 2 }, 'does not know the data'],
  [{ result: 9 }, 'result 9'],
  [{ fault: 'status' }, 'HTTP status 500'],
  [{ fault: 'html' }, 'no JSON'],
  [{ fault: 'redirect' }, 'cannot be asked'],
  [{ rates: { 20260303: [['EUR', '1']] } }, 'no rate of USD'],
  [{ rates: { 20260303: [['USD', '-']] } }, 'rate of USD is "-"'],
])('%j is no rate: %s', async (control, problem) => {
  await set(control);
  await expect(read()).rejects.toThrow(problem);
});

test('an answer that does not come, and a wrong key, are errors that do not tell the key', async () => {
  await set({ fault: 'hang' });
  const late = await read('USD', TUESDAY, KEY, 100).catch((error: Error) => error);
  await set({});
  const refused = await read('USD', TUESDAY, 'another-key').catch((error: Error) => error);
  await new Promise<void>((resolve) => {
    bank.once('exit', () => resolve());
    bank.kill('SIGKILL');
  });
  const gone = await read().catch((error: Error) => error);
  const texts = [late, refused, gone].map((error) => (error instanceof Error ? error.message : 'no error'));
  expect(texts).toEqual([
    expect.stringContaining('cannot be asked'),
    expect.stringContaining('does not accept the key'),
    expect.stringContaining('cannot be asked'),
  ]);
  expect(texts.join()).not.toContain(KEY);
});
