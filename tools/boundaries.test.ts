import { describe, expect, test } from 'vitest';
import { KEY_MODULES } from './boundaries/boundaries.data.ts';
import { checkBoundaries, findPath } from './boundaries/check-boundaries.ts';
import { buildImportGraph, type ImportGraph, readImportGraph } from './boundaries/import-graph.ts';
import { REPOSITORY } from './repository/files.ts';
import { parseSource } from './repository/source.ts';

describe('the repository', () => {
  const graph = readImportGraph(REPOSITORY);

  test('keeps its boundaries', () => {
    expect(checkBoundaries(graph).map(({ file, line, message }) => `${file}:${line} ${message}`)).toEqual([]);
  });

  test.each(['apps/api', 'apps/worker'])('no key can be reached from %s', (app) => {
    const main = `${app}/src/main.ts`;
    expect(graph.files).toContain(main);
    expect(findPath(graph, main, (edge) => KEY_MODULES.test(edge.import.specifier))).toBeNull();
    // The walk did go through the packages, or its silence would mean nothing.
    expect(findPath(graph, main, (edge) => edge.import.specifier === 'pg')).not.toBeNull();
  });

  test('a key can be reached from the signer', () => {
    const way = findPath(graph, 'apps/signer/src/main.ts', (edge) =>
      edge.import.specifier.startsWith('secp256k1'),
    );
    expect(way?.at(-1)?.from).toMatch(/^packages\/keystore\//);
  });
});

const WORKSPACES = ['apps/api', 'apps/signer', 'apps/worker', 'apps/console', 'bench'];
const PACKAGES = ['core', 'db', 'evm', 'keystore', 'kit', 'sdk', 'signer-protocol', 'testkit', 'wire'];

/** A repository with one empty file `src/a.ts` in each workspace, and the files given. */
function graphOf(files: Record<string, string>): ImportGraph {
  const dirs = [...WORKSPACES, ...PACKAGES.map((name) => `packages/${name}`)];
  const workspaces = dirs.map((dir) => ({
    dir,
    manifest: { name: `@naru/${dir.split('/').at(-1)}`, exports: { './*': './src/*' } },
  }));
  const empty = Object.fromEntries(dirs.map((dir) => [`${dir}/src/a.ts`, '']));
  const sources = Object.entries({ ...empty, ...files }).map(([file, text]) => parseSource(file, text));
  return buildImportGraph([{ dir: '', manifest: { name: 'naru' } }, ...workspaces], sources);
}

function found(files: Record<string, string>): string[] {
  return checkBoundaries(graphOf(files)).map(({ file, line, message }) => `${file}:${line} ${message}`);
}

describe('a program', () => {
  test.each([
    ['packages/kit/src/x.ts', '@naru/db/a.ts'],
    ['packages/wire/src/x.ts', 'viem'],
    ['packages/wire/src/x.ts', '@naru/core/a.ts'],
    ['packages/sdk/src/x.ts', '@naru/core/a.ts'],
    ['packages/sdk/src/x.ts', 'undici'],
    ['packages/signer-protocol/src/x.ts', '@naru/evm/a.ts'],
    ['packages/evm/src/x.ts', '@naru/core/a.ts'],
    ['packages/evm/src/x.ts', '@naru/db/a.ts'],
    ['packages/core/src/x.ts', 'fastify'],
    ['packages/core/src/x.ts', '@fastify/helmet'],
    ['packages/core/src/x.ts', 'react'],
    ['packages/core/src/x.ts', 'node:http'],
    ['packages/core/src/x.ts', '@naru/keystore/a.ts'],
    ['packages/core/src/x.ts', '@naru/sdk/a.ts'],
    ['packages/core/src/x.ts', '@naru/api/a.ts'],
    ['packages/core/src/x.ts', '@naru/testkit/a.ts'],
    ['apps/signer/src/x.ts', '@naru/core/a.ts'],
    ['apps/signer/src/x.ts', '@naru/db/a.ts'],
    ['apps/signer/src/x.ts', '@naru/evm/a.ts'],
    ['apps/api/src/x.ts', '@naru/keystore/a.ts'],
    ['apps/api/src/x.ts', '@naru/worker/a.ts'],
    ['apps/console/src/x.tsx', '@naru/core/a.ts'],
  ])('%s may not import %s', (file, specifier) => {
    const message = expect.stringContaining(`${file}:2 imports ${specifier}: `);
    expect(found({ [file]: `\nimport '${specifier}';` })).toEqual([message]);
    expect(found({ [file]: `\nimport type { X } from '${specifier}';` })).toEqual([message]);
    expect(found({ [file]: `\nexport { x } from '${specifier}';` })).toEqual([message]);
    expect(found({ [file]: `\nawait import('${specifier}');` })).toEqual([message]);
  });

  test.each([
    ['packages/wire/src/x.ts', 'zod'],
    ['packages/core/src/x.ts', '@naru/evm/a.ts'],
    ['packages/core/src/x.ts', 'kysely'],
    ['packages/core/src/x.ts', '@naru/core/a.ts'],
    ['apps/signer/src/x.ts', '@naru/keystore/a.ts'],
    ['apps/console/src/x.tsx', '@naru/wire/a.ts'],
    ['bench/src/x.ts', '@naru/core/a.ts'],
    ['test/e2e/x.ts', '@naru/api/a.ts'],
  ])('%s may import %s', (file, specifier) => {
    expect(found({ [file]: `import '${specifier}';` })).toEqual([]);
  });

  test.each([
    ['./gone.ts', 'leads to no file'],
    ['@naru/kit/gone.ts', 'leads to packages/kit/src/gone.ts, which is not there'],
    ['../../kit/src/a.ts', 'leads into packages/kit; import it by name'],
    [
      '../../../test/a.ts',
      'leads out of the workspace; what needs several apps to be tested stands in test/',
    ],
    ['/somewhere/a.ts', 'is an absolute path'],
    ['./a.test.ts', 'a program must not depend on what exists for tests'],
  ])('an import that goes astray is named: %s', (specifier, reason) => {
    const files = {
      'packages/db/src/x.ts': `import '${specifier}';`,
      'packages/db/src/a.test.ts': '',
      'test/a.ts': '',
    };
    expect(found(files)).toEqual([`packages/db/src/x.ts:1 imports ${specifier}: ${reason}`]);
  });

  test('a workspace without boundaries is named', () => {
    const graph = buildImportGraph(
      [
        { dir: '', manifest: { name: 'naru' } },
        { dir: 'packages/new', manifest: { name: '@naru/new' } },
      ],
      [],
    );
    expect(checkBoundaries(graph).map(({ file }) => file)).toEqual(['packages/new/package.json']);
  });
});

test('a test may import packages, and no app but its own', () => {
  const text = "import '@naru/testkit/a.ts';\nimport '@naru/sdk/a.ts';\nimport '@naru/api/a.ts';\n";
  expect(found({ 'apps/api/test/x.test.ts': text })).toEqual([]);
  expect(found({ 'packages/core/src/x.test.ts': text })).toEqual([
    expect.stringContaining('packages/core/src/x.test.ts:3 imports @naru/api/a.ts'),
  ]);
});

describe('a key', () => {
  const mainTo = (statement: string) => ({
    'apps/worker/src/main.ts': "import './run.ts';",
    'apps/worker/src/run.ts': "import '@naru/evm/b.ts';",
    'packages/evm/src/b.ts': statement,
  });

  test('is found through any number of files', () => {
    expect(found(mainTo("import 'viem/accounts';"))).toEqual([
      'packages/evm/src/b.ts:1 apps/worker/src/main.ts reaches keys: ./run.ts → @naru/evm/b.ts → viem/accounts; only apps/signer and apps/cli may',
    ]);
    expect(found(mainTo("await import('secp256k1');"))).toHaveLength(1);
    expect(found(mainTo("createRequire(import.meta.url)('secp256k1/bindings.js');"))).toHaveLength(1);
    // Only the names are types; the module itself is still loaded.
    expect(found(mainTo("import { type Account } from 'viem/accounts';"))).toHaveLength(1);
  });

  test('is not reached by an import of types, nor from other files than main', () => {
    expect(found(mainTo("import type { Account } from 'viem/accounts';"))).toEqual([]);
    expect(found({ ...mainTo(''), 'packages/evm/src/c.ts': "import 'viem/accounts';" })).toEqual([]);
  });

  test('cycles of imports end', () => {
    expect(found(mainTo("import '@naru/evm/b.ts';"))).toEqual([]);
  });
});
