import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkLedger } from '@naru/core/ledger/ledger.store.ts';
import { findReserveMismatches } from '@naru/core/reconciliation/reconciliation.store.ts';
import { sleep } from '@naru/kit/clock.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { findFreePort } from '@naru/local-servers/ports.ts';
import { type LocalRedis, startRedis } from '@naru/local-servers/redis.ts';
import { createNaru } from '@naru/sdk/create-naru.ts';
import type { StreamEventBody } from '@naru/wire/event.ts';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { countPayments } from '../support/chain-judge.ts';
import { randomAddress } from '../support/payouts.ts';
import { runNaru } from '../support/run-naru.ts';
import { eventually, type Stack, type StackProcess, startStack } from '../support/stack.ts';

type Api = StackProcess & { url: string };
type Made = { id: string; token: string };

let dir: string;
let stack: Stack;
let redis: LocalRedis;
let apis: Api[];
let apiPorts: number[];
const aborts: AbortController[] = [];

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'naru-lost-redis-'));
  redis = await startRedis({ logFile: path.join(dir, 'redis.log') });
  stack = await startStack({ accounts: 2 });
  apiPorts = [await findFreePort(), await findFreePort()];
  apis = [await startApi(0), await startApi(1)];
  await stack.startWorker('processor,broadcaster,monitor,accounts', { NARU_REDIS_URL: redis.url });
});
afterAll(async () => {
  await stack?.stop();
  await redis?.stop();
  await rm(dir, { recursive: true, force: true });
});
afterEach(async () => {
  for (const abort of aborts.splice(0)) abort.abort();
  const { db } = stack.database;
  expect(await checkLedger(db)).toEqual([]);
  expect(await findReserveMismatches(db)).toEqual([]);
  const payments = await countPayments(stack);
  expect([...payments.values()].every((times) => times === 1)).toBe(true);
});

/** On the same port each time, as behind an address that does not change. */
async function startApi(index: number): Promise<Api> {
  const port = String(apiPorts[index]);
  const started = await stack.startApi({ NARU_REDIS_URL: redis.url }, Number(port));
  return Object.assign(started, { url: `http://127.0.0.1:${port}` });
}

function follow(index: number) {
  const abort = new AbortController();
  aborts.push(abort);
  const events: StreamEventBody[] = [];
  const naru = createNaru({ baseUrl: `http://127.0.0.1:${apiPorts[index]}`, apiKey: stack.apiKey });
  const ended = (async () => {
    for await (const event of naru.events.stream({ after: '0', signal: abort.signal })) events.push(event);
  })();
  return { events, ended };
}

/** Pays, does something to the stack meanwhile, and waits until all is confirmed, asking instance `ask`. */
async function payThrough(count: number, ask: number, meanwhile: () => Promise<void>): Promise<string[]> {
  const naru = createNaru({
    baseUrl: `http://127.0.0.1:${apiPorts[ask]}`,
    apiKey: stack.apiKey,
    retriesMax: 10,
  });
  const submitted: string[] = [];
  const submitting = (async () => {
    for (let index = 0; index < count; index++) {
      const to = randomAddress();
      const { id } = await naru.withdrawals.create({ chain: 'localhost', asset: 'USDC', to, amount: '1' });
      submitted.push(id);
    }
  })();
  await sleep(300);
  await meanwhile();
  await submitting;
  for (const id of submitted) await naru.withdrawals.waitFor(id, { until: ['CONFIRMED'], timeoutMs: 60_000 });
  return submitted;
}

/** What the log itself has, for the caller's organisation, of the states that are told. */
async function logged(): Promise<string[]> {
  const { rows } = await sql<{ position: bigint }>`
    SELECT position FROM withdrawal_event WHERE to_state NOT IN ('VALIDATING', 'SIGNING', 'BROADCASTING')
     ORDER BY position`.execute(stack.database.db);
  return rows.map(({ position }) => String(position));
}

async function expectAllOnce(streams: readonly { events: StreamEventBody[] }[]): Promise<void> {
  const expected = await logged();
  for (const { events } of streams) {
    await eventually(
      'every event told',
      async () => (events.length >= expected.length ? true : null),
      30_000,
    ).catch(() => undefined);
    expect(events.map(({ id }) => id)).toEqual(expected);
  }
}

test('Redis flushed and killed mid-stream: payouts confirm, and every event is told once', async () => {
  const streams = [follow(0), follow(1), follow(1)];
  await payThrough(20, 0, async () => {
    await flushAll();
    await sleep(300);
    await redis.kill();
  });
  await expectAllOnce(streams);
  const ready = await fetch(`${apis[0]?.url}/readyz`);
  expect(ready.status).toBe(200);
  expect(((await ready.json()) as { checks: Record<string, string> }).checks['redis']).toMatch(/^degraded: /);

  redis = await startRedis({ logFile: path.join(dir, 'redis.log'), port: redis.port });
  await payThrough(10, 1, async () => undefined);
  await expectAllOnce(streams);
});

test('a Redis that hangs and comes back: nothing waits for it, nothing is missed', async () => {
  const streams = [follow(0), follow(1)];
  await payThrough(20, 1, async () => {
    redis.pause();
    await sleep(2_500);
    redis.resume();
  });
  await expectAllOnce(streams);
});

test('a key that an operator revokes is refused by every process at once', async () => {
  const env = { DATABASE_URL: stack.database.url };
  const owner = toPublicId('organisation', stack.caller.organisationId);
  const args = ['--name', 'short-lived', '--network', 'test', '--scopes', 'withdrawals:read', '--json'];
  const made = JSON.parse((await runNaru(['owners', 'key', owner, ...args], env)).out) as Made;
  const askAll = () =>
    Promise.all(
      apis.map(async ({ url }) => {
        const headers = { authorization: `Bearer ${made.token}` };
        return (await fetch(`${url}/v1/chains`, { headers })).status;
      }),
    );
  const revoke = () => runNaru(['owners', 'revoke', owner, made.id], { ...env, NARU_REDIS_URL: redis.url });
  // Whatever each process believes after this, it believes for five seconds, but for what it is told.
  const revoking = revoke();
  const asking = setInterval(() => void askAll().catch(() => undefined), 50);
  expect(await revoking).toMatchObject({ code: 0, err: '' });
  const endedAtMs = performance.now();
  await eventually('refused', async () => ((await askAll()).every((status) => status === 401) ? true : null));
  clearInterval(asking);
  expect(performance.now() - endedAtMs).toBeLessThan(3_000);
  expect(await revoke()).toMatchObject({ code: 1, err: expect.stringContaining('nothing was changed') });
});

test('the instance that reads for all is killed: the others go on, its own clients resume', async () => {
  const streams = [follow(0), follow(1)];
  for (const index of [0, 1])
    await payThrough(10, 1 - index, async () => {
      apis[index]?.kill('SIGKILL');
      await apis[index]?.ended;
      apis[index] = await startApi(index);
    });
  await expectAllOnce(streams);
});

async function flushAll(): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(redis.port, '127.0.0.1', () => socket.write('FLUSHALL\r\n'));
    socket.once('error', reject);
    socket.once('data', () => {
      socket.destroy();
      resolve();
    });
  });
}
