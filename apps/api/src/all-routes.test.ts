import type { Caller } from '@naru/core/access/access.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { fromPublicId, newId, toPublicId } from '@naru/kit/ids.ts';
import { bulkProblem, problem } from '@naru/wire/problem.ts';
import { isProblemCode } from '@naru/wire/problem-catalogue.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inMemoryAccess, tokens } from '../test/in-memory-withdrawals.ts';
import { aRequest, auth, createTestApp, type TestApp } from '../test/test-app.ts';
import { problemCodesOf, type Route } from './http/define-route.ts';
import { allRoutes } from './routes/all-routes.ts';

let context: TestApp;
beforeAll(async () => {
  context = await createTestApp();
});
afterAll(() => context.app.close());

const keyed = allRoutes.filter((route) => route.scope !== 'public');

/** Of what its path names. */
function kindOf(
  route: Route,
):
  | 'addressBookEntry'
  | 'apiKey'
  | 'invitation'
  | 'person'
  | 'alertChannel'
  | 'blockedAddress'
  | 'savedView'
  | 'alarm'
  | 'exportFile'
  | 'ledgerAccount'
  | 'deadLetter'
  | 'bulk'
  | 'chainTx'
  | 'deposit'
  | 'depositAddress'
  | 'event'
  | 'policy'
  | 'review'
  | 'webhookEndpoint'
  | 'webhookMessage'
  | 'withdrawal' {
  if (route.path.startsWith('/v1/people/invitations')) return 'invitation';
  if (route.path.startsWith('/v1/people')) return 'person';
  if (route.path.startsWith('/v1/api-keys')) return 'apiKey';
  if (route.path.startsWith('/v1/webhook-endpoints')) return 'webhookEndpoint';
  if (route.path.startsWith('/v1/webhook-deliveries')) return 'webhookMessage';
  if (route.path.startsWith('/v1/events')) return 'event';
  if (route.path.includes('/address-book')) return 'addressBookEntry';
  if (route.path.includes('/block-list')) return 'blockedAddress';
  if (route.path.includes('/saved-views')) return 'savedView';
  if (route.path.includes('/policies')) return 'policy';
  if (route.path.includes('alert-channels')) return 'alertChannel';
  if (route.path.includes('chain-txs')) return 'chainTx';
  if (route.path.includes('/ledger/')) return 'ledgerAccount';
  if (route.path.includes('/alarms')) return 'alarm';
  if (route.path.includes('dead-letters')) return 'deadLetter';
  if (route.path.includes('/exports')) return 'exportFile';
  if (route.path.includes('bulk')) return 'bulk';
  if (route.path.includes('/reviews')) return 'review';
  if (route.path.includes('deposit-addresses')) return 'depositAddress';
  return route.path.includes('deposits') ? 'deposit' : 'withdrawal';
}

function pathOf(route: Route): string {
  const kind = kindOf(route);
  const id = kind === 'event' ? '999999' : newId(kind);
  return route.path
    .replace(':id', id)
    .replace(':code', 'internal')
    .replace(':key', 'batch.items_max')
    .replace(':chain', 'localhost')
    .replace(':asset', 'USDC')
    .replace(':probeId', newId('probe'))
    .replace(':period', 'daily')
    .replace(':date', '2026-03-02');
}

/** Fields of a body that is not a request for a withdrawal. */
const bodies: Readonly<Record<string, unknown>> = {
  approveReview: { factsHash: 'ab'.repeat(32) },
  denyReview: { reason: 'no' },
  confirmReview: { factsHash: 'ab'.repeat(32) },
  objectToReview: { reason: 'no' },
  approveWithdrawal: { factsHash: 'ab'.repeat(32) },
  rejectWithdrawal: { reason: 'no' },
  createWebhookEndpoint: { url: 'https://example.com/hook', events: ['withdrawal.*'] },
  changeWebhookEndpoint: { description: 'ours' },
  resumeWebhookEndpoint: { missed: 'deliver' },
  rotateWebhookSecret: {},
  replayWebhookEvents: { from: '2026-03-01T00:00:00Z' },
  retryWithdrawal: { reason: 'again' },
  releaseWithdrawal: { reason: 'back' },
  bumpWithdrawal: { reason: 'sooner' },
  noteWithdrawal: { text: 'seen' },
  closeDeadLetter: { reason: 'done' },
  noteDeadLetter: { text: 'seen' },
  addAddress: { chain: 'localhost', address: aRequest.to, label: 'cold' },
  blockAddress: { chain: null, address: aRequest.to, reason: 'ticket 12' },
  saveView: { list: 'withdrawals', name: 'Failed', filter: { state: 'FAILED' } },
  changePersonRole: { role: 'viewer' },
  createInvitation: { email: 'kim@example.com', role: 'viewer' },
  createApiKey: { name: 'job', scopes: ['withdrawals:read'] },
  createPolicy: { organisationId: null, document: {} },
  createExport: { kind: 'withdrawals' },
  rerunReport: { reason: 'again' },
};

/** Method, path, headers and a body that the route takes. */
function validCall(route: Route, token: string, without?: string) {
  const body = route.request.body;
  const content =
    body === null
      ? {}
      : body === 'csv'
        ? { payload: 'chain,asset,to,amount\n', type: 'text/csv' }
        : { payload: JSON.stringify(bodies[route.operationId] ?? aRequest), type: 'application/json' };
  const headers: Record<string, string> = {
    ...auth(token, newId('request')),
    ...('type' in content ? { 'content-type': content.type } : {}),
  };
  if (without !== undefined) delete headers[without];
  const payload = 'payload' in content ? { payload: content.payload } : {};
  return { method: route.method, url: pathOf(route), headers, ...payload };
}

/** About the whole installation: for whoever works for every organisation. */
function isOperators({ scope }: Route): boolean {
  return ['admin', 'operations:read', 'operations:write'].includes(scope);
}

test('no two routes share an operation id, or a method and path', () => {
  expect(new Set(allRoutes.map((route) => route.operationId)).size).toBe(allRoutes.length);
  expect(new Set(allRoutes.map((route) => `${route.method} ${route.path}`)).size).toBe(allRoutes.length);
});

test('whatever people decide by a route is audited, and nothing else is', () => {
  const deciding = [
    'admin',
    'approvals:write',
    'webhooks:write',
    'address-book:write',
    'operations:write',
    'people:write',
    'keys:write',
    // Who asks for the chain of seals to be verified.
    'audit:read',
  ];
  // Who takes a list away as a file, or has history verified, decides nothing, and is recorded all the same.
  const recorded = ['createExport', 'verifyAudit'];
  const changing = allRoutes.filter(
    ({ scope, method, operationId }) =>
      (deciding.includes(scope) && method !== 'GET') || recorded.includes(operationId),
  );
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
      const answer = await context.app.inject({ method: 'PUT', url: pathOf(route), headers: auth() });
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

    if (route.scope !== 'any')
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
    if (route.path.includes(':id') && !isOperators(route))
      test('an id of another organisation, an unknown and a malformed one: 404', async () => {
        const foreign = await createForeign(route);
        const prefix = route.path.split(':id')[0];
        const suffix = route.path.split(':id')[1];
        for (const id of [foreign, pathOf(route).slice(String(prefix).length).split('/')[0], 'wd_nonsense']) {
          const answer = await context.app.inject({
            ...validCall(route, tokens.all),
            url: `${prefix}${id}${suffix}`,
          });
          expect([id, answer.statusCode]).toEqual([id, 404]);
          expect(problem.parse(answer.json()).code).toMatch(/_not_found$/);
        }
        if (route.path.startsWith('/v1/events')) return; // of a real database: test/e2e/webhooks.test.ts
        if (['person', 'invitation', 'apiKey'].includes(kindOf(route))) return; // people.api.test.ts
        // What belongs to the installation has no owner among organisations.
        if (route.path.includes('alert-channels')) return;
        const owner = await context.app.inject({
          ...validCall(route, tokens.other),
          headers: { ...validCall(route, tokens.other).headers, ...auth(tokens.other, newId('request')) },
          url: `${prefix}${foreign}${suffix}`,
        });
        expect([200, 202]).toContain(owner.statusCode);
      });
  },
);

/** Something of another organisation that the route could be about. */
async function createForeign(route: Route): Promise<string> {
  const key = newId('request');
  if (route.path.startsWith('/v1/events')) return '1';
  const kind = kindOf(route);
  if (kind === 'person' || kind === 'invitation' || kind === 'apiKey') return newId(kind);
  if (route.path.startsWith('/v1/webhook-')) {
    const endpoint = await context.app.inject({
      method: 'POST',
      url: '/v1/webhook-endpoints',
      headers: auth(tokens.other, key),
      payload: bodies['createWebhookEndpoint'] ?? {},
    });
    const { id } = endpoint.json();
    if (route.path.startsWith('/v1/webhook-endpoints')) return id;
    const url = `/v1/webhook-endpoints/${id}/test`;
    const headers = auth(tokens.other, `${key}-test`);
    return (await context.app.inject({ method: 'POST', url, headers })).json().id;
  }
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
  const make = async (url: string, payload: unknown): Promise<string> => {
    const headers = { ...auth(tokens.other, `${key}-${url}`), 'content-type': 'application/json' };
    const made = await context.app.inject({ method: 'POST', url, headers, payload: JSON.stringify(payload) });
    return made.json().id;
  };
  switch (kindOf(route)) {
    case 'bulk':
      return bulk.json().id;
    case 'review': {
      const id = assertPresent(fromPublicId('withdrawal', single.json().id), 'id');
      const row = await context.withdrawals.get(await callerOf(tokens.other), id);
      return toPublicId('review', context.reviews.open(assertPresent(row, 'withdrawal')));
    }
    case 'deposit':
    case 'depositAddress': {
      const address = await context.app.inject({
        method: 'POST',
        url: '/v1/deposit-addresses',
        headers: auth(tokens.other, `${key}-address`),
        payload: { chain: 'localhost' },
      });
      if (kindOf(route) === 'depositAddress') return address.json().id;
      const deposits = await context.app.inject({ url: '/v1/deposits', headers: auth(tokens.other) });
      return deposits.json().data[0].id;
    }
    case 'deadLetter': {
      const id = assertPresent(fromPublicId('withdrawal', single.json().id), 'id');
      return toPublicId('deadLetter', context.operations.open(id));
    }
    case 'addressBookEntry':
      return await make('/v1/address-book', bodies['addAddress']);
    case 'blockedAddress':
      return await make('/v1/admin/block-list', bodies['blockAddress']);
    case 'savedView':
      return await make('/v1/admin/saved-views', bodies['saveView']);
    case 'policy':
      return await make('/v1/admin/policies', bodies['createPolicy']);
    default: {
      const id = assertPresent(fromPublicId('withdrawal', single.json().id), 'id');
      context.rules.decide((await callerOf(tokens.other)).organisationId, id);
      return single.json().id;
    }
  }
}

async function callerOf(token: string): Promise<Caller> {
  const known = await inMemoryAccess.authenticate(token, '127.0.0.1');
  if ('refused' in known) throw new Error(known.refused);
  return known.caller;
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
