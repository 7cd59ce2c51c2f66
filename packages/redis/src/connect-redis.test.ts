import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sleep } from '@naru/kit/clock.ts';
import { secret } from '@naru/kit/secret.ts';
import { type LocalRedis, startRedis } from '@naru/local-servers/redis.ts';
import { createClient } from '@redis/client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { connectRedis, type Redis } from './connect-redis.ts';

let dir: string;
let server: LocalRedis;
let open: Redis[] = [];
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'naru-redis-'));
});
beforeEach(async () => {
  server = await startRedis({ logFile: path.join(dir, 'redis.log') });
});
afterEach(async () => {
  for (const redis of open) await redis.close();
  open = [];
  await server.stop();
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** A busy machine must not look like a Redis that is away, but where that is what is tested. */
function connect(callTimeoutMs = 5_000): Redis & { problems: (string | null)[] } {
  const problems: (string | null)[] = [];
  const redis = connectRedis({
    url: secret(server.url),
    onProblem: (problem) => problems.push(problem),
    callTimeoutMs,
  });
  open.push(redis);
  return Object.assign(redis, { problems });
}

async function connected(callTimeoutMs?: number): Promise<Redis & { problems: (string | null)[] }> {
  const redis = connect(callTimeoutMs);
  await vi.waitFor(() => expect(redis.problem()).toBeNull(), { timeout: 5_000 });
  return redis;
}

async function flushAll(): Promise<void> {
  const client = createClient({ url: server.url });
  await client.connect();
  await client.flushAll();
  client.destroy();
}

test('two processes count together, and a window ends by itself', async () => {
  const [one, other] = [await connected(), await connected()];
  expect(await one.count('naru:test', 500)).toMatchObject({ current: 1 });
  expect(await other.count('naru:test', 500)).toMatchObject({ current: 2 });
  const third = await one.count('naru:test', 500);
  expect(third?.current).toBe(3);
  expect(third?.ttlMs).toBeLessThanOrEqual(500);
  await vi.waitFor(async () => expect((await other.count('naru:test', 500))?.current).toBe(1), {
    timeout: 5_000,
    interval: 600,
  });
});

test('a lease has one owner, is kept by it, and is free when given back or forgotten', async () => {
  const [one, other] = [await connected(), await connected()];
  expect(await one.lease('naru:lease', 'one', 60_000)).toBe(true);
  expect(await other.lease('naru:lease', 'other', 60_000)).toBe(false);
  expect(await one.lease('naru:lease', 'one', 60_000)).toBe(true);
  await other.giveBack('naru:lease', 'other');
  expect(await other.lease('naru:lease', 'other', 60_000)).toBe(false);
  await one.giveBack('naru:lease', 'one');
  expect(await other.lease('naru:lease', 'other', 60_000)).toBe(true);
  await flushAll();
  expect(await one.lease('naru:lease', 'one', 60_000)).toBe(true);
});

test('what is published reaches every listener; after a return each is told that it may have missed something', async () => {
  const [sender, receiver] = [await connected(), connect()];
  const heard: string[] = [];
  let gaps = 0;
  receiver.subscribe(
    'naru:news',
    (text) => heard.push(text),
    () => {
      gaps += 1;
    },
  );
  await vi.waitFor(() => expect(gaps).toBe(1), { timeout: 5_000 });
  expect(receiver.isListening()).toBe(true);
  sender.publish('naru:news', 'first');
  await vi.waitFor(() => expect(heard).toEqual(['first']), { timeout: 5_000 });

  await server.kill();
  await vi.waitFor(() => expect(receiver.isListening()).toBe(false), { timeout: 5_000 });
  server = await startRedis({ logFile: path.join(dir, 'redis.log'), port: server.port });
  await vi.waitFor(() => expect(gaps).toBe(2), { timeout: 10_000 });
  await vi.waitFor(
    () => {
      sender.publish('naru:news', 'again');
      expect(heard).toContain('again');
    },
    { timeout: 10_000, interval: 200 },
  );
  expect(sender.problems).toContainEqual(expect.any(String));
  expect(sender.problems.at(-1)).toBeNull();
});

test('one that is dead is answered for at once: nobody knows', async () => {
  const redis = await connected();
  await server.kill();
  await vi.waitFor(() => expect(redis.problem()).not.toBeNull(), { timeout: 5_000 });
  const startedMs = performance.now();
  for (let call = 0; call < 1_000; call++) expect(await redis.count('naru:test', 500)).toBeNull();
  expect(performance.now() - startedMs).toBeLessThan(1_000);
});

test('one that hangs costs one call a tenth of a second, and its neighbours nothing', async () => {
  const redis = await connected(100);
  server.pause();
  try {
    const startedMs = performance.now();
    expect(await redis.count('naru:test', 500)).toBeNull();
    for (let call = 0; call < 1_000; call++) expect(await redis.count('naru:test', 500)).toBeNull();
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    expect(redis.problem()).toContain('no answer within 100 ms');
  } finally {
    server.resume();
  }
  await vi.waitFor(async () => expect(await redis.count('naru:test', 500)).not.toBeNull(), {
    timeout: 15_000,
    interval: 200,
  });
});

test('one that was never there does not hinder, and does not keep the process', async () => {
  const redis = connectRedis({ url: secret('redis://127.0.0.1:1'), onProblem: () => undefined });
  await sleep(200);
  expect(await redis.lease('naru:lease', 'one', 1_000)).toBeNull();
  redis.publish('naru:news', 'nobody');
  expect(redis.problem()).not.toBeNull();
  await redis.close();
});
