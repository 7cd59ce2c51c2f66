import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { fromPublicId } from '@naru/kit/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countPayments } from '../support/chain-judge.ts';
import { type Stack, startStack } from '../support/stack.ts';

const CLIENT = path.resolve(import.meta.dirname, '../../sdks/python');

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ accounts: 1 });
  await stack.startWorker('processor,broadcaster,monitor,accounts');
});
afterAll(() => stack?.stop());

function python(args: readonly string[], env: Record<string, string> = {}) {
  return promisify(execFile)('python3', args, {
    cwd: CLIENT,
    env: { PATH: process.env['PATH'] ?? '', PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1', ...env },
  });
}

test('the Python client passes its own tests', { timeout: 120_000 }, async () => {
  const { stderr } = await python(['-m', 'unittest', 'discover', '-s', 'tests', '-t', '.']);
  expect(stderr).toMatch(/^Ran [0-9]{2,} tests /m);
  expect(stderr).toMatch(/^OK$/m);
});

test('it pays once, follows, lists and is refused as the TypeScript client is', {
  timeout: 180_000,
}, async () => {
  const api = await stack.startApi();
  const { stdout } = await python(['-m', 'tests.end_to_end'], {
    NARU_URL: api.url,
    NARU_API_KEY: stack.apiKey,
  });
  const did = JSON.parse(stdout) as {
    ids: string[];
    states: string[];
    told: string[];
    reportLines: number;
    refusals: Record<string, string>;
  };
  expect(did.states.at(-1)).toBe('CONFIRMED');
  expect(did.told).toEqual([
    'withdrawal.pending',
    'withdrawal.signed',
    'withdrawal.broadcasted',
    'withdrawal.confirming',
    'withdrawal.confirmed',
  ]);
  expect(did.reportLines).toBe(6);
  expect(did.refusals).toEqual({
    amount: 'validation_failed',
    balance: 'insufficient_balance',
    asset: 'asset_not_supported',
  });
  const payments = await countPayments(stack);
  expect(payments.size).toBe(6);
  for (const id of did.ids) expect(payments.get(fromPublicId('withdrawal', id) ?? '')).toBe(1);
});
