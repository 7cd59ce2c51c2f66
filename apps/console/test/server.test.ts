import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { silentLogger } from '@naru/kit/logger.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { run, type Server } from '../src/run.ts';

const SCRIPT = 'export const words = "나루";\n'.repeat(100);
let dir: string;
let console_: Server;
const asked: IncomingMessage[] = [];
const api = createServer((request, response) => {
  asked.push(request);
  response.setHeader('content-type', 'application/json').end('{"from":"api"}');
});

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'naru-console-server-'));
  await mkdir(path.join(dir, 'assets'));
  await mkdir(path.join(dir, '.vite'));
  await writeFile(path.join(dir, 'index.html'), '<!doctype html><title>Naru</title>');
  await writeFile(path.join(dir, '.vite/manifest.json'), '{}');
  await writeFile(path.join(dir, 'assets/app-1.js'), SCRIPT);
  await writeFile(path.join(dir, 'assets/app-1.js.br'), brotliCompressSync(SCRIPT));
  await writeFile(path.join(dir, 'assets/app-1.js.gz'), gzipSync(SCRIPT));
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  const { port } = api.address() as AddressInfo;
  const config = readConfig({
    NARU_CONSOLE_DIR: dir,
    NARU_CONSOLE_API_URL: `http://127.0.0.1:${port}`,
    NARU_PORT: '0',
  });
  console_ = await run(config, silentLogger);
});
afterAll(async () => {
  await console_?.close();
  api.close();
  await rm(dir, { recursive: true, force: true });
});

const get = (address: string, headers: Record<string, string> = {}) =>
  fetch(console_.url + address, { headers });

test('every address that is no file is the page, under its policy and kept by no cache', async () => {
  for (const address of ['/', '/withdrawals', '/withdrawals/wd_1?q=a.b']) {
    const answer = await get(address);
    expect(await answer.text()).toContain('<title>Naru</title>');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.headers.get('cache-control')).toBe('no-cache');
  }
});

test('a built file is sent compressed to whoever takes it, and kept for a year', async () => {
  for (const [accepted, sent] of [
    ['br, gzip', 'br'],
    ['gzip', 'gzip'],
    ['identity', null],
  ] as const) {
    const answer = await get('/assets/app-1.js', { 'accept-encoding': accepted });
    expect(answer.headers.get('content-encoding')).toBe(sent);
    expect(answer.headers.get('content-type')).toContain('javascript');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('vary')?.toLowerCase()).toContain('accept-encoding');
    expect(await answer.text()).toBe(SCRIPT);
  }
});

test('a file that is not there, one outside, and what only the build needs are not found', async () => {
  for (const address of [
    '/assets/app-2.js',
    '/.vite/manifest.json',
    '/%2e%2e/package.json',
    '/assets/..%2f..%2fsecret.txt',
  ]) {
    const answer = await get(address);
    expect([400, 403, 404], address).toContain(answer.status);
  }
  expect((await fetch(`${console_.url}/withdrawals`, { method: 'POST' })).status).toBe(405);
});

test('calls go on to the API without what a browser claims about where it is', async () => {
  const answer = await get('/api/v1/withdrawals?limit=1', {
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-host': 'elsewhere.example',
  });
  expect(await answer.json()).toEqual({ from: 'api' });
  const { url, headers } = asked.at(-1) ?? {};
  expect(url).toBe('/v1/withdrawals?limit=1');
  expect(headers?.['x-forwarded-for']).toBe('127.0.0.1');
  expect(headers?.['x-forwarded-host']).toBe(new URL(console_.url).host);
  await get('/auth/get-session');
  expect(asked.at(-1)?.url).toBe('/auth/get-session');
});

test('configuration that is wrong is refused with every problem, a line each', () => {
  expect(() => readConfig({ NARU_PORT: '99999', NARU_LOG_LEVEL: 'loud' })).toThrow(
    /NARU_PORT must.*NARU_LOG_LEVEL must.*NARU_CONSOLE_DIR is not set/s,
  );
});
