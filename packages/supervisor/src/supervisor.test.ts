import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { findFreePort } from '@naru/local-servers/ports.ts';
import { identifyProcess } from '@naru/local-servers/process-identity.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createSupervisor,
  type EndedEvent,
  type ProcessSpec,
  type Supervisor,
  type SupervisorOptions,
} from './supervisor.ts';

const TESTING_DIR = path.join(import.meta.dirname, 'testing');
const WAIT_MS = 30_000; // for a process to start or end on a busy machine
let dir: string;
const supervisors: Supervisor[] = [];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'naru-supervisor-'));
});
afterEach(async () => {
  for (const supervisor of supervisors.splice(0)) await supervisor.stopAll();
  await rm(dir, { recursive: true, force: true });
});

function spec(name: string, args: readonly string[], more: Partial<ProcessSpec> = {}): ProcessSpec {
  return {
    name,
    command: process.execPath,
    args: [path.join(TESTING_DIR, 'child.ts'), ...args],
    cwd: dir,
    env: {},
    logFile: path.join(dir, `${name}.log`),
    ...more,
  };
}

async function server(name: string, status = '200', more: Partial<ProcessSpec> = {}): Promise<ProcessSpec> {
  const port = await findFreePort();
  return spec(name, ['serve', String(port), status, name, path.join(dir, 'order')], {
    port,
    ready: `http://127.0.0.1:${port}/readyz`,
    ...more,
  });
}

function supervise(options: SupervisorOptions): { supervisor: Supervisor; ends: EndedEvent[] } {
  const ends: EndedEvent[] = [];
  const supervisor = createSupervisor({ onEnded: (event) => ends.push(event), ...options });
  supervisors.push(supervisor);
  return { supervisor, ends };
}

const isGone = (pid: number) => expect.poll(() => identifyProcess(pid), { timeout: WAIT_MS }).toBeNull();

test('what dies comes back under a new process id, and the death is reported', async () => {
  const { supervisor, ends } = supervise({ processes: [await server('api')] });
  await supervisor.start('api');
  await supervisor.waitReady('api', WAIT_MS);
  const pid = supervisor.pids()['api'] ?? 0;
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => ends, { timeout: WAIT_MS }).toHaveLength(1);
  expect(ends[0]).toMatchObject({ name: 'api', pid, code: null, signal: 'SIGKILL', problem: null });
  expect(ends[0]?.nextTryInMs).toBeGreaterThan(0);
  await supervisor.waitReady('api', WAIT_MS);
  expect(supervisor.pids()['api']).not.toBe(pid);
});

test('a crash loop slows down, and starts afresh after a stable run', async () => {
  const uptimesMs = [0, 0, 0, 0, 5_000, 0];
  let nowMs = 0;
  let reads = 0;
  const monotonicMs = () => {
    // A run reads the clock at its start and at its end: it lasts what the list says.
    if (reads++ % 2 === 1) nowMs += uptimesMs.shift() ?? 0;
    return nowMs;
  };
  const { supervisor, ends } = supervise({
    processes: [spec('loop', ['crash'])],
    backoff: { baseMs: 10, maxMs: 40, stableAfterMs: 5_000 },
    random: () => 1,
    clock: { now: () => new Date(), monotonicMs },
  });
  await supervisor.start('loop');
  await expect.poll(() => ends.length, { timeout: WAIT_MS }).toBeGreaterThanOrEqual(6);
  expect(ends.slice(0, 6).map((event) => event.nextTryInMs)).toEqual([10, 20, 40, 40, 10, 20]);
  expect(ends[0]).toMatchObject({ code: 3, signal: null, problem: null });
});

test('stops in reverse order, each before the next, and nothing comes back', async () => {
  const processes = [await server('first'), await server('second'), await server('third')];
  const { supervisor, ends } = supervise({ processes });
  for (const { name } of processes) {
    await supervisor.start(name);
    await supervisor.waitReady(name, WAIT_MS);
  }
  await supervisor.stopAll();
  expect(await readFile(path.join(dir, 'order'), 'utf8')).toBe('third\nsecond\nfirst\n');
  expect(ends.map(({ name, code, nextTryInMs }) => [name, code, nextTryInMs])).toEqual([
    ['third', 0, null],
    ['second', 0, null],
    ['first', 0, null],
  ]);
  expect(supervisor.pids()).toEqual({});
});

test('what ignores SIGTERM is killed after its limit, together with what it started', async () => {
  const { supervisor, ends } = supervise({
    processes: [spec('stubborn', ['stubborn'], { stopTimeoutMs: 300 })],
  });
  await supervisor.start('stubborn');
  const grandchild = () =>
    Number(/grandchild (\d+)/.exec(supervisor.lastLines('stubborn', 5).join('\n'))?.[1]);
  await expect.poll(grandchild, { timeout: WAIT_MS }).toBeGreaterThan(0);
  const pid = grandchild();
  await supervisor.stopAll();
  expect(ends).toMatchObject([{ signal: 'SIGKILL', nextTryInMs: null }]);
  await isGone(pid);
});

test('a failed wait says who, what /readyz answered, and shows the last log lines', async () => {
  const { supervisor } = supervise({ processes: [await server('worker', '503')] });
  await supervisor.start('worker');
  await expect
    .poll(() => supervisor.lastLines('worker', 1), { timeout: WAIT_MS })
    .toEqual(['worker listens']);
  const failure = supervisor.waitReady('worker', 500);
  await expect(failure).rejects.toThrow('worker is not ready after 500 ms');
  await expect(failure).rejects.toThrow('answered 503 {"checks":{"database":"no connection"}}');
  await expect(failure).rejects.toThrow(
    `The last lines of ${path.join(dir, 'worker.log')}:\n  worker listens`,
  );
});

test('a wait for what keeps dying ends early, with how it died and its last words', async () => {
  const processes = [spec('loop', ['crash'], { ready: 'http://127.0.0.1:1/readyz' })];
  const { supervisor } = supervise({ processes, backoff: { baseMs: 1, maxMs: 1, stableAfterMs: 60_000 } });
  await supervisor.start('loop');
  const failure = supervisor.waitReady('loop', WAIT_MS);
  await expect(failure).rejects.toThrow(/loop died \d+ times instead of becoming ready/);
  await expect(failure).rejects.toThrow('It last ended with exit code 3.');
  await expect(failure).rejects.toThrow('the last words');
});

test('a program that does not exist is reported as such', async () => {
  const { supervisor, ends } = supervise({
    processes: [spec('none', [], { command: path.join(dir, 'none') })],
  });
  await supervisor.start('none');
  await expect.poll(() => ends, { timeout: WAIT_MS }).not.toHaveLength(0);
  expect(ends[0]).toMatchObject({ pid: null, problem: expect.stringContaining('ENOENT') });
  expect(supervisor.pids()).toEqual({});
});

test('a taken port is refused by name', async () => {
  const taken = await server('api');
  const squatter = createServer().listen(taken.port, '127.0.0.1');
  await once(squatter, 'listening');
  const { supervisor } = supervise({ processes: [taken] });
  await expect(supervisor.start('api')).rejects.toThrow(
    `port ${taken.port} of 127.0.0.1, meant for api, is in use`,
  );
  squatter.close();
});

test('children end in their usual way when the supervisor is killed', async () => {
  const port = await findFreePort();
  const script = path.join(TESTING_DIR, 'run-supervisor.ts');
  const parent = spawn(process.execPath, [script, dir, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: parent.stdout }), 'line');
  const pid = Number(line);
  expect(identifyProcess(pid)).not.toBeNull();
  parent.kill('SIGKILL');
  await isGone(pid);
  expect(await readFile(path.join(dir, 'order'), 'utf8')).toBe('server\n');
});

test('watching the supervisor does not keep a finished program alive, nor fail without one', async () => {
  const { supervisor, ends } = supervise({ processes: [spec('short', ['finish'])] });
  await supervisor.start('short');
  await expect.poll(() => ends, { timeout: WAIT_MS }).not.toHaveLength(0);
  expect(ends[0]).toMatchObject({ code: 0 });
  const alone = spawn(process.execPath, [path.join(TESTING_DIR, 'child.ts'), 'finish'], { stdio: 'ignore' });
  expect(await once(alone, 'exit')).toEqual([0, null]);
});
