import { problem } from '@naru/wire/problem.ts';
import { withdrawal } from '@naru/wire/withdrawal.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tokens } from '../test/in-memory-withdrawals.ts';
import { aRequest, auth, createTestApp, type TestApp } from '../test/test-app.ts';
import { uuidOf } from './routes/params.ts';

let context: TestApp;
beforeEach(async () => {
  context = await createTestApp();
});
afterEach(() => context.app.close());

function submit(
  change: Record<string, unknown> = {},
  headers: Record<string, string> = auth(tokens.all, 'key-1'),
) {
  return context.app.inject({
    method: 'POST',
    url: '/v1/withdrawals',
    headers,
    payload: { ...aRequest, ...change },
  });
}

describe('submit', () => {
  test('202 with the withdrawal, its address and its own id of the request', async () => {
    const answer = await submit(
      { metadata: { orderId: '981' } },
      { ...auth(tokens.all, 'k'), 'x-request-id': 'mine-1' },
    );
    expect(answer.statusCode).toBe(202);
    const body = withdrawal.parse(answer.json());
    expect(body).toMatchObject({
      state: 'PENDING',
      amount: '12.5',
      fee: '0',
      transaction: null,
      bulkId: null,
    });
    expect(answer.headers['location']).toBe(`/v1/withdrawals/${body.id}`);
    expect(answer.headers['x-request-id']).toBe('mine-1');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['idempotency-replayed']).toBeUndefined();
    const found = await context.app.inject({ url: `/v1/withdrawals/${body.id}`, headers: auth() });
    expect(found.json()).toEqual(answer.json());
  });

  test('the same key again: the same answer, marked, and one withdrawal', async () => {
    const first = await submit();
    const second = await submit();
    expect(second.statusCode).toBe(202);
    expect(second.body).toBe(first.body);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(context.withdrawals.count()).toBe(1);
  });

  test('the same key for another request: 422, nothing done', async () => {
    await submit();
    const answer = await submit({ amount: '13' });
    expect(answer.statusCode).toBe(422);
    expect(problem.parse(answer.json()).code).toBe('idempotency_key_reused');
    expect(context.withdrawals.count()).toBe(1);
  });

  test('a refusal that is repeated is marked as repeated too', async () => {
    const change = { chain: 'nowhere' };
    expect((await submit(change)).headers['idempotency-replayed']).toBeUndefined();
    const again = await submit(change);
    expect([again.statusCode, again.json().code]).toEqual([422, 'chain_not_supported']);
    expect(again.headers['idempotency-replayed']).toBe('true');
  });

  test('keys of two organisations do not meet', async () => {
    const first = await submit();
    const other = await submit({}, auth(tokens.other, 'key-1'));
    expect(other.statusCode).toBe(202);
    expect(other.json().id).not.toBe(first.json().id);
  });

  test.each<[string, Record<string, unknown>, string, string]>([
    ['a missing amount', { amount: undefined }, '/amount', 'required'],
    ['a number as amount', { amount: 12.5 }, '/amount', 'wrong_type'],
    ['an exponent', { amount: '1e3' }, '/amount', 'amount_malformed'],
    ['a negative amount', { amount: '-1' }, '/amount', 'amount_malformed'],
    ['too many decimals', { amount: '0.1234567' }, '/amount', 'amount_decimals'],
    ['a short address', { to: '0x12' }, '/to', 'address_malformed'],
    ['an unknown field', { fee: '1' }, '/fee', 'unknown_field'],
    ['an unknown priority', { priority: 'HIGH' }, '/priority', 'value_not_allowed'],
    ['a reference with a line break', { reference: 'a\nb' }, '/reference', 'character_not_allowed'],
    ['a reference of 256 characters', { reference: 'x'.repeat(256) }, '/reference', 'too_long'],
    ['NUL in metadata', { metadata: { 'a/b': 'x\u0000' } }, '/metadata/a~1b', 'character_not_allowed'],
    ['half a surrogate pair', { metadata: { a: '\ud800' } }, '/metadata/a', 'character_not_allowed'],
    [
      'a long metadata name',
      { metadata: { ['k'.repeat(41)]: 'v' } },
      `/metadata/${'k'.repeat(41)}`,
      'too_long',
    ],
    ['21 metadata entries', { metadata: entries(21) }, '/metadata', 'too_many'],
  ])('%s: 422 that points at it', async (_name, change, pointer, code) => {
    const answer = await submit(change);
    expect(answer.statusCode).toBe(422);
    const body = problem.parse(answer.json());
    expect(body.code).toBe('validation_failed');
    expect(body.errors).toEqual([expect.objectContaining({ pointer, code })]);
    expect(context.withdrawals.count()).toBe(0);
  });

  test('the limits themselves are accepted', async () => {
    const answer = await submit({
      reference: '가'.repeat(255),
      metadata: { ...entries(19), ['k'.repeat(40)]: '값'.repeat(500) },
    });
    expect(answer.statusCode).toBe(202);
  });

  test('all fields that are wrong are named at once', async () => {
    const answer = await submit({ to: 'x', amount: 'y', chain: undefined });
    expect(answer.json().errors.map((error: { pointer: string }) => error.pointer)).toEqual([
      '/chain',
      '/to',
      '/amount',
    ]);
  });

  test.each<[string, Record<string, string>, string, number, string]>([
    ['not JSON', { 'content-type': 'application/json' }, '{"a":', 400, 'malformed_json'],
    [
      'a poisoned prototype',
      { 'content-type': 'application/json' },
      '{"__proto__":{"a":1}}',
      400,
      'malformed_json',
    ],
    ['an empty body', { 'content-type': 'application/json' }, '', 400, 'malformed_json'],
    ['text', { 'content-type': 'text/plain' }, 'hello', 415, 'unsupported_media_type'],
    [
      'a body too large',
      { 'content-type': 'application/json' },
      `"${'x'.repeat(140_000)}"`,
      413,
      'payload_too_large',
    ],
    ['no body', {}, '', 422, 'validation_failed'],
  ])('%s', async (_name, headers, payload, status, code) => {
    const answer = await context.app.inject({
      method: 'POST',
      url: '/v1/withdrawals',
      headers: { ...auth(tokens.all, 'k'), ...headers },
      ...(payload === '' ? {} : { payload }),
    });
    expect([answer.statusCode, problem.parse(answer.json()).code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });
});

describe('reads', () => {
  test('pages follow the cursor without a gap, and a cursor belongs to its filter', async () => {
    for (let index = 0; index < 5; index++) await submit({}, auth(tokens.all, `key-${index}`));
    const list = (query: string) => context.app.inject({ url: `/v1/withdrawals?${query}`, headers: auth() });
    const ids: string[] = [];
    let cursor = '';
    do {
      const page = (await list(`limit=2&state=PENDING,FAILED${cursor}`)).json();
      ids.push(...page.data.map((row: { id: string }) => row.id));
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
    } while (cursor !== '');
    expect(ids).toEqual([...ids].sort().reverse());
    expect(new Set(ids).size).toBe(5);

    const { nextCursor } = (await list('limit=2&state=PENDING')).json();
    expect((await list(`state=PENDING&limit=3&cursor=${nextCursor}`)).statusCode).toBe(200);
    for (const query of [`limit=2&state=FAILED&cursor=${nextCursor}`, `limit=2&cursor=${nextCursor}`]) {
      const refused = await list(query);
      expect(refused.statusCode).toBe(422);
      expect(refused.json().errors).toMatchObject([{ pointer: '/cursor', code: 'cursor_of_other_filter' }]);
    }
    expect((await list('cursor=abc')).json().errors).toMatchObject([
      { pointer: '/cursor', code: 'cursor_malformed' },
    ]);
  });

  test('state may be repeated or separated by commas', async () => {
    const { id } = (await submit()).json();
    for (const query of ['state=FAILED&state=PENDING', 'state=FAILED,PENDING']) {
      const page = (await context.app.inject({ url: `/v1/withdrawals?${query}`, headers: auth() })).json();
      expect(page.data.map((row: { id: string }) => row.id)).toEqual([id]);
    }
  });

  test.each([
    'state=DONE',
    'limit=0',
    'limit=101',
    'limit=x',
    'createdFrom=yesterday',
    'bulkId=wd_1',
    'to=0x1',
    'chain=a&chain=b',
  ])('%s: 422', async (query) => {
    const answer = await context.app.inject({ url: `/v1/withdrawals?${query}`, headers: auth() });
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors[0].pointer).toMatch(new RegExp(`^/${query.split('=')[0]}`));
  });

  test('a transaction as the documentation has it', async () => {
    const { id } = (await submit()).json();
    context.withdrawals.set(uuidOf('withdrawal', id), {
      state: 'CONFIRMING',
      transaction: {
        chainTxId: '0190b2a4-5a0e-7c1d-9f3e-2b7c4d5e6f70',
        hash: `0x${'1'.repeat(64)}`,
        subAccount: `0x${'2'.repeat(40)}`,
        nonce: 7n,
        blockNumber: 100n,
        confirmations: 3n,
        requiredConfirmations: 12,
        explorerUrl: null,
      },
    });
    const answer = await context.app.inject({ url: `/v1/withdrawals/${id}`, headers: auth() });
    expect(answer.json().transaction).toEqual({
      hash: `0x${'1'.repeat(64)}`,
      subAccount: `0x${'2'.repeat(40)}`,
      nonce: 7,
      blockNumber: 100,
      confirmations: 3,
      requiredConfirmations: 12,
      explorerUrl: null,
    });
  });

  test('chains, assets and balances have the shapes that tools rely on', async () => {
    const read = async (url: string) => (await context.app.inject({ url, headers: auth() })).json();
    expect((await read('/v1/chains')).data[0]).toMatchObject({ chain: 'localhost', evmChainId: 31_337 });
    expect((await read('/v1/assets')).data[0]).toEqual({
      chain: 'localhost',
      asset: 'USDC',
      symbol: 'USDC',
      address: `0x${'1'.repeat(40)}`,
      decimals: 6,
      minimum: '0.01',
      maximum: null,
      enabled: true,
    });
    expect(Object.keys((await read('/v1/balances')).data[0])).toEqual([
      'chain',
      'asset',
      'available',
      'reserved',
    ]);
  });
});

test('cancel: once with and once without a body, then too late', async () => {
  const cancel = (id: string, extra = {}) =>
    context.app.inject({ method: 'POST', url: `/v1/withdrawals/${id}/cancel`, headers: auth(), ...extra });
  const { id } = (await submit()).json();
  expect((await cancel(id)).json().state).toBe('CANCELED');
  const headers = { ...auth(), 'content-type': 'application/json' };
  expect((await cancel(id, { headers, payload: '{}' })).json().state).toBe('CANCELED');
  context.withdrawals.set(uuidOf('withdrawal', id), { state: 'SIGNED' });
  const late = await cancel(id);
  expect([late.statusCode, late.json().code]).toEqual([409, 'withdrawal_not_cancelable']);
});

function entries(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));
}
