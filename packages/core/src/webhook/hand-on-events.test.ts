import { fromPublicId } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { amountsOf, bulkOf, submitFile } from '../withdrawal/bulk.fixture.ts';
import { completeBulks } from '../withdrawal/complete-bulks.ts';
import { type FaultyDatabase, openFaultyDatabase } from '../withdrawal/faulty-database.fixture.ts';
import { uuidOf } from './event-id.ts';
import { handOnEvents } from './hand-on-events.ts';
import { createWebhookWorld, NOBODY, settled, type WebhookWorld } from './webhook.fixture.ts';
import { endpointTransitions, messageTransitions } from './webhook.machine.ts';
import { listDeliveriesAbout } from './webhook.reader.ts';

let world: WebhookWorld;
let owner: Caller;
beforeAll(async () => {
  world = await createWebhookWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  owner = await world.owner();
});

async function messages(): Promise<
  { id: string; type: string; subject: string; sequence: number; path: string }[]
> {
  const { rows } = await sql<{ id: string; type: string; subject: string; sequence: number; path: string }>`
    SELECT m.id, m.type, m.subject, m.sequence, substring(p.url from '[^/]*$') AS path
      FROM webhook_message m JOIN webhook_endpoint p ON p.id = m.endpoint_id
     WHERE m.organisation_id = ${owner.organisationId} ORDER BY p.url, m.id, m.sequence`.execute(world.db);
  return rows;
}

test('for organisations without endpoints nothing is written, and the log is not even read without any', async () => {
  await world.submit(owner);
  expect(await handOnEvents(world)).toEqual({ messages: 0, more: false });
  const { rows } = await sql<{ position: bigint }>`SELECT position FROM webhook_cursor`.execute(world.db);
  expect(rows).toEqual([{ position: 0n }]);
  const stranger = await world.owner();
  await world.endpoint(stranger, '/stranger');
  await world.submit(owner);
  await world.handOn();
  const { rows: written } = await sql`
    SELECT 1 FROM webhook_event WHERE organisation_id = ${owner.organisationId}`.execute(world.db);
  expect(written).toEqual([]);
});

test('the machines are those of the database', async () => {
  for (const [table, edges] of [
    ['webhook_endpoint_transition', endpointTransitions],
    ['webhook_message_transition', messageTransitions],
  ] as const) {
    const { rows } = await sql<{ from: string; to: string }>`
      SELECT from_state AS "from", to_state AS "to" FROM ${sql.table(table)}`.execute(world.db);
    const sorted = (list: readonly { from: string; to: string }[]) =>
      list.map(({ from, to }) => `${from} ${to}`).sort();
    expect(sorted(rows)).toEqual(sorted(edges));
  }
});

test('ids are made alike here and in the database', async () => {
  for (const at of [
    new Date(0),
    new Date('2026-03-02T09:15:27.431Z'),
    new Date('2199-12-31T23:59:59.999Z'),
  ]) {
    const name = `withdrawal ä/${at.getTime()}`;
    const { rows } = await sql<{ id: string }>`
      SELECT webhook_uuid(${at.toISOString()}, ${name}) AS id`.execute(world.db);
    expect(uuidOf(at, name)).toBe(rows[0]?.id);
  }
});

test('each endpoint gets what it asks for, of its own organisation, from the time on that it was made', async () => {
  const stranger = await world.owner();
  await world.submit(owner);
  await world.endpoint(owner, '/all');
  await world.endpoint(owner, '/ends', ['withdrawal.canceled', 'withdrawal.failed']);
  await world.endpoint(owner, '/group', ['withdrawal.*']);
  await world.endpoint(owner, '/other', ['bulk.completed']);
  await world.endpoint(stranger, '/stranger');
  const id = await world.submit(owner);
  await world.withdrawals.cancel(owner, null, id);

  expect(await world.handOn()).toBe(5);

  expect((await messages()).map(({ path, type, sequence }) => `${path} ${type} ${sequence}`)).toEqual([
    'all withdrawal.pending 1',
    'all withdrawal.canceled 2',
    'ends withdrawal.canceled 2',
    'group withdrawal.pending 1',
    'group withdrawal.canceled 2',
  ]);
  expect(new Set((await messages()).map(({ id: one }) => one)).size).toBe(5);
  expect(fromPublicId('withdrawal', (await messages())[0]?.subject ?? '')).toBe(id);
});

test('a body has the withdrawal as it was then, and the number of the change', async () => {
  await world.endpoint(owner, '/all');
  const id = await world.submit(owner);
  await world.withdrawals.cancel(owner, null, id);
  await world.handOn();
  const { rows } = await sql<{ body: string }>`
    SELECT body FROM webhook_event WHERE organisation_id = ${owner.organisationId} ORDER BY sequence`.execute(
    world.db,
  );
  const [first, second] = rows.map(({ body }) => JSON.parse(body));
  expect(first).toMatchObject({
    type: 'withdrawal.pending',
    data: { object: 'withdrawal', state: 'PENDING', sequence: 1, amount: '1', transaction: null },
  });
  expect(second).toMatchObject({ type: 'withdrawal.canceled', data: { state: 'CANCELED', sequence: 2 } });
  expect(first.data.id).toBe(second.data.id);
  expect(Number(second.id)).toBeGreaterThan(Number(first.id));
});

test('several that hand on at once make each message once', async () => {
  await world.endpoint(owner, '/a');
  await world.endpoint(owner, '/b');
  await Promise.all(Array.from({ length: 20 }, () => world.submit(owner)));
  await Promise.all(Array.from({ length: 6 }, () => world.handOn()));
  expect(await messages()).toHaveLength(40);
});

describe('an endpoint that was out of use', () => {
  const pathsOf = async () => (await messages()).map(({ path, subject }) => `${path} ${subject}`);

  test.each(['alone', 'beside another'])('is told on request exactly what it missed (%s)', async (how) => {
    const { endpoint } = await world.endpoint(owner, '/a');
    if (how !== 'alone') await world.endpoint(owner, '/b');
    const before = await world.submit(owner);
    await world.handOn();
    settled(await world.webhooks.pause(owner, endpoint.id, NOBODY));
    const missed = await Promise.all(Array.from({ length: 5 }, () => world.submit(owner)));
    await world.handOn();
    expect((await pathsOf()).filter((line) => line.startsWith('a '))).toHaveLength(1);
    settled(await world.webhooks.resume(owner, endpoint.id, 'deliver', NOBODY));
    const after = await world.submit(owner);
    await world.handOn();
    const told = (await messages()).filter(({ path }) => path === 'a').map(({ subject }) => subject);
    expect(told.map((subject) => fromPublicId('withdrawal', subject)).sort()).toEqual(
      [before, ...missed, after].sort(),
    );
  });

  test.each(['alone', 'beside another'])('or is not told of it at all (%s)', async (how) => {
    const { endpoint } = await world.endpoint(owner, '/a');
    if (how !== 'alone') await world.endpoint(owner, '/b');
    settled(await world.webhooks.pause(owner, endpoint.id, NOBODY));
    await Promise.all(Array.from({ length: 5 }, () => world.submit(owner)));
    await world.handOn();
    settled(await world.webhooks.resume(owner, endpoint.id, 'skip', NOBODY));
    const after = await world.submit(owner);
    await world.handOn();
    const told = (await messages()).filter(({ path }) => path === 'a').map(({ subject }) => subject);
    expect(told.map((subject) => fromPublicId('withdrawal', subject))).toEqual([after]);
  });

  test('misses nothing and is told nothing twice when it is paused and resumed while events are handed on', async () => {
    const { endpoint } = await world.endpoint(owner, '/a');
    const ids: string[] = [];
    let isWriting = true;
    const writing = (async () => {
      for (let count = 0; count < 25; count++) ids.push(await world.submit(owner));
      isWriting = false;
    })();
    const handing = (async () => {
      while (isWriting) await handOnEvents(world);
    })();
    while (isWriting) {
      settled(await world.webhooks.pause(owner, endpoint.id, NOBODY));
      settled(await world.webhooks.resume(owner, endpoint.id, 'deliver', NOBODY));
    }
    await Promise.all([writing, handing]);
    await world.handOn();
    const told = (await messages()).map(({ subject }) => fromPublicId('withdrawal', subject));
    expect(told.sort()).toEqual(ids.sort());
  });
});

test('killed at any statement, nothing is lost and nothing is made twice', async () => {
  await world.endpoint(owner, '/a');
  const faulty: FaultyDatabase = openFaultyDatabase(world.database.url, world.db);
  try {
    await world.submit(owner);
    faulty.arm(null);
    await handOnEvents(faulty);
    const statements = faulty.statements().length;
    expect(statements).toBeGreaterThan(6);
    const ids = new Set<string>();
    let thrown = 0;
    for (let statement = 1; statement <= statements; statement++)
      for (const when of ['before', 'after'] as const) {
        ids.add(await world.submit(owner));
        faulty.arm({ statement, when });
        await handOnEvents(faulty).catch(() => (thrown += 1));
      }
    expect(thrown).toBeGreaterThan(statements);
    faulty.arm(null);
    await world.handOn();
    const told = (await messages()).map(({ subject }) => fromPublicId('withdrawal', subject));
    expect(told).toHaveLength(ids.size + 1);
    expect(new Set(told).size).toBe(ids.size + 1);
  } finally {
    await faulty.close();
  }
});

test('a file is told as completed once, when its last withdrawal is at its end', async () => {
  const { endpoint } = await world.endpoint(owner, '/files', ['bulk.completed']);
  const { id } = bulkOf(await submitFile(world.withdrawals, owner, 'file', amountsOf(['1', '2', '3'])));
  await world.handOn();
  expect(await messages()).toEqual([]);
  const { data } = await world.withdrawals.list(owner, { bulkId: id }, { limit: 10, after: null });
  for (const [index, one] of data.entries()) {
    await world.withdrawals.cancel(owner, null, one.id);
    // Several look at once, again and again.
    await Promise.all(Array.from({ length: 3 }, () => completeBulks(world, null)));
    await world.handOn();
    expect(await messages()).toHaveLength(index === 2 ? 1 : 0);
  }
  const [delivery] = await world.deliveries(owner, endpoint);
  const found = await world.webhooks.delivery(owner, delivery?.id ?? '');
  expect(JSON.parse(found?.body ?? '')).toMatchObject({
    id: expect.stringMatching(/^[0-9]+$/),
    type: 'bulk.completed',
    data: { object: 'bulk_withdrawal', total: 3, counts: { CANCELED: 3 } },
  });
});

test('what was told of a withdrawal is found by it, at whatever microsecond it happened', async () => {
  const { endpoint } = await world.endpoint(owner, '/found');
  // Half of them happen in the second half of a millisecond.
  const ids = await Promise.all(Array.from({ length: 24 }, () => world.submit(owner)));
  await world.handOn();
  for (const id of ids)
    expect(await listDeliveriesAbout(world.db, id, 10)).toMatchObject([
      { endpointId: endpoint.id, type: 'withdrawal.pending' },
    ]);
});
