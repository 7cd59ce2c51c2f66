import { request as httpRequest } from 'node:http';
import { createAccess } from '@naru/core/access/create-access.ts';
import { configureChains } from '@naru/core/chain/configure-chains.ts';
import type { NewOtherEvent } from '@naru/core/event/event.ts';
import { appendEvents } from '@naru/core/event/organisation-event.store.ts';
import { insertWithdrawals } from '@naru/core/withdrawal/withdrawal.store.ts';
import { type Tx, withTransaction } from '@naru/db/database.ts';
import { sleep, systemClock } from '@naru/kit/clock.ts';
import { newUuid, toPublicId } from '@naru/kit/ids.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { createMetricsRegistry } from '@naru/ops/ops-server.ts';
import { createNaru } from '@naru/sdk/create-naru.ts';
import { isNaruApiError } from '@naru/sdk/errors.ts';
import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import type { StreamEventBody } from '@naru/wire/event.ts';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createInMemoryWithdrawals } from '../test/in-memory-withdrawals.ts';
import { testDeps } from '../test/test-app.ts';
import { eventExamples } from './openapi/webhooks.ts';
import { type Server, serve } from './serve.ts';
import { createEventFeed, type EventFeed } from './stream/event-feed.ts';
import { createEventStreams } from './stream/event-streams.ts';
import { STREAMS_PER_KEY_MAX } from './stream/stream.limits.ts';

type Owner = {
  organisationId: string;
  keyId: string;
  token: string;
  submit(count: number): Promise<string[]>;
  /** Of a file, and of a deposit: what the log has beside withdrawals. */
  tell(): Promise<void>;
};

let database: TestDatabase;
let owner: Owner;
let server: Server;
let feed: EventFeed;
const open: AbortController[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await configureChains(
    database.db,
    new Map([['localhost', { payoutContract: `0x${'1'.repeat(40)}`, hasRpc: true }]]),
  );
});
afterAll(() => database.drop());
beforeEach(async () => {
  owner = await createOwner();
  ({ server, feed } = await start());
});
afterEach(async () => {
  for (const one of open.splice(0)) one.abort();
  await server.close();
  await feed.close();
});

async function start(heartbeatMs = 15_000) {
  const { db } = database;
  const metrics = createMetricsRegistry('api');
  const created = createEventFeed({ db, log: silentLogger, relay: null, listen: null });
  const deps = {
    ...testDeps(createInMemoryWithdrawals()),
    metrics,
    access: createAccess({ db, clock: systemClock }),
    streams: createEventStreams({ db, feed: created, metrics, heartbeatMs }),
  };
  return { server: await serve(deps, { host: '127.0.0.1', port: 0 }), feed: created };
}

/** Withdrawals appear as rows with their events: what the log tells does not depend on balances. */
async function createOwner(scopes = ['withdrawals:read']): Promise<Owner> {
  const { db } = database;
  const access = createAccess({ db, clock: systemClock });
  const { id: organisationId } = await access.createOrganisation(newUuid());
  const key = await access.createApiKey({ organisationId, name: 'test', network: 'test', scopes });
  return {
    organisationId,
    keyId: key.id,
    token: key.token,
    async submit(count) {
      const rows = Array.from({ length: count }, (_, index) => aWithdrawal(organisationId, `row-${index}`));
      for (const row of rows) await withTransaction(db, (tx) => insertWithdrawals(tx, [row]));
      return rows.map(({ id }) => toPublicId('withdrawal', id));
    },
    async tell() {
      await withTransaction(db, async (tx) => {
        await takeNumber(tx);
        await appendEvents(tx, othersOf(organisationId));
      });
    },
  };
}

/** As a transaction that has written has. */
async function takeNumber(tx: Tx): Promise<void> {
  await sql`SELECT pg_current_xact_id()`.execute(tx);
}

/** In the order of the log. */
function othersOf(organisationId: string): NewOtherEvent[] {
  return (['deposit.credited', 'bulk.completed'] as const).map((type) => {
    const id = newUuid();
    const { data } = eventExamples[type];
    return { organisationId, type, subjectId: id, subject: data.id, sequence: 1, data };
  });
}

function aWithdrawal(organisationId: string, reference: string) {
  return {
    id: newUuid(),
    organisationId,
    chainId: 'localhost',
    assetId: 'localhost:ETH',
    to: `0x${'ab'.repeat(20)}`,
    fee: 0n,
    feeScheduleId: null,
    amount: 500_000_000_000_000_000n,
    priority: 'STANDARD',
    reference,
    metadata: {},
    createdAt: new Date(),
    actor: 'test',
  } as const;
}

/** Follows with the SDK, and gathers. */
function follow(options: { after?: string; token?: string; url?: string } = {}) {
  const abort = new AbortController();
  open.push(abort);
  const events: StreamEventBody[] = [];
  const naru = createNaru({ baseUrl: options.url ?? server.url, apiKey: options.token ?? owner.token });
  const after = options.after === undefined ? {} : { after: options.after };
  const ended = (async () => {
    for await (const event of naru.events.stream({ ...after, signal: abort.signal })) events.push(event);
  })();
  ended.catch(() => undefined);
  return { events, ended, stop: () => abort.abort() };
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 20 });
const streamsOpen = async () => {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/naru_streams_open\{[^}]*\} (\d+)/.exec(text)?.[1]);
};

test('tells what happens from now on, each with its position, type and withdrawal', async () => {
  await owner.submit(1);
  const stream = follow();
  await vi.waitFor(async () => expect(await streamsOpen()).toBe(1), { timeout: 5_000 });
  await sleep(400);
  const [id] = await owner.submit(1);
  await until(() => expect(stream.events).toHaveLength(1));
  expect(stream.events[0]).toMatchObject({
    type: 'withdrawal.pending',
    data: {
      id,
      object: 'withdrawal',
      state: 'PENDING',
      chain: 'localhost',
      asset: 'ETH',
      amount: '0.5',
      reference: 'row-0',
    },
  });
  expect(Number(stream.events[0]?.id)).toBeGreaterThan(0);
});

test('a stream that is given up before the end of the log is known holds nobody up', async () => {
  // A transaction that has written and stays open: what it wrote may yet appear, so that the end is not known.
  const opened = Promise.withResolvers<void>();
  const ends = Promise.withResolvers<void>();
  const writing = database.db.transaction().execute(async (tx) => {
    await takeNumber(tx);
    opened.resolve();
    await ends.promise;
  });
  await opened.promise;
  const release = feed.hold();
  const head = feed.head();
  await sleep(100);
  release();
  expect(await head).toBeNull();
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);

  const stream = follow();
  await vi.waitFor(async () => expect(await streamsOpen()).toBe(1), { timeout: 5_000 });
  stream.stop();
  await vi.waitFor(async () => expect(await streamsOpen()).toBe(0), { timeout: 5_000 });
  ends.resolve();
  await writing;
  const next = follow({ after: '0' });
  await owner.submit(1);
  await until(() => expect(next.events).toHaveLength(1));
});

test('resumes after a position: what was missed and what comes, each once and in order', async () => {
  const before = await owner.submit(30);
  const first = follow({ after: '0' });
  await until(() => expect(first.events).toHaveLength(30));
  expect(first.events.map(({ data }) => data.id)).toEqual(before);
  first.stop();

  const missed = await owner.submit(5);
  const second = follow({ after: first.events[9]?.id ?? '' });
  const coming = await owner.submit(5);
  await until(() => expect(second.events).toHaveLength(30));
  expect(second.events.map(({ data }) => data.id)).toEqual([...before.slice(10), ...missed, ...coming]);
});

test.each([
  ['all', ['withdrawals:read', 'deposits:read'], ['deposit.credited', 'bulk.completed']],
  ['no deposits', ['withdrawals:read'], ['bulk.completed']],
])(
  'deposits and files are told among withdrawals, live and to who comes later; scopes: %s',
  async (_, scopes, others) => {
    const own = await createOwner(scopes);
    const live = follow({ token: own.token });
    const strange = follow();
    await vi.waitFor(async () => expect(await streamsOpen()).toBe(2), { timeout: 5_000 });
    await sleep(400);
    await own.submit(1);
    await own.tell();
    await own.submit(1);
    await owner.submit(1);
    const expected = ['withdrawal.pending', ...others, 'withdrawal.pending'];
    await until(() => expect(live.events.map(({ type }) => type)).toEqual(expected));
    const later = follow({ token: own.token, after: String(BigInt(live.events[0]?.id ?? 0) - 1n) });
    await until(() => expect(later.events).toEqual(live.events));
    await until(() => expect(strange.events).toHaveLength(1));
  },
);

test('an organisation hears nothing of another', async () => {
  const other = await createOwner();
  const stream = follow({ after: '0', token: other.token });
  await owner.submit(5);
  const [id] = await other.submit(1);
  await until(() => expect(stream.events).toHaveLength(1));
  expect(stream.events[0]?.data.id).toBe(id);
});

test('an event whose transaction commits late is told, although a later one was there before', async () => {
  const stream = follow({ after: '0' });
  await until(() => expect(stream.events).toEqual([]));
  const row = aWithdrawal(owner.organisationId, 'late');
  let id: string | undefined;
  await withTransaction(database.db, async (tx) => {
    await insertWithdrawals(tx, [row]);
    [id] = await owner.submit(1);
    await sleep(600);
    expect(stream.events).toEqual([]);
  });
  await until(() => expect(stream.events).toHaveLength(2));
  expect(stream.events.map(({ data }) => data.id)).toEqual([toPublicId('withdrawal', row.id), id]);
});

test('a server that stops ends its streams at once, and the client goes on at the next', async () => {
  const port = Number(new URL(server.url).port);
  const stream = follow({ after: '0' });
  await owner.submit(3);
  await until(() => expect(stream.events).toHaveLength(3));
  const startedMs = performance.now();
  await server.close();
  await feed.close();
  expect(performance.now() - startedMs).toBeLessThan(3_000);
  const ids = await owner.submit(3);
  const metrics = createMetricsRegistry('api');
  const { db } = database;
  feed = createEventFeed({ db, log: silentLogger, relay: null, listen: null });
  const deps = {
    ...testDeps(createInMemoryWithdrawals()),
    metrics,
    access: createAccess({ db, clock: systemClock }),
  };
  server = await serve(
    { ...deps, streams: createEventStreams({ db, feed, metrics }) },
    { host: '127.0.0.1', port },
  );
  await until(() => expect(stream.events).toHaveLength(6));
  expect(stream.events.slice(3).map(({ data }) => data.id)).toEqual(ids);
  expect(new Set(stream.events.map(({ id }) => id)).size).toBe(6);
});

test('a place that the log does not reach is refused, so that nobody waits for nothing', async () => {
  const { ended } = follow({ after: '999999999999' });
  await expect(ended).rejects.toSatisfy((error) => isNaruApiError(error, 'validation_failed'));
  const answer = await fetch(`${server.url}/v1/stream`, {
    headers: { authorization: `Bearer ${owner.token}`, 'last-event-id': 'nonsense' },
  });
  expect(answer.status).toBe(422);
  expect(((await answer.json()) as { errors: unknown[] }).errors).toMatchObject([
    { pointer: '/last-event-id', code: 'position_malformed' },
  ]);
});

test('a key may hold so many streams and no more; an ended one makes room', async () => {
  const held = Array.from({ length: STREAMS_PER_KEY_MAX }, () => follow());
  await vi.waitFor(async () => expect(await streamsOpen()).toBe(STREAMS_PER_KEY_MAX), { timeout: 5_000 });
  const headers = { authorization: `Bearer ${owner.token}` };
  const refused = await fetch(`${server.url}/v1/stream`, { headers });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '15']);
  expect(((await refused.json()) as { code: string }).code).toBe('rate_limited');
  held[0]?.stop();
  await vi.waitFor(async () => expect(await streamsOpen()).toBe(STREAMS_PER_KEY_MAX - 1), { timeout: 5_000 });
  const taken = new AbortController();
  expect((await fetch(`${server.url}/v1/stream`, { headers, signal: taken.signal })).status).toBe(200);
  taken.abort();
});

test('a key that is revoked hears no more than a heartbeat longer', async () => {
  await server.close();
  await feed.close();
  ({ server, feed } = await start(100));
  const { ended } = follow();
  await vi.waitFor(async () => expect(await streamsOpen()).toBe(1), { timeout: 5_000 });
  await createAccess({ db: database.db, clock: systemClock }).revokeApiKey(owner.organisationId, owner.keyId);
  await expect(ended).rejects.toSatisfy((error) => isNaruApiError(error, 'unauthenticated'));
}, 20_000);

test('a quiet stream gives its place now and then', async () => {
  await server.close();
  await feed.close();
  ({ server, feed } = await start(50));
  const abort = new AbortController();
  const answer = await fetch(`${server.url}/v1/stream`, {
    headers: { authorization: `Bearer ${owner.token}` },
    signal: abort.signal,
  });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk);
    if ((text.match(/^id: \d+$/gm) ?? []).length >= 2) break;
  }
  abort.abort();
  expect(text).toMatch(/^retry: 1000\n\nid: \d+\n\nid: \d+\n\n/);
});

test('a client that takes nothing is cut off instead of being kept in memory', async () => {
  const port = Number(new URL(server.url).port);
  const headers = { authorization: `Bearer ${owner.token}` };
  // The answer begins and is never read: the socket's buffers fill, then ours, then the queue.
  const ended = new Promise<void>((resolve, reject) => {
    const call = httpRequest({ host: '127.0.0.1', port, path: '/v1/stream?after=0', headers }, (answer) => {
      answer.once('close', () => resolve());
      answer.once('error', () => resolve());
      answer.pause();
    });
    call.once('error', reject);
    call.end();
  });
  ended.catch(() => undefined);
  await vi.waitFor(async () => expect(await streamsOpen()).toBe(1), { timeout: 5_000 });
  for (let round = 0; round < 4; round++)
    await withTransaction(database.db, (tx) =>
      insertWithdrawals(
        tx,
        Array.from({ length: 10_000 }, () => aWithdrawal(owner.organisationId, 'x'.repeat(200))),
      ),
    );
  await vi.waitFor(async () => expect(await streamsOpen()).toBe(0), { timeout: 30_000, interval: 100 });
  const text = await (await fetch(`${server.url}/metrics`)).text();
  expect(text).toMatch(/naru_stream_cut_total\{reason="slow".*\} 1/);
}, 60_000);

test('HEAD is not for what never ends', async () => {
  const answer = await fetch(`${server.url}/v1/stream`, {
    method: 'HEAD',
    headers: { authorization: `Bearer ${owner.token}` },
  });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
});
