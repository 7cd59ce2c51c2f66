/**
 * The real launcher in a repository of its own, with a small program in npm's place that notes each run in `npm-runs`
 * and makes a node_modules. What npm itself does was checked by hand; see the README of this folder.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const REPOSITORY = path.join(import.meta.dirname, '..', '..');
const WAIT_MS = 30_000; // for a process to start or end on a busy machine
const NPM = `#!/bin/sh
echo "$@" >> npm-runs
test -e npm-fails && { echo 'npm error network' >&2; exit 1; }
sleep 0.3
mkdir -p node_modules/.bin
ln -sf '${process.execPath}' node_modules/.bin/node
cp package-lock.json node_modules/.package-lock.json
`;
// It listens before it says a word, or a signal that answers the word may end it.
const MAIN = `
let interrupts = 0;
process.on('SIGINT', () => {
  console.log('interrupt', ++interrupts);
  if (interrupts === 2) process.exit(7);
});
process.on('SIGTERM', () => process.exit(9));
process.on('disconnect', () => { console.log('launcher is gone'); process.exit(0); });
console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd() }));
const [, mode] = process.argv.slice(2);
if (mode === '--kill') process.kill(process.pid, 'SIGKILL');
else if (mode === '--wait') setInterval(() => {}, 1000);
else process.exit(Number(mode));
`;
let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(path.join(tmpdir(), 'naru-launcher-')));
  await cp(path.join(REPOSITORY, 'start.mjs'), path.join(root, 'start.mjs'));
  await cp(path.join(REPOSITORY, 'tools', 'launcher'), path.join(root, 'tools', 'launcher'), {
    recursive: true,
  });
  await mkdir(path.join(root, 'apps', 'cli', 'src'), { recursive: true });
  await writeFile(path.join(root, 'apps', 'cli', 'src', 'main.ts'), MAIN);
  await writeFile(path.join(root, 'package.json'), '{"type":"module"}');
  await writeLockfile('1.0.0');
  await mkdir(path.join(root, 'bin'));
  await writeFile(path.join(root, 'bin', 'npm'), NPM);
  await chmod(path.join(root, 'bin', 'npm'), 0o755);
});
afterEach(() => rm(root, { recursive: true, force: true }));

function writeLockfile(version: string): Promise<void> {
  const packages = {
    '': {},
    'node_modules/a': { version },
    'node_modules/other-system': { version, optional: true },
  };
  return writeFile(path.join(root, 'package-lock.json'), JSON.stringify({ packages }));
}

type Launched = {
  child: ChildProcess;
  output: () => string;
  ended: Promise<[number | null, NodeJS.Signals | null]>;
};

function launch(...args: string[]): Launched {
  const env = { PATH: `${path.join(root, 'bin')}:/usr/bin:/bin` };
  const child = spawn(process.execPath, [path.join(root, 'start.mjs'), ...args], { cwd: tmpdir(), env });
  let output = '';
  child.stdout?.on('data', (chunk) => (output += String(chunk)));
  child.stderr?.on('data', (chunk) => (output += String(chunk)));
  const ended = once(child, 'close').then(([code, signal]): [number | null, NodeJS.Signals | null] => [
    code,
    signal,
  ]);
  return { child, output: () => output, ended };
}

async function countInstalls(): Promise<number> {
  const text = await readFile(path.join(root, 'npm-runs'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '').length;
}

const saysSoon = (launched: Launched, text: string) =>
  expect.poll(launched.output, { timeout: WAIT_MS }).toContain(text);

test('installs once, again when the lockfile changes, and passes arguments and exit codes through', async () => {
  const first = launch('start', '0', '--a b');
  expect(await first.ended).toEqual([0, null]);
  expect(first.output()).toContain(JSON.stringify({ args: ['dev', '0', '--a b'], cwd: root }));
  expect(await countInstalls()).toBe(1);
  expect(await launch('start', '5').ended).toEqual([5, null]);
  expect(await countInstalls()).toBe(1);
  await writeLockfile('1.0.1');
  expect(await launch('start', '0').ended).toEqual([0, null]);
  expect(await countInstalls()).toBe(2);
});

test('accepts what npm installed by hand', async () => {
  await launch('start', '0').ended;
  await rm(path.join(root, 'node_modules', '.naru-install'));
  expect(await launch('start', '0').ended).toEqual([0, null]);
  expect(await countInstalls()).toBe(1);
});

test('two at once install once', async () => {
  const both = [launch('start', '0'), launch('start', '0')];
  expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([
    [0, null],
    [0, null],
  ]);
  expect(await countInstalls()).toBe(1);
});

test('a lock whose process is gone does not block', async () => {
  const gone = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(gone, 'exit');
  await mkdir(path.join(root, '.naru'));
  await writeFile(path.join(root, '.naru', 'install.lock'), `${gone.pid} 0\n`);
  expect(await launch('start', '0').ended).toEqual([0, null]);
});

test('a failed install says what to do, runs nothing, and is done again', async () => {
  await writeFile(path.join(root, 'npm-fails'), '');
  const failed = launch('start', '0');
  expect(await failed.ended).toEqual([1, null]);
  expect(failed.output()).toContain('npm error network');
  expect(failed.output()).toContain('npm could not install the packages (exit code 1)');
  expect(failed.output()).not.toContain('"cwd"');
  await rm(path.join(root, 'npm-fails'));
  expect(await launch('start', '0').ended).toEqual([0, null]);
});

test('an interrupt that arrives twice at once is passed on once, and a later one again', async () => {
  const launched = launch('start', '--wait');
  await saysSoon(launched, '"cwd"');
  launched.child.kill('SIGINT');
  launched.child.kill('SIGINT');
  await saysSoon(launched, 'interrupt 1');
  await new Promise((resolve) => setTimeout(resolve, 400)); // longer than two copies of one Ctrl-C are apart
  expect(launched.output()).not.toContain('interrupt 2');
  launched.child.kill('SIGINT');
  expect(await launched.ended).toEqual([7, null]);
});

test('SIGTERM is passed on, and a death by signal is reported as one', async () => {
  const stopped = launch('start', '--wait');
  await saysSoon(stopped, '"cwd"');
  stopped.child.kill('SIGTERM');
  expect(await stopped.ended).toEqual([9, null]);
  expect(await launch('start', '--kill').ended).toEqual([null, 'SIGKILL']);
});

test('what runs learns that the launcher was killed', async () => {
  const launched = launch('start', '--wait');
  await saysSoon(launched, '"cwd"');
  launched.child.kill('SIGKILL');
  await saysSoon(launched, 'launcher is gone');
});

test('run takes a script from the current folder; help and nonsense start nothing', async () => {
  await writeFile(
    path.join(root, 'script.ts'),
    'console.log(process.argv.slice(2) as string[], process.cwd())',
  );
  const run = launch('run', path.join(root, 'script.ts'), 'x');
  expect(await run.ended).toEqual([0, null]);
  expect(run.output()).toContain(`[ 'x' ] ${await realpath(tmpdir())}`);
  const help = launch('--help');
  expect(await help.ended).toEqual([0, null]);
  expect(help.output()).toContain('Usage: node start.mjs');
  expect(await launch('nonsense').ended).toEqual([2, null]);
  expect(await launch('run').ended).toEqual([2, null]);
});
