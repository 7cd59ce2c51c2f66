import { newId, toPublicId } from '@naru/kit/ids.ts';
import { problem } from '@naru/wire/problem.ts';
import { problemCatalogue, problemCodes, problemDetail } from '@naru/wire/problem-catalogue.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tokens } from '../test/in-memory-withdrawals.ts';
import { aRequest, auth, createTestApp, type TestApp } from '../test/test-app.ts';
import { negotiateLanguage } from './http/language.ts';
import { isOutage } from './http/outage.ts';
import { problemOfRefusal } from './http/refusals.ts';

let context: TestApp;
beforeEach(async () => {
  context = await createTestApp();
});
afterEach(() => context.app.close());

function submit(headers: Record<string, string> = auth(tokens.all, 'key-1'), change = {}) {
  return context.app.inject({
    method: 'POST',
    url: '/v1/withdrawals',
    headers,
    payload: { ...aRequest, ...change },
  });
}

describe('errors', () => {
  test('follow Accept-Language; codes do not', async () => {
    const headers = { ...auth(tokens.all, 'k'), 'accept-language': 'fr;q=0.9, ko-KR;q=0.8, en;q=0.1' };
    const answer = await submit(headers, { amount: '9'.repeat(40) });
    const body = problem.parse(answer.json());
    expect(body.code).toBe('insufficient_balance');
    expect(body.title).toBe('잔액이 부족해요');
    expect(body.detail).toContain('돈은 움직이지 않았');
    expect(body.detail).toContain(body.requestId);
    expect(answer.headers).toMatchObject({ 'content-language': 'ko', vary: 'Accept-Language' });
    const fields = await submit({ ...headers, 'idempotency-key': 'k2' }, { to: 'x' });
    expect(fields.json().errors[0].message).toBe('주소는 0x 뒤에 16진수 40자리여야 해요.');
  });

  test('in English say what exactly was refused, whether money moved, what to do and what to quote', async () => {
    const { detail, requestId } = (await submit(auth(tokens.all, 'k'), { amount: '9'.repeat(40) })).json();
    expect(detail).toContain('Your available balance of USDC does not cover this amount.');
    expect(detail).toContain('No money moved');
    expect(detail).toContain('new idempotency key');
    expect(detail).toContain(requestId);
  });

  test('every code has its texts in both languages, and they end with what to quote', () => {
    for (const code of problemCodes)
      for (const language of ['en', 'ko'] as const) {
        expect(problemCatalogue[code].title[language]).not.toBe('');
        expect(problemDetail(code, language, 'req_1')).toContain('req_1');
      }
    expect(Object.values(problemOfRefusal).every((code) => code in problemCatalogue)).toBe(true);
  });

  test('a database that is away: 503, retryable, and the outcome is said to be unknown', async () => {
    context.withdrawals.failNext(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    const answer = await submit();
    expect(answer.statusCode).toBe(503);
    expect(problem.parse(answer.json())).toMatchObject({ code: 'unavailable', retryable: true });
    expect(answer.json().detail).toContain('unknown');
    expect(answer.headers['retry-after']).toBe('2');
    expect((await submit()).statusCode).toBe(202);
  });

  test('a bug: 500 that tells nothing of the inside, and a log line that does', async () => {
    context.withdrawals.failNext(new Error('secret table "withdrawal" at 10.0.0.5'));
    const answer = await submit();
    expect(answer.statusCode).toBe(500);
    expect(problem.parse(answer.json()).code).toBe('internal');
    expect(answer.body).not.toMatch(/secret|10\.0\.0\.5|stack|\.ts/);
    expect(context.logLines().join('')).toContain('secret table');
  });

  test('an answer that does not fit its schema: 500, nothing of it leaves', async () => {
    const { id } = (await submit()).json();
    context.withdrawals.get = async () => ({ id: newId('request') }) as never;
    expect((await context.app.inject({ url: `/v1/withdrawals/${id}`, headers: auth() })).statusCode).toBe(
      500,
    );
    context.withdrawals.events = async () => [
      { from: null, to: 'LEAKED' as 'PENDING', actor: 'a', reason: 'r', at: new Date() },
    ];
    const answer = await context.app.inject({ url: `/v1/withdrawals/${id}/events`, headers: auth() });
    expect([answer.statusCode, answer.json().code]).toEqual([500, 'internal']);
    expect(answer.body).not.toContain('LEAKED');
  });

  test('a field that the schema does not name stays inside', async () => {
    const { id } = (await submit()).json();
    const inside = {
      from: null,
      to: 'PENDING',
      actor: 'a',
      reason: 'r',
      at: new Date(),
      chainTxId: 'inside',
    } as const;
    context.withdrawals.events = async () => [inside];
    const answer = await context.app.inject({ url: `/v1/withdrawals/${id}/events`, headers: auth() });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).not.toContain('inside');
  });
});

describe('who calls', () => {
  test.each([
    ['another scheme', 'Basic abc', 401],
    ['an unknown key', 'Bearer nk_test_unknown', 401],
    ['a key with spaces', 'Bearer a b', 401],
    ['a key that is not allowed from here', 'Bearer nk_test_elsewhere', 403],
    ['a scheme in small letters', `bearer ${tokens.all}`, 202],
  ])('%s', async (_name, authorization, status) => {
    expect((await submit({ authorization, 'idempotency-key': 'k' })).statusCode).toBe(status);
  });

  test('wrong keys from one address are limited; a good key from there still works', async () => {
    const statuses = new Set<number>();
    for (let index = 0; index < 61; index++)
      statuses.add(
        (await submit({ authorization: 'Bearer nk_test_wrong', 'idempotency-key': 'k' })).statusCode,
      );
    expect([...statuses]).toEqual([401, 429]);
    expect((await submit()).statusCode).toBe(202);
  });

  test('a key has its own limit, told in the headers', async () => {
    const read = () => context.app.inject({ url: '/v1/chains', headers: auth(tokens.limited) });
    const first = await read();
    expect(first.headers['ratelimit-policy']).toBe('"key";q=2;w=60');
    expect(first.headers['ratelimit']).toMatch(/^"key";r=1;t=\d+$/);
    await read();
    const third = await read();
    expect([third.statusCode, problem.parse(third.json()).code]).toEqual([429, 'rate_limited']);
    expect(Number(third.headers['retry-after'])).toBeGreaterThan(0);
    expect((await context.app.inject({ url: '/v1/chains', headers: auth() })).statusCode).toBe(200);
  });
});

describe('request ids and logs', () => {
  test.each(['', 'a b', 'x'.repeat(129), 'a"b', 'ü'])('the id %j is replaced', async (id) => {
    const answer = await context.app.inject({ url: '/healthz', headers: { 'x-request-id': id } });
    expect(answer.headers['x-request-id']).toMatch(/^req_[0-9a-z]{26}$/);
  });

  test('one line a call with ids, without keys, references or metadata', async () => {
    const answer = await submit(
      { ...auth(tokens.all, 'key-1'), 'x-request-id': 'mine' },
      { reference: 'private-reference', metadata: { note: 'private-note' } },
    );
    await context.app.inject({ url: '/v1/withdrawals?reference=private-reference', headers: auth() });
    const lines = context.logLines();
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      requestId: 'mine',
      withdrawalId: answer.json().id,
      method: 'POST',
      route: '/v1/withdrawals',
      status: 202,
    });
    expect(lines.join('')).not.toMatch(/private|nk_test|Bearer/);
  });

  test("an operator's action is in the log with its name", async () => {
    const answer = await context.app.inject({
      method: 'POST',
      url: '/v1/admin/credits',
      headers: auth(tokens.all, 'credit-1'),
      payload: {
        organisationId: toPublicId('organisation', '0190b2a4-5a0e-7c1d-9f3e-2b7c4d5e6f70'),
        chain: 'localhost',
        asset: 'USDC',
        amount: '5',
      },
    });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ object: 'credit', amount: '5', available: '5' });
    expect(JSON.parse(context.logLines()[0] ?? '')).toMatchObject({
      audit: 'credit.create',
      transferId: answer.json().transferId,
    });
  });
});

describe('service', () => {
  test('readiness says what is missing', async () => {
    await context.app.close();
    context = await createTestApp({
      readiness: { schema: async () => ({ ok: false, problem: 'run `naru migrate`' }) },
    });
    const answer = await context.app.inject('/readyz');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({ ready: false, checks: { schema: 'run `naru migrate`' } });
  });

  test('metrics have the route template, not the path', async () => {
    await context.app.inject({ url: `/v1/withdrawals/${newId('withdrawal')}`, headers: auth() });
    const { body } = await context.app.inject('/metrics');
    expect(body).toMatch(
      /naru_http_request_duration_seconds_count\{[^}]*route="\/v1\/withdrawals\/:id",status="404"[^}]*\} 1/,
    );
  });

  test('the documentation names no other host and allows only its own scripts', async () => {
    const page = await context.app.inject('/docs/');
    expect(page.statusCode).toBe(200);
    expect(page.body).not.toMatch(/https?:\/\//);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toMatch(/script-src 'self' 'sha256-[^']+';/);
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|\*/);
  });

  test('the type of a problem is a page that explains it', async () => {
    const { type } = (await context.app.inject('/v1/nothing')).json();
    const page = await context.app.inject({ url: type, headers: { 'accept-language': 'ko' } });
    expect([page.statusCode, page.headers['content-language']]).toEqual([200, 'ko']);
    expect(page.body).toContain('없는 경로예요');
    expect((await context.app.inject('/problems/nonsense')).statusCode).toBe(404);
  });

  test('a path that cannot be decoded: 400 as a problem', async () => {
    const answer = await context.app.inject('/v1/withdrawals/%E0%A4%A');
    expect([answer.statusCode, problem.parse(answer.json()).code]).toEqual([400, 'bad_request']);
  });
});

test.each([
  [undefined, 'en'],
  ['ko', 'ko'],
  ['en-US,ko;q=0.9', 'en'],
  ['ko;q=0', 'en'],
  ['*', 'en'],
  ['xx, KO;q=0.3', 'ko'],
  [';;,,q=', 'en'],
])('Accept-Language %s → %s', (header, language) => {
  expect(negotiateLanguage(header)).toBe(language);
});

test.each<[unknown, boolean]>([
  [Object.assign(new Error('x'), { code: '57P01' }), true],
  [Object.assign(new Error('x'), { code: '08006' }), true],
  [new Error('Connection terminated unexpectedly'), true],
  [new Error('wrapped', { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) }), true],
  [new AggregateError([Object.assign(new Error('x'), { code: 'ECONNREFUSED' })]), true],
  [Object.assign(new Error('duplicate key'), { code: '23505' }), false],
  [new TypeError('x is not a function'), false],
  ['text', false],
])('outage: %s → %s', (error, expected) => {
  expect(isOutage(error)).toBe(expected);
});
