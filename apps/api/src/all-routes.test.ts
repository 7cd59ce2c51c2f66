import { newId } from '@naru/kit/ids.ts';
import { bulkProblem, problem } from '@naru/wire/problem.ts';
import { isProblemCode } from '@naru/wire/problem-catalogue.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tokens } from '../test/in-memory-withdrawals.ts';
import { aRequest, auth, createTestApp, type TestApp } from '../test/test-app.ts';
import { problemCodesOf, type Route } from './http/define-route.ts';
import { allRoutes } from './routes/all-routes.ts';

let context: TestApp;
beforeAll(async () => {
  context = await createTestApp();
});
afterAll(() => context.app.close());

const keyed = allRoutes.filter((route) => route.scope !== 'public');

function kindOf(route: Route): 'bulk' | 'deposit' | 'depositAddress' | 'withdrawal' {
  if (route.path.includes('bulk')) return 'bulk';
  if (route.path.includes('deposit-addresses')) return 'depositAddress';
  return route.path.includes('deposits') ? 'deposit' : 'withdrawal';
}

function pathOf(route: Route): string {
  const id = newId(kindOf(route));
  return route.path.replace(':id', id).replace(':code', 'internal');
}

/** Method, path, headers and a body that the route takes. */
function validCall(route: Route, token: string, without?: string) {
  const body = route.request.body;
  const content =
    body === null
      ? {}
      : body === 'csv'
        ? { payload: 'chain,asset,to,amount\n', type: 'text/csv' }
        : { payload: JSON.stringify(aRequest), type: 'application/json' };
  const headers: Record<string, string> = {
    ...auth(token, newId('request')),
    ...('type' in content ? { 'content-type': content.type } : {}),
  };
  if (without !== undefined) delete headers[without];
  const payload = 'payload' in content ? { payload: content.payload } : {};
  return { method: route.method, url: pathOf(route), headers, ...payload };
}

test('no two routes share an operation id, or a method and path', () => {
  expect(new Set(allRoutes.map((route) => route.operationId)).size).toBe(allRoutes.length);
  expect(new Set(allRoutes.map((route) => `${route.method} ${route.path}`)).size).toBe(allRoutes.length);
});

test('whatever an operator can change by a route is audited, and nothing else is', () => {
  const changing = allRoutes.filter((route) => route.scope === 'admin' && route.method !== 'GET');
  expect(allRoutes.filter((route) => route.audit !== null)).toEqual(changing);
  expect(changing.length).toBeGreaterThan(0);
});

describe.each(allRoutes.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s',
  (_name, route) => {
    test('declares only errors of the catalogue', () => {
      expect(problemCodesOf(route).filter((code) => !isProblemCode(code))).toEqual([]);
    });

    test('answers another method with 405 and Allow', async () => {
      const answer = await context.app.inject({ method: 'DELETE', url: pathOf(route), headers: auth() });
      expect(answer.statusCode).toBe(405);
      expect(problem.parse(answer.json()).code).toBe('method_not_allowed');
      expect(String(answer.headers.allow).split(', ')).toContain(route.method);
    });

    test('is in the OpenAPI document', async () => {
      const { paths } = (await context.app.inject('/openapi.json')).json();
      const path = route.path.replace(/:([a-z]+)/gi, '{$1}');
      expect(paths[path][route.method.toLowerCase()].operationId).toBe(route.operationId);
    });
  },
);

describe.each(keyed.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s with a key',
  (_name, route) => {
    test('without a key: 401', async () => {
      const { authorization: _, ...headers } = validCall(route, tokens.all).headers;
      const answer = await context.app.inject({ ...validCall(route, tokens.all), headers });
      expect(answer.statusCode).toBe(401);
      expect(problem.parse(answer.json()).code).toBe('unauthenticated');
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    });

    test('with a key that has every scope but the right one: 403', async () => {
      const token = route.scope === 'withdrawals:read' ? tokens.writeOnly : tokens.readOnly;
      const answer = await context.app.inject(validCall(route, token));
      expect(answer.statusCode).toBe(403);
      expect(problem.parse(answer.json()).code).toBe('forbidden');
    });

    if (route.idempotency === 'required')
      test('without an idempotency key: 400', async () => {
        const call = validCall(route, tokens.all);
        const { 'idempotency-key': _, ...headers } = call.headers;
        const answer = await context.app.inject({ ...call, headers });
        expect(answer.statusCode).toBe(400);
        expect(problem.parse(answer.json()).code).toBe('idempotency_key_required');
      });

    if (route.idempotency !== 'none')
      test.each(['with space', 'ü', 'x'.repeat(256)])('with the idempotency key %j: 400', async (key) => {
        const call = validCall(route, tokens.all);
        const answer = await context.app.inject({
          ...call,
          headers: { ...call.headers, 'idempotency-key': key },
        });
        expect(answer.statusCode).toBe(400);
        expect(problem.parse(answer.json()).code).toBe('idempotency_key_invalid');
      });

    if (route.request.body !== null)
      test('with another content type: 415', async () => {
        const call = validCall(route, tokens.all);
        const headers = { ...call.headers, 'content-type': 'application/xml' };
        const answer = await context.app.inject({ ...call, headers, payload: '<a/>' });
        expect(answer.statusCode).toBe(415);
        expect(problem.parse(answer.json()).code).toBe('unsupported_media_type');
      });

    if (route.request.query !== null)
      test('with an unknown query parameter: 422', async () => {
        const call = validCall(route, tokens.all);
        const answer = await context.app.inject({ ...call, url: `${call.url}?nonsense=1` });
        expect(answer.statusCode).toBe(422);
        expect(answer.json().errors).toMatchObject([{ pointer: '/nonsense', code: 'unknown_field' }]);
      });

    // An operator's routes are about all organisations: what is of another is there for him.
    if (route.path.includes(':id') && route.scope !== 'admin')
      test('an id of another organisation, an unknown and a malformed one: 404', async () => {
        const foreign = (await createForeign())[kindOf(route)];
        const prefix = route.path.split(':id')[0];
        const suffix = route.path.split(':id')[1];
        for (const id of [foreign, pathOf(route).slice(String(prefix).length).split('/')[0], 'wd_nonsense']) {
          const answer = await context.app.inject({
            ...validCall(route, tokens.all),
            url: `${prefix}${id}${suffix}`,
          });
          expect([id, answer.statusCode]).toEqual([id, 404]);
          expect(problem.parse(answer.json()).code).toMatch(
            /^(withdrawal|bulk|deposit|deposit_address)_not_found$/,
          );
        }
        const owner = await context.app.inject({
          ...validCall(route, tokens.other),
          headers: auth(tokens.other, newId('request')),
          url: `${prefix}${foreign}${suffix}`,
        });
        expect(owner.statusCode).toBe(200);
      });
  },
);

async function createForeign(): Promise<Record<ReturnType<typeof kindOf>, string>> {
  const key = newId('request');
  const single = await context.app.inject({
    method: 'POST',
    url: '/v1/withdrawals',
    headers: auth(tokens.other, key),
    payload: aRequest,
  });
  const bulk = await context.app.inject({
    method: 'POST',
    url: '/v1/bulk-withdrawals',
    headers: { ...auth(tokens.other, `${key}-bulk`), 'content-type': 'text/csv' },
    payload: `chain,asset,to,amount\nlocalhost,USDC,${aRequest.to},1\n`,
  });
  const address = await context.app.inject({
    method: 'POST',
    url: '/v1/deposit-addresses',
    headers: auth(tokens.other, `${key}-address`),
    payload: { chain: 'localhost' },
  });
  const deposits = await context.app.inject({ url: '/v1/deposits', headers: auth(tokens.other) });
  return {
    withdrawal: single.json().id,
    bulk: bulk.json().id,
    depositAddress: address.json().id,
    deposit: deposits.json().data[0].id,
  };
}

test('unknown path: 404', async () => {
  const answer = await context.app.inject({ url: '/v1/nothing?x=1', headers: auth() });
  expect(answer.statusCode).toBe(404);
  expect(problem.parse(answer.json()).code).toBe('not_found');
});

test('a problem of a bulk file fits its own schema', async () => {
  const answer = await context.app.inject({
    method: 'POST',
    url: '/v1/bulk-withdrawals',
    headers: { ...auth(tokens.all, 'bulk-1'), 'content-type': 'text/csv' },
    payload: 'chain,asset,to\n',
  });
  expect(answer.statusCode).toBe(422);
  expect(bulkProblem.parse(answer.json()).errors).toMatchObject([
    { row: 0, field: 'amount', code: 'column_missing' },
  ]);
});
