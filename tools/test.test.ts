import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { REPOSITORY } from './repository/files.ts';
import { readForgeTally } from './testing/forge-tally.ts';
import { settle, sumOf, tallyLine } from './testing/tally.ts';
import { readVitestTally } from './testing/vitest-tally.ts';

describe('tally', () => {
  test('adds up and is told in one line', () => {
    const sum = sumOf([
      { passed: 60, failed: 1, skipped: 0 },
      { passed: 2, failed: 0, skipped: 3 },
    ]);
    expect(tallyLine(sum)).toBe('62 passed, 1 failed, 3 skipped');
  });
  test.each([
    ['all is well', 0, { passed: 3, failed: 0, skipped: 1 }, { passed: 3, failed: 0, skipped: 1 }],
    ['a test failed', 1, { passed: 3, failed: 2, skipped: 0 }, { passed: 3, failed: 2, skipped: 0 }],
    [
      'it failed beside its tests',
      1,
      { passed: 3, failed: 0, skipped: 0 },
      { passed: 3, failed: 1, skipped: 0 },
    ],
    ['a signal ended it', null, { passed: 3, failed: 0, skipped: 0 }, { passed: 3, failed: 1, skipped: 0 }],
    ['it ran nothing', 0, { passed: 0, failed: 0, skipped: 9 }, { passed: 0, failed: 1, skipped: 9 }],
    ['it said nothing', 0, null, { passed: 0, failed: 1, skipped: 0 }],
  ])('%s', (_, exitCode, tally, expected) => {
    expect(settle(exitCode, tally)).toEqual(expected);
  });
});

describe('forge', () => {
  const summary =
    'Ran 5 test suites in 3.60s (5.87s CPU time): 63 tests passed, 1 failed, 2 skipped (66 total tests)';
  test('its last line is read, coloured or not', () => {
    const expected = { passed: 63, failed: 1, skipped: 2 };
    expect(readForgeTally(`[PASS] test_a()\n${summary}\n\nFailing tests:\n`)).toEqual(expected);
    expect(readForgeTally(summary.replace('63', '\u001b[32m63\u001b[0m'))).toEqual(expected);
    expect(readForgeTally(summary.replace('5 test suites', '1 test suite'))).toEqual(expected);
  });
  test('no last line is no result', () => {
    expect(readForgeTally('Compiler run failed:\n')).toBeNull();
    expect(readForgeTally('No tests found in project!')).toBeNull();
  });
});

test('a report of Vitest counts files that could not be loaded', () => {
  const results = (...statuses: string[]) => statuses.map((status) => ({ status }));
  const report = {
    testResults: [
      { status: 'passed', assertionResults: results('passed', 'skipped', 'todo', 'pending') },
      { status: 'failed', assertionResults: results('passed', 'failed', 'failed') },
      { status: 'failed', assertionResults: [] },
    ],
  };
  expect(readVitestTally(JSON.stringify(report))).toEqual({ passed: 2, failed: 3, skipped: 3 });
});

describe('npm test', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(path.join(REPOSITORY, 'node_modules', '.naru-runs-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  /** Runs tools/test.ts on a folder of test files that is not the repository's. */
  async function run(files: Record<string, string>, ...args: string[]) {
    for (const [name, content] of Object.entries(files)) await writeFile(path.join(dir, name), content);
    await writeFile(
      path.join(dir, 'vitest.config.mjs'),
      `export default { test: { include: ['*.test.mjs'] } };`,
    );
    const vitestArgs = [
      '--only',
      'vitest',
      '--root',
      dir,
      '--config',
      path.join(dir, 'vitest.config.mjs'),
      ...args,
    ];
    // A run inside a run must not take itself for a part of the outer one.
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')),
    );
    const child = spawn(process.execPath, ['tools/test.ts', ...vitestArgs], { cwd: REPOSITORY, env });
    const [output, errors, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { exitCode, lastLine: output.trimEnd().split('\n').at(-1), output: output + errors };
  }

  const PASSING = "import { test } from 'vitest';\ntest('a', () => {});\ntest('b', () => {});\n";

  test('passes when all tests pass', async () => {
    const { exitCode, lastLine, output } = await run({ 'a.test.mjs': PASSING });
    expect({ exitCode, lastLine }, output).toEqual({
      exitCode: 0,
      lastLine: '2 passed, 0 failed, 0 skipped',
    });
  });

  test.each([
    [
      'a test fails',
      { 'b.test.mjs': PASSING.replace('{});\n', "{ throw new Error('no'); });\n") },
      '3 passed, 1 failed, 0 skipped',
    ],
    ['a file cannot be loaded', { 'b.test.mjs': "import './none.mjs';" }, '2 passed, 1 failed, 0 skipped'],
    [
      'an error is thrown outside of tests',
      {
        'b.test.mjs': `${PASSING}setTimeout(() => { throw new Error('late'); });\ntest('c', () => new Promise((end) => setTimeout(end, 100)));`,
      },
      '5 passed, 1 failed, 0 skipped',
    ],
  ])('fails when %s', async (_, files, expected) => {
    const { exitCode, lastLine, output } = await run({ 'a.test.mjs': PASSING, ...files });
    expect({ exitCode, lastLine }, output).toEqual({ exitCode: 1, lastLine: expected });
  });

  test('fails when nothing was run', async () => {
    const { exitCode, lastLine } = await run({ 'a.test.mjs': PASSING }, 'no-such-file');
    expect({ exitCode, lastLine }).toEqual({ exitCode: 1, lastLine: '0 passed, 1 failed, 0 skipped' });
  });

  test('refuses a suite that it does not know', async () => {
    const { exitCode, output } = await run({}, '--only', 'everything');
    expect(exitCode).toBe(2);
    expect(output).toContain('--only must be followed by contracts or vitest');
  });
});
