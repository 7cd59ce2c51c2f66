import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { newUuid, toPublicId } from '@naru/kit/ids.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { listAuditEvents } from '../audit/audit.store.ts';
import { takeOutOfUse } from './take-out-of-use.ts';
import { createWebhookWorld, NOBODY, secretBox, settled, type WebhookWorld } from './webhook.fixture.ts';
import type { Attempt, Endpoint } from './webhook.ts';
import { claimMessages } from './webhook-message.store.ts';

let world: WebhookWorld;
let owner: Caller;
beforeAll(async () => {
  world = await createWebhookWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  owner = await world.owner();
});

const got = (at: string) => world.receiver.received.filter((one) => one.path === at);

/** The only delivery of an endpoint, with its tries. */
async function only(endpoint: Endpoint) {
  const [delivery, ...others] = await world.deliveries(owner, endpoint);
  expect(others).toEqual([]);
  const found = await world.webhooks.delivery(owner, delivery?.id ?? '');
  return { ...delivery, tries: (found?.attempts ?? []) as Attempt[] };
}

describe('a receiver that is well', () => {
  test('gets each event once, signed, in the order in which a withdrawal changed', async () => {
    const { endpoint } = await world.endpoint(owner, '/well');
    const ids = await Promise.all(Array.from({ length: 20 }, () => world.submit(owner)));
    await Promise.all(ids.map((id) => world.withdrawals.cancel(owner, null, id)));
    await world.settle();
    const received = got('/well').map(({ body, headers }) => ({
      ...JSON.parse(body),
      webhookId: headers['webhook-id'],
    }));
    expect(received).toHaveLength(40);
    expect(new Set(received.map(({ webhookId }) => webhookId)).size).toBe(40);
    for (const id of ids) {
      const own = received.filter(({ data }) => data.id === toPublicId('withdrawal', id));
      expect(own.map(({ data }) => data.sequence)).toEqual([1, 2]);
    }
    const deliveries = await world.deliveries(owner, endpoint);
    expect(new Set(deliveries.map(({ state }) => state))).toEqual(new Set(['DELIVERED']));
    const now = await world.webhooks.get(owner, endpoint.id);
    expect(now?.health).toMatchObject({ failureCount: 0, successRate: 1, lastSuccessAt: expect.any(Date) });
  });

  test('the log of a delivery has request and answer, and no secret', async () => {
    const { endpoint, secret } = await world.endpoint(owner, '/logged');
    await world.submit(owner);
    await world.settle();
    const { id, tries, state } = await only(endpoint);
    expect(state).toBe('DELIVERED');
    expect(tries).toMatchObject([
      {
        number: 1,
        outcome: 'DELIVERED',
        status: 200,
        address: '127.0.0.1',
        responseBody: 'taken',
        responseHeaders: { 'content-type': 'text/plain' },
        requestHeaders: {
          'webhook-id': toPublicId('webhookMessage', id ?? ''),
          'content-type': 'application/json',
        },
      },
    ]);
    expect(JSON.stringify(tries)).not.toContain(secret.reveal());
    const { rows } = await sql<{ sealed: Buffer }>`
      SELECT sealed FROM webhook_secret WHERE endpoint_id = ${endpoint.id}`.execute(world.db);
    expect(rows[0]?.sealed.includes(secret.reveal().slice(6))).toBe(false);
  });
});

describe('verified by the public libraries of Standard Webhooks', () => {
  const verifyInPython = path.resolve(
    import.meta.dirname,
    '../../../../test/vendor/standardwebhooks-python/verify.py',
  );

  test('in TypeScript and in Python, with each of two secrets while they overlap, and with no other', async () => {
    const { endpoint, secret } = await world.endpoint(owner, '/signed');
    const target = { endpointId: endpoint.id, overlapMs: 60_000 };
    const rotated = settled(await world.webhooks.rotateSecret(owner, newUuid(), target, NOBODY));
    expect(rotated.secrets).toMatchObject([{ expiresAt: null }, { expiresAt: expect.any(Date) }]);
    await world.submit(owner);
    await world.settle();
    const [message] = got('/signed');
    if (message === undefined) throw new Error('nothing came');
    const { headers, body } = message;
    const { Webhook } = await import('standardwebhooks');
    const foreign = (await world.endpoint(owner, '/foreign')).secret;
    const cases = [
      { secret: secret.reveal(), headers, body },
      { secret: rotated.secret?.reveal() ?? '', headers, body },
      { secret: foreign.reveal(), headers, body },
      { secret: secret.reveal(), headers, body: `${body} ` },
    ];
    const inTypeScript = cases.map((one) => {
      try {
        return { payload: new Webhook(one.secret).verify(one.body, one.headers) };
      } catch (error) {
        return { error: (error as Error).message };
      }
    });
    const { stdout } = await promisify(execFile)('python3', [verifyInPython, JSON.stringify(cases)]);
    const valid = { payload: JSON.parse(body) };
    const refused = { error: 'No matching signature found' };
    expect(inTypeScript).toEqual([valid, valid, refused, refused]);
    expect(JSON.parse(stdout)).toEqual([valid, valid, refused, refused]);
  });

  test('once the overlap is over, only by the new secret', async () => {
    const { endpoint, secret } = await world.endpoint(owner, '/over');
    const target = { endpointId: endpoint.id, overlapMs: 0 };
    const rotated = settled(await world.webhooks.rotateSecret(owner, newUuid(), target, NOBODY));
    await world.submit(owner);
    await world.settle();
    const { headers = {}, body = '' } = got('/over')[0] ?? {};
    const { Webhook } = await import('standardwebhooks');
    expect(new Webhook(rotated.secret?.reveal() ?? '').verify(body, headers)).toBeTruthy();
    expect(() => new Webhook(secret.reveal()).verify(body, headers)).toThrow('No matching signature');
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(1);
  });
});

describe('a receiver that is not well', () => {
  test.each([
    ['answers 500', { kind: 'status', status: 500 }, 'REFUSED', 'it answered 500'],
    [
      'redirects to this machine',
      { kind: 'redirect', to: 'http://127.0.0.1:1/' },
      'REFUSED',
      'redirects are not followed',
    ],
    ['hangs up once it has read', { kind: 'hang_up' }, 'UNANSWERED', 'the connection was lost'],
  ] as const)(
    'one that %s gets it again later, under the same id, with the same body',
    async (name, fault, outcome, error) => {
      const at = `/${name.replaceAll(' ', '-')}`;
      const { endpoint } = await world.endpoint(owner, at);
      world.receiver.setFault(at, fault, 1);
      await world.submit(owner);
      await world.settle();
      const first = await only(endpoint);
      expect(first).toMatchObject({
        state: 'PENDING',
        attemptCount: 1,
        lastError: expect.stringContaining(error),
      });
      const waitMs = (first.nextAttemptAt?.getTime() ?? 0) - Date.now();
      expect(waitMs).toBeLessThan(6_000);
      await world.hurry();
      await world.settle();
      const { state, tries } = await only(endpoint);
      expect(state).toBe('DELIVERED');
      expect(tries).toMatchObject([
        { outcome, error: expect.stringContaining(error) },
        { outcome: 'DELIVERED' },
      ]);
      const [one, other] = got(at);
      expect(other?.headers['webhook-id']).toBe(one?.headers['webhook-id']);
      expect(other?.body).toBe(one?.body);
    },
  );

  test('one that answers with a body without end has taken it', async () => {
    const { endpoint } = await world.endpoint(owner, '/huge');
    world.receiver.setFault('/huge', { kind: 'huge', bytes: 50_000_000 });
    await world.submit(owner);
    await world.settle();
    const { state, tries } = await only(endpoint);
    expect([state, tries[0]?.responseBody?.length]).toEqual(['DELIVERED', 1_024]);
  });

  test('one that says when it wants to be asked again is left alone until then, with everything', async () => {
    const { endpoint } = await world.endpoint(owner, '/later');
    world.receiver.setFault('/later', { kind: 'status', status: 429, retryAfter: '3600' }, 1);
    await world.submit(owner);
    await world.settle();
    await world.submit(owner);
    await world.settle();
    expect(got('/later')).toHaveLength(1);
    const [second, first] = await world.deliveries(owner, endpoint);
    expect(first?.nextAttemptAt?.getTime()).toBeGreaterThan(Date.now() + 3_500_000);
    expect(second).toMatchObject({ state: 'PENDING', attemptCount: 0 });
    await world.hurry();
    await world.settle();
    expect(got('/later')).toHaveLength(3);
  });

  test('one that is gone (410) is disabled, and the others of its owner are told', async () => {
    const { endpoint } = await world.endpoint(owner, '/gone', ['withdrawal.*']);
    await world.endpoint(owner, '/watcher', ['webhook_endpoint.*']);
    world.receiver.setFault('/gone', { kind: 'status', status: 410 });
    await world.submit(owner);
    await world.settle();
    expect(await world.webhooks.get(owner, endpoint.id)).toMatchObject({
      state: 'DISABLED',
      stateReason: 'gone',
    });
    expect(await only(endpoint)).toMatchObject({ state: 'FAILED', attemptCount: 1 });
    await world.submit(owner);
    await world.settle();
    expect(got('/gone')).toHaveLength(1);
    expect(JSON.parse(got('/watcher')[0]?.body ?? '')).toMatchObject({
      type: 'webhook_endpoint.disabled',
      data: { id: toPublicId('webhookEndpoint', endpoint.id), stateReason: 'gone' },
    });
  });

  test('one that has failed for long is paused by the machinery; what waits is kept, and comes when it is resumed', async () => {
    const { endpoint } = await world.endpoint(owner, '/failing');
    world.receiver.setFault('/failing', { kind: 'status', status: 503 });
    await Promise.all(Array.from({ length: 25 }, () => world.submit(owner)));
    await world.settle(world.dispatcher({ pauseAfterMs: 0 }));
    expect(await world.webhooks.get(owner, endpoint.id)).toMatchObject({
      state: 'PAUSED',
      stateReason: 'failing',
      health: { lastError: 'it answered 503' },
    });
    const [audit] = await listAuditEvents(
      world.db,
      { subject: endpoint.id, action: 'webhook_endpoint.update' },
      { limit: 1, before: null },
    );
    expect(audit).toMatchObject({
      actor: 'system:webhooks',
      after: { state: 'PAUSED', state_reason: 'failing' },
    });
    const during = await world.submit(owner);
    await world.settle();
    world.receiver.setFault('/failing', { kind: 'ok' });
    const before = got('/failing').length;
    settled(await world.webhooks.resume(owner, endpoint.id, 'deliver', NOBODY));
    await world.settle();
    const since = got('/failing').slice(before);
    // With what happened to itself, which it could not be told at the time.
    expect(since).toHaveLength(27);
    expect(since.map(({ body }) => JSON.parse(body).data.id)).toContain(toPublicId('withdrawal', during));
  });

  test('tries end after three days, and a call begins them again under the same id', async () => {
    const { endpoint } = await world.endpoint(owner, '/never');
    world.receiver.setFault('/never', { kind: 'status', status: 500 });
    await world.submit(owner);
    await world.settle();
    for (let count = 0; count < 14; count++) {
      await world.hurry();
      await world.settle();
    }
    const failed = await only(endpoint);
    expect(failed).toMatchObject({ state: 'FAILED', attemptCount: 13, nextAttemptAt: null });
    world.receiver.setFault('/never', { kind: 'ok' });
    settled(await world.webhooks.resend(owner, newUuid(), failed.id ?? '', NOBODY));
    await world.settle();
    expect(await only(endpoint)).toMatchObject({ state: 'DELIVERED', attemptCount: 14 });
    expect(new Set(got('/never').map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  test('one that never answers holds up nobody else', async () => {
    const stranger = await world.owner();
    await world.endpoint(owner, '/silent');
    await world.endpoint(stranger, '/beside');
    world.receiver.setFault('/silent', { kind: 'silent' });
    await Promise.all(Array.from({ length: 30 }, () => world.submit(owner)));
    await world.handOn();
    const dispatcher = world.dispatcher();
    await dispatcher.step();
    await expect.poll(() => got('/silent').length).toBe(8);
    await Promise.all(Array.from({ length: 10 }, () => world.submit(stranger)));
    await world.handOn();
    await expect
      .poll(async () => {
        await dispatcher.step();
        return got('/beside').length;
      })
      .toBe(10);
    expect(got('/silent')).toHaveLength(8);
    await dispatcher.stop();
    await sql`UPDATE webhook_endpoint SET state = 'PAUSED', state_reason = 'asked', missed_from = 0, missed_since = now()
               WHERE organisation_id = ${owner.organisationId}`.execute(world.db);
  });

  test('of one withdrawal a later change waits until the earlier one has had its first try', async () => {
    await world.endpoint(owner, '/ordered');
    world.receiver.setFault('/ordered', { kind: 'slow', ms: 300 }, 1);
    const id = await world.submit(owner);
    await world.withdrawals.cancel(owner, null, id);
    await world.handOn();
    const dispatcher = world.dispatcher();
    await dispatcher.step();
    await expect.poll(() => got('/ordered').length).toBe(1);
    await dispatcher.step();
    expect(got('/ordered')).toHaveLength(1);
    await world.settle(dispatcher);
    expect(got('/ordered').map(({ body }) => JSON.parse(body).data.sequence)).toEqual([1, 2]);
  });
});

test('what a process had taken when it died is tried again under the same id, and its log says so', async () => {
  const { endpoint } = await world.endpoint(owner, '/died');
  await world.submit(owner);
  await world.handOn();
  const claimed = await claimMessages(world.db, [{ endpointId: endpoint.id, limit: 5 }], {
    id: newUuid(),
    leaseMs: 0,
  });
  expect(claimed).toHaveLength(1);
  await world.settle();
  const { state, tries } = await only(endpoint);
  expect(state).toBe('DELIVERED');
  expect(tries).toMatchObject([
    { number: 1, outcome: 'INTERRUPTED', error: expect.stringContaining('it may have arrived') },
    { number: 2, outcome: 'DELIVERED' },
  ]);
});

test('a replay tells what was never taken, or on request all, under the ids of before', async () => {
  const { endpoint } = await world.endpoint(owner, '/replay');
  const began = new Date(Date.now() - 60_000);
  await Promise.all(Array.from({ length: 3 }, () => world.submit(owner)));
  await world.settle();
  await sql`UPDATE webhook_message SET state = 'PENDING', ended_at = NULL WHERE endpoint_id = ${endpoint.id}
             AND id = (SELECT min(id::text)::uuid FROM webhook_message WHERE endpoint_id = ${endpoint.id})`.execute(
    world.db,
  );
  await sql`UPDATE webhook_message SET state = 'FAILED', ended_at = now() WHERE endpoint_id = ${endpoint.id}
             AND state = 'PENDING'`.execute(world.db);
  const ask = async (redeliver: boolean) => {
    const input = { from: began, to: null, events: [], redeliver };
    settled(await world.webhooks.replay(owner, newUuid(), { endpointId: endpoint.id, input }, NOBODY));
    await world.settle();
  };
  await ask(false);
  expect(got('/replay')).toHaveLength(4);
  await ask(true);
  expect(got('/replay')).toHaveLength(7);
  expect(new Set(got('/replay').map(({ headers }) => headers['webhook-id'])).size).toBe(3);
});

test('a test event reaches an endpoint whatever it asks for, once for a key', async () => {
  const { endpoint } = await world.endpoint(owner, '/tested', ['bulk.completed']);
  const key = newUuid();
  const first = settled(await world.webhooks.test(owner, key, endpoint.id, NOBODY));
  const again = settled(await world.webhooks.test(owner, key, endpoint.id, NOBODY));
  expect(again.id).toBe(first.id);
  await world.settle();
  expect(got('/tested').map(({ body }) => JSON.parse(body).type)).toEqual(['webhook.test']);
});

test('an endpoint that is out of use already is not taken out of it once more', async () => {
  const { endpoint } = await world.endpoint(owner, '/out');
  settled(await world.webhooks.pause(owner, endpoint.id, NOBODY));
  await takeOutOfUse({ db: world.db, logger: silentLogger }, endpoint.id, { to: 'DISABLED', reason: 'gone' });
  expect(await world.webhooks.get(owner, endpoint.id)).toMatchObject({
    state: 'PAUSED',
    stateReason: 'asked',
  });
  expect(() => secretBox.open(newUuid(), { keyId: '0'.repeat(16), sealed: Buffer.alloc(40) })).toThrow(
    'not configured',
  );
});
