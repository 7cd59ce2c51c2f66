import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REPOSITORY } from './repository/files.ts';
import { fillGaps, type Lockfile } from './repository/lockfile.ts';
import { parseSource } from './repository/source.ts';
import type { Manifest } from './repository/workspaces.ts';
import { checkDependencies } from './tidy/dependencies.ts';
import { EXCEPTIONS } from './tidy/exceptions.ts';
import { findFloatingPromises } from './tidy/floating-promises.ts';
import { checkLockfile } from './tidy/lockfile.ts';
import { applyExceptions, checkFile, runTidy } from './tidy/run-tidy.ts';

/** `rule:line` for each finding; notes end with a question mark. */
function found(file: string, text: string): string[] {
  return checkFile(file, text).findings.map(
    ({ rule, line, isWarning }) => `${rule}:${line}${isWarning ? '?' : ''}`,
  );
}

const LIBRARY = 'packages/core/src/withdrawal/example.ts';

// It takes half a minute, which `.ci/run` has spent on it by then.
if (process.env['NARU_TIDY_CHECKED'] !== '1')
  test('the repository is tidy', () => {
    const errors = runTidy(REPOSITORY, EXCEPTIONS).filter(({ isWarning }) => !isWarning);
    expect(errors.map(({ file, line, rule, message }) => `${file}:${line} [${rule}] ${message}`)).toEqual([]);
  }, 120_000);

test('an exception silences its rule in its file, and is a finding itself when nothing needs it', () => {
  const finding = (rule: string, file: string) => ({ rule, file, line: 1, message: '', isWarning: false });
  const reason = 'for this test';
  const findings = [finding('file-size', 'a.ts'), finding('file-size', 'b.ts'), finding('sql', 'a.ts')];
  const covered = { rule: 'file-size', file: 'a.ts', reason };
  expect(applyExceptions(findings, [covered])).toEqual(findings.slice(1));
  const stale = { rule: 'sql', file: 'c.ts', reason };
  expect(applyExceptions(findings, [stale]).slice(3)).toMatchObject([
    { file: 'tools/tidy/exceptions.ts', message: 'c.ts no longer breaks the rule sql; remove the exception' },
  ]);
});

describe('environment', () => {
  test.each([
    ['process.env', 'const a = process.env.HOME;'],
    ['a key in brackets', "const a = process['env'].HOME;"],
    ['globalThis', 'const a = globalThis.process.env;'],
    ['destructuring', 'const { env } = process;'],
    ['an import', "import { env } from 'node:process';"],
  ])('%s is banned in a package', (_, text) => {
    expect(found(LIBRARY, text)).toEqual(['environment:1']);
  });
  test.each(['apps/api/src/config.ts', 'apps/api/src/main.ts', 'tools/x.ts', 'packages/core/src/x.test.ts'])(
    'is allowed in %s',
    (file) => {
      expect(found(file, 'export const a = process.env;')).toEqual([]);
    },
  );
  test('other members and texts are not meant', () => {
    expect(
      found(LIBRARY, "const a = process.pid; const b = import.meta.env; const c = 'process.env';"),
    ).toEqual([]);
  });
});

describe('sql', () => {
  test.each([
    ['the template of Kysely', "import { sql } from 'kysely';"],
    ['a query in a template', 'const q = `SELECT id\n FROM withdrawal WHERE id = 1`;'],
    ['a query in a string', "const q = 'INSERT INTO withdrawal VALUES (1)';"],
    ['an update', "const q = 'UPDATE withdrawal SET state = 1';"],
    ['a deletion', "const q = 'DELETE FROM withdrawal';"],
    ['the query builder', "db.selectFrom('withdrawal').execute();"],
  ])('%s is banned outside stores', (_, text) => {
    expect(found(LIBRARY, text)).toEqual(['sql:1']);
    expect(found(LIBRARY.replace('.ts', '.store.ts'), text)).toEqual([]);
    expect(found(LIBRARY.replace('.ts', '.test.ts'), text)).toEqual([]);
  });
  test('English is not SQL', () => {
    expect(
      found(LIBRARY, "const m = 'select one of them from the list, update the row and set it';"),
    ).toEqual([]);
  });
});

describe('purity', () => {
  const machine = 'packages/core/src/withdrawal/withdrawal.machine.ts';
  test.each([
    'Date.now()',
    'new Date()',
    'Date()',
    'performance.now()',
    'Math.random()',
    'crypto.randomUUID()',
  ])('%s is banned in a machine', (call) => {
    expect(found(machine, `export const a = ${call};`)).toEqual(['purity:1']);
    expect(found('packages/core/src/chain-tx/planner.ts', `\nexport const a = ${call};`)).toEqual([
      'purity:2',
    ]);
    expect(found(LIBRARY, `export const a = ${call};`)).toEqual([]);
  });
  test('so are sources of time and chance that are imported', () => {
    expect(found(machine, "import { systemClock } from '@naru/kit/clock.ts';")).toEqual(['purity:1']);
  });
  test('a date that is made from an argument is allowed', () => {
    expect(found(machine, 'export const at = (ms: number) => new Date(ms);')).toEqual([]);
  });
});

describe('programs', () => {
  test('console is for the command line', () => {
    expect(found('apps/api/src/a.ts', "console.error('x');")).toEqual(['console:1']);
    expect(found('apps/cli/src/a.ts', "console.log('x');")).toEqual([]);
    expect(found('bench/src/a.ts', "console.log('x');")).toEqual([]);
  });
  test('the compiler is not silenced', () => {
    const text = [
      'export const a = b as any;',
      'export const c = d!.e;',
      'let f!: string;',
      '// @ts-ignore',
      '/* @ts-nocheck */',
      '// @ts-expect-error: an amount is no number',
      "const text = 'as any, @ts-ignore';",
    ].join('\n');
    expect(found(LIBRARY, text).sort()).toEqual(['types:1', 'types:2', 'types:3', 'types:4', 'types:5']);
  });
  test('tests all run', () => {
    const text =
      "it.only('a', f);\ntest.skip('b', f);\ndescribe.todo('c');\ntest.concurrent.only('d', f);\nxit('e', f);\ntest.each([1])('f', g);\nlist.only(1);";
    expect(found('packages/core/src/a.test.ts', text)).toEqual([
      'tests:1',
      'tests:2',
      'tests:3',
      'tests:4',
      'tests:5',
    ]);
  });
  test('an amount stays a bigint', () => {
    const text = [
      'Number(amount);',
      'Number(row.feeKrw.toString());',
      'parseFloat(String(gasPriceWei));',
      'const n = +balanceUnits;',
      'Number(amountWeiMax / 10n);',
      'Number(amounts.length + row.amount.length);',
      'Number(blockNumber);',
      'BigInt(amount);',
    ].join('\n');
    expect(found(LIBRARY, text)).toEqual(['money:1', 'money:2', 'money:3', 'money:4', 'money:5']);
  });
  test('there are no barrels', () => {
    expect(found('packages/core/src/index.ts', 'export const a = 1;')).toEqual(['barrels:1']);
    expect(found('apps/console/src/routes/index.tsx', 'export const a = 1;')).toEqual([]);
    expect(found(LIBRARY, "const a = 1;\nexport * from './b.ts';")).toEqual(['barrels:2']);
    expect(found(LIBRARY, "export { b } from './b.ts';\nexport type { C } from './c.ts';")).toEqual([
      'barrels:1',
    ]);
    expect(found(LIBRARY, "export { b } from './b.ts';\nexport const a = 1;")).toEqual([]);
  });
});

describe('sizes', () => {
  const lines = (count: number) => '  work();\n'.repeat(count);
  test('a file has at most 400 lines', () => {
    expect(found(LIBRARY, lines(400))).toEqual([]);
    expect(found(LIBRARY, lines(401))).toEqual(['file-size:1']);
    expect(found('packages/db/src/schema.gen.ts', lines(401))).toEqual([]);
    expect(found('docs/long.md', lines(401))).toEqual([]);
  });
  test('a function is noted beyond 100 lines and refused beyond 150', () => {
    const ofLines = (count: number) => `\nexport function long() {\n${lines(count - 2)}}\n`;
    expect(found(LIBRARY, ofLines(100))).toEqual([]);
    expect(found(LIBRARY, ofLines(101))).toEqual(['function-size:2?']);
    expect(found(LIBRARY, ofLines(150))).toEqual(['function-size:2?']);
    expect(found(LIBRARY, ofLines(151))).toEqual(['function-size:2']);
  });
  test('a suite of tests is no function in this sense, its tests are', () => {
    const suite = `describe('a', () => {\n${lines(160)}});\n`;
    expect(found('packages/core/src/a.test.ts', suite)).toEqual([]);
    const long = `describe('a', () => {\n  test('b', () => {\n${lines(160)}  });\n});\n`;
    expect(found('packages/core/src/a.test.ts', long)).toEqual(['function-size:2']);
  });
});

describe('texts', () => {
  const marker = 'TODO';
  test('a marker names its issue', () => {
    expect(found(LIBRARY, `// ${marker}: later\nconst a = '${marker}';`)).toEqual(['markers:1']);
    expect(found(LIBRARY, `// ${marker}(#12): later`)).toEqual([]);
    expect(found('packages/db/migrations/1.sql', `SELECT 1; -- ${marker} index`)).toEqual(['markers:1']);
    expect(found('docs/a.md', `Write no \`${marker}\`.\n${marker}: more`)).toEqual(['markers:2']);
  });
  test.each(['work/main/docs', 'root/.npmrc', 'tmp/naru-1/log', 'home/kim/naru'])(
    'a path of one machine is not written down: %s',
    (rest) => {
      expect(found('docs/a.md', `See /${rest} for it.`)).toEqual(['machine-paths:1']);
      expect(found(LIBRARY, `\n// see /${rest}\n`)).toEqual(['machine-paths:2']);
      expect(found(LIBRARY, `const dir = '/${rest}';`)).toEqual([]);
    },
  );
  test('addresses and relative paths are fine', () => {
    expect(
      found('docs/a.md', 'https://example.org/work/a/b, ./tmp/a/b, ~/work/a, /v1/withdrawals/id'),
    ).toEqual([]);
  });
  test.each([
    ['clau', 'de'],
    ['chat', 'gpt'],
    ['co', 'pilot'],
    ['written by a l', 'lm'],
    ['generated by a', 'i'],
    ['an a', 'i assistant'],
  ])('says nothing about how it was written: %s…', (...parts) => {
    expect(found('docs/a.md', `\nThis is ${parts.join('')}.`)).toEqual(['foreign-text:2']);
    expect(found(LIBRARY, `const a = '${parts.join('')}';`)).toEqual(['foreign-text:1']);
  });
  test('words that only look alike are fine', () => {
    expect(found('docs/a.md', 'Aid, email, the cursor of a page, main, an agent, a user agent.')).toEqual([]);
  });
  test('the lock file names no registry', () => {
    expect(found('package-lock.json', '{\n"resolved": "https://registry.example/a.tgz" }')).toEqual([
      'registry-hosts:2',
    ]);
  });
});

describe('dependencies', () => {
  const rootManifest: Manifest = { name: 'naru', devDependencies: { vitest: '5.1.1' } };
  const check = (manifest: Partial<Manifest>, files: Record<string, string>) =>
    checkDependencies({
      root: REPOSITORY,
      files: [],
      sources: Object.entries({ 'tools/x.ts': "import 'vitest';", ...files }).map(([file, text]) =>
        parseSource(file, text),
      ),
      workspaces: [
        { dir: '', manifest: rootManifest },
        { dir: 'packages/a', manifest: { name: '@naru/a', version: '0.1.0', ...manifest } },
        { dir: 'packages/b', manifest: { name: '@naru/b', version: '0.1.0' } },
      ],
    }).map(({ file, message }) => `${file}: ${message}`);

  test('what a program imports is declared', () => {
    const files = { 'packages/a/src/x.ts': "import pg from 'pg';\nimport 'node:fs';\nimport './y.ts';" };
    expect(check({}, files)).toEqual([expect.stringContaining('packages/a/src/x.ts: imports pg')]);
    expect(check({ dependencies: { pg: '8.23.1' } }, files)).toEqual([]);
    expect(check({ devDependencies: { pg: '8.23.1' } }, files)).toEqual([
      expect.stringContaining('imports pg'),
    ]);
  });
  test('tests use the test tools of the repository, programs do not', () => {
    const text = "import 'vitest'; import '@naru/testkit/test-database.ts';";
    expect(check({}, { 'packages/a/src/x.test.ts': text })).toEqual([]);
    expect(check({}, { 'packages/a/src/x.ts': text })).toHaveLength(2);
  });
  test('a workspace is declared like any other package', () => {
    expect(check({}, { 'packages/a/src/x.ts': "import '@naru/b/x.ts';" })).toHaveLength(1);
  });
  test('what is declared is used, be it in a string', () => {
    const dependencies = { pino: '1.0.0', 'pino-pretty': '1.0.0' };
    const messages = check({ dependencies }, { 'packages/a/src/x.ts': "log({ target: 'pino-pretty' });" });
    expect(messages).toEqual([expect.stringContaining('declares pino,')]);
  });
  test('versions are exact, and those of workspaces are theirs', () => {
    const files = { 'packages/a/src/x.ts': "import 'pg'; import '@naru/b/x.ts';" };
    const messages = check({ dependencies: { pg: '^8.23.1', '@naru/b': '0.2.0' } }, files);
    expect(messages).toEqual([
      expect.stringContaining('pg@^8.23.1'),
      expect.stringContaining('@naru/b@0.2.0'),
    ]);
  });
});

describe('the lock file', () => {
  const lockfile: Lockfile = {
    packages: {
      '': {},
      'node_modules/anvil': {
        version: '1.7.1',
        dev: true,
        optionalDependencies: { '@x/anvil-linux-amd64': '1.7.1', '@x/anvil-linux-x64-musl': '1.7.1' },
      },
      'node_modules/@x/anvil-linux-amd64': { version: '1.7.1', os: ['linux'], cpu: ['x64'], optional: true },
    },
  };
  test('has an entry for the programs of every system', () => {
    expect(checkLockfile(lockfile)).toMatchObject([
      {
        message: expect.stringContaining(
          'no entry for node_modules/@x/anvil-linux-x64-musl, so npm ci refuses it',
        ),
      },
    ]);
  });
  test('can be completed', () => {
    const completed = fillGaps(lockfile);
    expect(checkLockfile(completed)).toEqual([]);
    expect(completed.packages['node_modules/@x/anvil-linux-x64-musl']).toEqual({
      version: '1.7.1',
      os: ['linux'],
      cpu: ['x64'],
      libc: ['musl'],
      dev: true,
      optional: true,
    });
  });
});

describe('floating promises', () => {
  let dir: string;
  /** Below node_modules, where Git and the other checks do not look and packages resolve as they do for everyone. */
  beforeAll(async () => {
    const cache = path.join(REPOSITORY, 'node_modules', '.cache');
    await mkdir(cache, { recursive: true });
    dir = await mkdtemp(path.join(cache, 'naru-floating-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  test('the compiler finds them, also those that libraries return', async () => {
    await writeFile(path.join(dir, 'fixture.ts'), FLOATING_FIXTURE);
    const options = { extends: path.join(REPOSITORY, 'tsconfig.json'), include: ['fixture.ts'], exclude: [] };
    const configFile = path.join(dir, 'tsconfig.json');
    await writeFile(configFile, JSON.stringify(options));
    const findings = findFloatingPromises(dir, configFile, new Set(['fixture.ts']));
    const expected = FLOATING_FIXTURE.split('\n').flatMap((line, index) =>
      line.endsWith('// floats') ? [index + 1] : [],
    );
    expect(findings.map(({ line }) => line)).toEqual(expected);
  }, 60_000);

  test('Biome has its own rule switched on', async () => {
    const config = JSON.parse(await readFile(path.join(REPOSITORY, 'biome.json'), 'utf8'));
    const outside = await mkdtemp(path.join(tmpdir(), 'naru-biome-'));
    try {
      await writeFile(
        path.join(outside, 'biome.json'),
        JSON.stringify({ ...config, $schema: undefined, vcs: undefined }),
      );
      await writeFile(
        path.join(outside, 'fixture.ts'),
        'export async function work(): Promise<void> {}\nexport function start(): void {\n  work();\n}\n',
      );
      const biome = path.join(REPOSITORY, 'node_modules', '.bin', 'biome');
      const run = promisify(execFile)(biome, ['lint', '--reporter=json', '.'], { cwd: outside });
      const output = await run.then(
        ({ stdout }) => stdout,
        (error: { stdout: string }) => error.stdout,
      );
      const { diagnostics } = JSON.parse(output) as { diagnostics: { category: string; severity: string }[] };
      expect(diagnostics.map(({ category, severity }) => `${severity} ${category}`)).toEqual([
        'error lint/nursery/noFloatingPromises',
      ]);
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  }, 60_000);
});

const FLOATING_FIXTURE = `
import { writeFile } from 'node:fs/promises';
import { sleep } from '@naru/kit/clock.ts';
import type { FastifyReply } from 'fastify';
import type pg from 'pg';

declare const port: { send(amount: bigint): Promise<void>; maybe(): Promise<void> | undefined };
declare const isReady: boolean;
declare const onError: () => void;

export async function example(client: pg.Client, reply: FastifyReply): Promise<void> {
  sleep(5); // floats
  writeFile('a', 'b'); // floats
  client.query('x'); // floats
  port.send(1n); // floats
  port.maybe(); // floats
  isReady && port.send(1n); // floats
  isReady ? port.send(1n) : onError(); // floats
  port.send(1n).then(onError); // floats
  port.send(1n).finally(onError); // floats
  [1n].map((amount) => port.send(amount)); // floats
  port.send(1n).catch(onError);
  port.send(1n).then(onError, onError);
  port.send(1n).catch(onError).finally(onError);
  void port.send(1n);
  await port.send(1n);
  const sending = port.send(1n);
  await sending;
  reply.header('a', 'b');
}
`;
