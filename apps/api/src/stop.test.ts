import { type ChildProcess, spawn } from 'node:child_process';
import { request } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { tokens } from '../test/in-memory-withdrawals.ts';
import { aRequest, auth } from '../test/test-app.ts';

/** Real processes and real signals: what an orchestrator does. */
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

type Started = { child: ChildProcess; output: () => string; exit: Promise<number | null> };

function start(script: string, args: string[] = [], env: Record<string, string> = {}): Started {
  const file = new URL(script, import.meta.url).pathname;
  const child = spawn(process.execPath, [file, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  children.push(child);
  let text = '';
  child.stdout.on('data', (part) => (text += part));
  child.stderr.on('data', (part) => (text += part));
  const exit = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  return { child, output: () => text, exit };
}

async function urlOf(started: Started): Promise<string> {
  await expect.poll(started.output, { timeout: 20_000 }).toMatch(/"url":"http/);
  return /"url":"(http[^"]+)"/.exec(started.output())?.[1] ?? '';
}

function submit(url: string): Promise<{ status: number | undefined; connection: string | undefined }> {
  return new Promise((resolve, reject) => {
    const headers = { ...auth(tokens.all, 'key-1'), 'content-type': 'application/json' };
    const call = request(`${url}/v1/withdrawals`, { method: 'POST', headers }, (response) => {
      response.resume();
      response.on('end', () =>
        resolve({ status: response.statusCode, connection: response.headers.connection }),
      );
    });
    call.on('error', reject);
    call.end(JSON.stringify(aRequest));
  });
}

test('SIGTERM: the answer under way is given, new connections are not taken, the process ends with 0', async () => {
  const started = start('../test/serve-in-memory.ts', ['4000']);
  const url = await urlOf(started);
  const underWay = submit(url);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  started.child.kill('SIGTERM');
  await expect
    .poll(() => submit(url).catch((error: { code?: string }) => error.code), { timeout: 10_000 })
    .toBe('ECONNREFUSED');
  expect(await underWay).toEqual({ status: 202, connection: 'close' });
  expect(await started.exit).toBe(0);
});

test('main: without its database it is alive and not ready, and stops cleanly', async () => {
  const started = start('./main.ts', [], {
    DATABASE_URL: 'postgres://naru:naru@127.0.0.1:1/naru',
    NARU_PORT: '0',
  });
  const url = await urlOf(started);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const ready = await fetch(`${url}/readyz`);
  expect(ready.status).toBe(503);
  expect(((await ready.json()) as { checks: Record<string, string> }).checks['database']).toContain(
    'ECONNREFUSED',
  );
  const call = await fetch(`${url}/v1/chains`, {
    headers: { authorization: `Bearer nk_test_${'a'.repeat(43)}` },
  });
  expect(call.status).toBe(503);
  started.child.kill('SIGTERM');
  expect(await started.exit).toBe(0);
});

test('main: without configuration it says what to set', async () => {
  const started = start('./main.ts');
  expect(await started.exit).toBe(1);
  expect(started.output()).toContain('DATABASE_URL is not set: set it to');
});
