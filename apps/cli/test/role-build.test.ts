import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildRoles, type RoleBuild } from '../src/role-build.ts';
import { roleCommand } from '../src/role-command.ts';

/** A repository in small: each app says its name with a word of a package. */
let root: string;

async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await writeFile(path.join(root, file), text);
}

async function built(): Promise<RoleBuild> {
  const build = await buildRoles(root);
  if (build === null) throw new Error('nothing was built');
  return build;
}

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'naru-build-'));
  await write('package.json', '{ "type": "module" }');
  await write('package-lock.json', '{}');
  await write('packages/word/src/word.ts', "export const word: string = 'works';");
  await write('apps/cli/src/end-with-supervisor.ts', '');
  await write('apps/cli/src/role-build.ts', '');
  for (const app of ['api', 'signer', 'worker'])
    await write(
      `apps/${app}/src/main.ts`,
      `import { word } from '../../../packages/word/src/word.ts'; console.log('${app} ' + word);`,
    );
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

test.each(['api', 'signer', 'worker'])(
  'the program of %s runs, and needs nothing but its build',
  async (app) => {
    const { dir } = await built();
    for (const name of ['apps', 'packages']) await rm(path.join(root, name), { recursive: true });
    const flags = ['--permission', `--allow-fs-read=${dir}/`, `--allow-fs-read=${root}/package.json`];
    const run = await promisify(execFile)(process.execPath, [...flags, path.join(dir, app, 'main.js')]);
    expect(run.stdout).toBe(`${app} works\n`);
  },
);

test('is made once, also by three at once, and anew when any source changes', async () => {
  const [first, ...others] = await Promise.all([built(), built(), built()]);
  expect(others).toEqual([first, first]);
  const { mtimeMs } = await stat(path.join(first.dir, 'api', 'main.js'));
  await built();
  expect((await stat(path.join(first.dir, 'api', 'main.js'))).mtimeMs).toBe(mtimeMs);

  await write('packages/word/src/word.ts', "export const word: string = 'changed';");
  const second = await built();
  expect(second.dir).not.toBe(first.dir);
  expect((await readdir(path.join(root, 'dist'))).sort()).toEqual(
    [first, second].map(({ dir }) => path.basename(dir)).sort(),
  );
});

test('leaves no drafts and only the newest builds', async () => {
  let last = await built();
  const killed = path.join(root, 'dist', '.draft-killed');
  await mkdir(killed);
  await utimes(killed, 0, 0);
  for (const word of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) {
    await write('packages/word/src/word.ts', `export const word: string = '${word}';`);
    last = await built();
  }
  const names = await readdir(path.join(root, 'dist'));
  expect(names).toHaveLength(5);
  expect(names).toContain(path.basename(last.dir));
});

test('a program that cannot be built is an error, and leaves nothing behind', async () => {
  await write('apps/api/src/main.ts', "import './not-there.ts';");
  await expect(buildRoles(root)).rejects.toThrow('not-there');
  expect(await readdir(path.join(root, 'dist'))).toEqual([]);
});

test('where nothing can be written there is no build, and a role runs from its sources', async () => {
  expect(await buildRoles('/sys')).toBeNull();
  const { args } = roleCommand('api', { root, build: null });
  expect(args.at(-1)).toBe(path.join(root, 'apps', 'api', 'src', 'main.ts'));
});

test('a role may read its build and the packages, not the sources', async () => {
  const build = { dir: path.join(root, 'dist', 'x') };
  const { args } = roleCommand('api', { root, build });
  expect(args.at(-1)).toBe(path.join(build.dir, 'api', 'main.js'));
  expect(args.filter((argument) => argument.startsWith('--allow'))).toEqual([
    `--allow-fs-read=${build.dir}/`,
    `--allow-fs-read=${path.join(root, 'node_modules')}/`,
    `--allow-fs-read=${path.join(root, 'package.json')}`,
    '--allow-fs-read=/sys/fs/cgroup/',
    '--allow-fs-read=/proc/self/cgroup',
  ]);
});
