import { silentLogger } from '@naru/kit/logger.ts';
import { createMetricsRegistry } from '@naru/ops/ops-server.ts';
import { createNaru } from '@naru/sdk/create-naru.ts';
import { afterEach, expect, test, vi } from 'vitest';
import { createInMemoryWithdrawals, tokens } from '../test/in-memory-withdrawals.ts';
import { anOverview, testDeps } from '../test/test-app.ts';
import { toLook } from './routes/admin/overview/to-look.ts';
import { type Server, serve } from './serve.ts';
import { createOverviewStreams, type OverviewStreams } from './stream/overview-streams.ts';
import { STREAMS_PER_KEY_MAX } from './stream/stream.limits.ts';

/** What a watcher sees of the overview of the moment; `looks`: how often it was read. */
const state = { submitted: 0, looks: 0, isAllowed: true };
const opened: { server: Server; watching: AbortController }[] = [];
afterEach(async () => {
  for (const { server, watching } of opened.splice(0)) {
    watching.abort();
    await server.close();
  }
  Object.assign(state, { submitted: 0, looks: 0, isAllowed: true });
});

async function start(heartbeatMs = 15_000) {
  const metrics = createMetricsRegistry('api');
  const read = async () => {
    state.looks += 1;
    return anOverview({ submitted: state.submitted });
  };
  const base = testDeps(createInMemoryWithdrawals());
  const overviewStreams: OverviewStreams = createOverviewStreams({
    look: async () => toLook(await read()),
    log: silentLogger,
    metrics,
    lookMs: 5,
    heartbeatMs,
  });
  const access: typeof base.access = {
    ...base.access,
    authenticate: async (token, address) =>
      state.isAllowed ? await base.access.authenticate(token, address) : { refused: 'unknown' },
  };
  const deps = { ...base, metrics, access, overviews: { read }, overviewStreams };
  const server = await serve(deps, { host: '127.0.0.1', port: 0 });
  const watching = new AbortController();
  opened.push({ server, watching });
  const naru = createNaru({ baseUrl: server.url, apiKey: tokens.all, retriesMax: 0 });
  return { naru, watching, server, overviewStreams };
}

test('tells the overview at once, and again only when something is different', async () => {
  const { naru, watching } = await start();
  const stream = naru.admin.overview.stream({ signal: watching.signal })[Symbol.asyncIterator]();
  expect((await stream.next()).value.lastHour.submitted).toBe(0);
  const looksBefore = state.looks;
  await vi.waitFor(() => expect(state.looks).toBeGreaterThan(looksBefore + 3));
  state.submitted = 7;
  expect((await stream.next()).value.lastHour.submitted).toBe(7);
  expect(await naru.admin.overview.get()).toMatchObject({ object: 'overview', lastHour: { submitted: 7 } });
});

test('all who watch share one look, and nobody looks when nobody watches', async () => {
  const { naru, watching } = await start();
  const streams = Array.from({ length: 4 }, () =>
    naru.admin.overview.stream({ signal: watching.signal })[Symbol.asyncIterator](),
  );
  for (const stream of streams) await stream.next();
  // Four watchers, and no more looks than one of them would cause: each was told one and the same.
  expect(state.looks).toBeLessThan(20);
  watching.abort();
  for (const stream of streams) await stream.return?.(undefined);
  let looks = -1;
  await vi.waitFor(() => {
    const isQuiet = looks === state.looks;
    looks = state.looks;
    expect(isQuiet).toBe(true);
  });
});

test('ends when its key may not be used any more, whether or not something changes', async () => {
  const { overviewStreams } = await start(20);
  let isAllowed = true;
  const result = overviewStreams.open({ apiKeyId: 'key', isAllowed: async () => isAllowed });
  if (!('body' in result)) throw new Error(result.refused);
  const texts: string[] = [];
  const ended = (async () => {
    for await (const text of result.body) texts.push(String(text));
  })();
  await vi.waitFor(() => expect(texts.some((text) => text.startsWith('event: overview'))).toBe(true));
  isAllowed = false;
  await ended;
});

test('a key has so many streams, and a stopping server ends all', async () => {
  const { overviewStreams } = await start();
  const open = () => overviewStreams.open({ apiKeyId: 'key', isAllowed: async () => true });
  const streams = Array.from({ length: STREAMS_PER_KEY_MAX }, open);
  expect(open()).toEqual({ refused: 'too_many' });
  const ended = streams.map(async (one) => {
    if (!('body' in one)) throw new Error(one.refused);
    for await (const _ of one.body);
  });
  overviewStreams.stop();
  await Promise.all(ended);
  expect(open()).toEqual({ refused: 'stopping' });
});
