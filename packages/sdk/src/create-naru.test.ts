import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { WithdrawalBody } from '@naru/wire/withdrawal.ts';
import { afterEach, describe, expect, test } from 'vitest';
import { type ScriptedServer, type Step, startScriptedServer } from '../test/scripted-server.ts';
import { createNaru, type Naru, type NaruOptions } from './create-naru.ts';
import {
  isNaruApiError,
  NaruApiError,
  NaruConnectionError,
  NaruTimeoutError,
  OutcomeUnknownError,
  UnexpectedAnswerError,
} from './errors.ts';

const servers: ScriptedServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function start(
  script: Step[],
  options: Partial<NaruOptions> = {},
): Promise<{ server: ScriptedServer; naru: Naru }> {
  const server = await startScriptedServer(script);
  servers.push(server);
  return { server, naru: createNaru({ baseUrl: server.url, apiKey: 'nk_test_key', ...options }) };
}

const body: WithdrawalBody = {
  id: 'wd_01kjr3q8c6e7rvt0xx0n3m7d5b',
  object: 'withdrawal',
  state: 'PENDING',
  chain: 'localhost',
  asset: 'USDC',
  to: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
  amount: '9007199254740993.000001',
  fee: '0',
  reference: null,
  priority: 'STANDARD',
  metadata: {},
  bulkId: null,
  transaction: null,
  failure: null,
  review: null,
  createdAt: '2026-03-02T09:15:27.431Z',
  updatedAt: '2026-03-02T09:15:27.431Z',
  confirmedAt: null,
};
const input = { chain: 'localhost', asset: 'USDC', to: body.to, amount: body.amount };
const accepted: Step = { answer: 202, body };

async function caught(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (value) => expect.fail(`expected an error, got ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
}

describe('create', () => {
  test('sends the key, the amount as text and a fresh idempotency key for each call', async () => {
    const { server, naru } = await start([accepted], { language: 'ko' });
    expect(await naru.withdrawals.create(input)).toEqual(body);
    await naru.withdrawals.create(input);
    const [first, second] = server.received;
    expect(first?.headers).toMatchObject({ authorization: 'Bearer nk_test_key', 'accept-language': 'ko' });
    expect(first?.body).toContain('"amount":"9007199254740993.000001"');
    expect(first?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
    expect(second?.headers['idempotency-key']).not.toBe(first?.headers['idempotency-key']);
  });

  test.each<[string, Step]>([
    ['a lost answer', 'lose'],
    ['half an answer', 'cut'],
    ['503', { problem: 'unavailable' }],
    ['in flight', { problem: 'idempotency_in_flight' }],
    ['a gateway page', { answer: 502, body: '<html>', headers: { 'content-type': 'text/html' } }],
  ])('repeats after %s, with the same key and body', async (_name, step) => {
    const { server, naru } = await start([step, step, accepted]);
    expect(await naru.withdrawals.create(input)).toEqual(body);
    expect(server.received).toHaveLength(3);
    expect(new Set(server.received.map((one) => one.headers['idempotency-key'])).size).toBe(1);
    expect(new Set(server.received.map((one) => one.body)).size).toBe(1);
  });

  test('waits as long as Retry-After says', async () => {
    const { server, naru } = await start([
      { problem: 'rate_limited', headers: { 'retry-after': '1' } },
      accepted,
    ]);
    const startMs = performance.now();
    await naru.withdrawals.create(input);
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(990);
    expect(server.received).toHaveLength(2);
  });

  test('does not wait beyond its deadline', async () => {
    const { naru } = await start([{ problem: 'rate_limited', headers: { 'retry-after': '3600' } }]);
    expect(await caught(naru.withdrawals.create(input))).toMatchObject({ code: 'rate_limited', status: 429 });
  });

  test('no answer until the deadline: the outcome is unknown, and the key is told', async () => {
    const { server, naru } = await start(['hang'], { timeoutMs: 200 });
    const error = await caught(naru.withdrawals.create(input));
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(error).toMatchObject({ idempotencyKey: server.received[0]?.headers['idempotency-key'] });
    expect(String(error)).toContain('the outcome is unknown: call again with the same idempotency key');
  });

  test.each<[string, Step[]]>([
    ['answers are lost every time', ['lose']],
    ['the last try is told to slow down', ['lose', { problem: 'rate_limited' }]],
    ['the key is revoked in between', ['lose', { problem: 'unauthenticated' }]],
    ['the server has a bug', [{ problem: 'internal' }]],
    ['a proxy answers 200 with a page', [{ answer: 200, body: '<html>' }]],
  ])('the outcome is unknown when %s', async (_name, script) => {
    const { naru } = await start(script, { retriesMax: 1 });
    const error = await caught(naru.withdrawals.create(input, { idempotencyKey: 'mine' }));
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(error).toMatchObject({ idempotencyKey: 'mine' });
  });

  test('a refusal after a lost answer is the outcome', async () => {
    const { naru } = await start(['lose', { problem: 'insufficient_balance' }]);
    const error = await caught(naru.withdrawals.create(input));
    expect(isNaruApiError(error, 'insufficient_balance')).toBe(true);
    expect(isNaruApiError(error, 'limit_exceeded')).toBe(false);
  });

  test('a refusal is not repeated, and carries its problem', async () => {
    const { server, naru } = await start([{ problem: 'limit_exceeded' }]);
    const error = await caught(naru.withdrawals.create(input));
    expect(error).toBeInstanceOf(NaruApiError);
    expect(error).toMatchObject({
      code: 'limit_exceeded',
      status: 422,
      retryable: false,
      requestId: 'req_test',
    });
    expect(server.received).toHaveLength(1);
  });

  test('connection refused: nothing has happened, and the error says where to look', async () => {
    const port = await closedPort();
    const naru = createNaru({ baseUrl: `http://127.0.0.1:${port}`, apiKey: 'k', retriesMax: 1 });
    const error = await caught(naru.withdrawals.create(input));
    expect(error).toBeInstanceOf(NaruConnectionError);
    expect(String(error)).toContain(`cannot reach http://127.0.0.1:${port}: connection refused`);
  });
});

describe('reads', () => {
  test('repeats a lost GET', async () => {
    const { naru } = await start(['lose', { answer: 200, body }]);
    expect((await naru.withdrawals.get(body.id)).id).toBe(body.id);
  });

  test('a GET without an answer in time is a time-out, not an unknown outcome', async () => {
    const { naru } = await start(['hang'], { timeoutMs: 100 });
    expect(await caught(naru.withdrawals.get(body.id))).toBeInstanceOf(NaruTimeoutError);
  });

  test('fields that a newer server adds do no harm; an answer of something else is refused', async () => {
    const { naru } = await start([
      { answer: 200, body: { ...body, later: 1 } },
      { answer: 200, body: { ok: true } },
    ]);
    expect(await naru.withdrawals.get(body.id)).toEqual(body);
    expect(await caught(naru.withdrawals.get(body.id))).toBeInstanceOf(UnexpectedAnswerError);
  });

  test('list follows the cursor through all pages', async () => {
    const second = { ...body, id: 'wd_01kjr3q8c6e7rvt0xx0n3m7d5c' };
    const { server, naru } = await start([
      { answer: 200, body: { data: [body], nextCursor: 'next' } },
      { answer: 200, body: { data: [second], nextCursor: null } },
    ]);
    const ids: string[] = [];
    for await (const one of naru.withdrawals.list({ state: ['PENDING', 'FAILED'], createdFrom: new Date(0) }))
      ids.push(one.id);
    expect(ids).toEqual([body.id, second.id]);
    expect(server.received.map((one) => new URL(one.url, 'http://x').searchParams.get('cursor'))).toEqual([
      null,
      'next',
    ]);
    const query = new URL(server.received[0]?.url ?? '', 'http://x').searchParams;
    expect(query.getAll('state')).toEqual(['PENDING', 'FAILED']);
    expect(query.get('createdFrom')).toBe('1970-01-01T00:00:00.000Z');
  });

  test('waitFor tells each state once and ends with a final one', async () => {
    const states = ['PENDING', 'PENDING', 'CONFIRMING', 'FAILED'] as const;
    const { naru } = await start(states.map((state) => ({ answer: 200, body: { ...body, state } })));
    const seen: string[] = [];
    const last = await naru.withdrawals.waitFor(body.id, {
      until: ['CONFIRMED'],
      pollMs: 1,
      onState: ({ state }) => seen.push(state),
    });
    expect(seen).toEqual(['PENDING', 'CONFIRMING', 'FAILED']);
    expect(last.state).toBe('FAILED');
  });
});

describe('bulk', () => {
  const bulk = {
    id: 'bulk_01kjr3q8c6e7rvt0xx0n3m7d5c',
    object: 'bulk_withdrawal',
    total: 1,
    counts: { PENDING: 1 },
    createdAt: body.createdAt,
  };
  const csv = 'chain,asset,to,amount\nlocalhost,USDC,0x,1\n';

  test.each<[string, () => string | Blob | AsyncIterable<string>]>([
    ['text', () => csv],
    ['a Blob', () => new Blob([csv])],
    ['a stream', () => streamOf(csv)],
  ])('sends %s as it is', async (_name, source) => {
    const { server, naru } = await start([{ answer: 202, body: bulk }]);
    expect((await naru.bulk.create(source())).total).toBe(1);
    expect(server.received[0]).toMatchObject({ body: csv, headers: { 'content-type': 'text/csv' } });
  });

  test('a stream is sent once only: a lost answer leaves the outcome unknown', async () => {
    const { server, naru } = await start(['lose', { answer: 202, body: bulk }]);
    const error = await caught(naru.bulk.create(streamOf(csv), { idempotencyKey: 'mine' }));
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(server.received).toHaveLength(1);
  });

  test('gives the report as text', async () => {
    const { naru } = await start([
      { answer: 200, body: 'row,id\r\n1,한글\r\n', headers: { 'content-type': 'text/csv' } },
    ]);
    let text = '';
    for await (const part of await naru.bulk.report(bulk.id)) text += part;
    expect(text).toBe('row,id\r\n1,한글\r\n');
  });
});

test('an address that is none is refused at once', () => {
  expect(() => createNaru({ baseUrl: 'localhost:3000', apiKey: 'k' })).toThrow('baseUrl must be an http');
});

async function* streamOf(text: string): AsyncGenerator<string> {
  for (const line of text.split(/(?<=\n)/)) yield line;
}

/** A port that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
