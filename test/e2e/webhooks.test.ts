import { randomBytes } from 'node:crypto';
import { startWebhookReceiver, type WebhookReceiver } from '@naru/outbound/testing/webhook-receiver.ts';
import { createNaru, type Naru } from '@naru/sdk/create-naru.ts';
import { isNaruApiError } from '@naru/sdk/errors.ts';
import { verifyWebhook } from '@naru/sdk/verify-webhook.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOwner } from '../support/owner.ts';
import { randomAddress } from '../support/payouts.ts';
import { runNaru } from '../support/run-naru.ts';
import { eventually, type Stack, type StackProcess, startStack } from '../support/stack.ts';

/** Webhooks as an integrator uses them: the SDK, a receiver of his own, and the command line; the jobs role is killed. */
let stack: Stack;
let jobs: StackProcess;
let naru: Naru;
let apiUrl: string;
let receiver: WebhookReceiver;
const env = { NARU_WEBHOOK_KEY: randomBytes(32).toString('base64'), NARU_WEBHOOK_ALLOW_LOCAL: 'true' };

beforeAll(async () => {
  stack = await startStack();
  // One after the other: on a busy machine several that start at once take as long, each of them.
  apiUrl = (await stack.startApi(env)).url;
  jobs = await stack.startWorker('jobs', env);
  await stack.startWorker('processor,broadcaster,monitor,accounts');
  naru = createNaru({ baseUrl: apiUrl, apiKey: stack.apiKey });
  receiver = await startWebhookReceiver();
});
afterAll(async () => {
  await receiver?.close();
  await stack?.stop();
});

const got = (path: string) => receiver.received.filter((one) => one.path === path);
const pay = () =>
  naru.withdrawals.create({ chain: 'localhost', asset: 'USDC', to: randomAddress(), amount: '1.5' });

test('a withdrawal is told from its acceptance to its end, the same by webhook, stream and list', async () => {
  const endpoint = await naru.webhookEndpoints.create({
    url: `${receiver.url}/story`,
    events: ['withdrawal.*'],
  });
  const secret = endpoint.secret ?? '';
  const streamed: unknown[] = [];
  const stop = new AbortController();
  const { data: before } = await naru.events.listPage({ limit: 1 });
  const after = before[0]?.id ?? '0';
  const streaming = (async () => {
    for await (const event of naru.events.stream({ after, signal: stop.signal })) streamed.push(event);
  })();
  const { id } = await pay();
  const settled = await naru.withdrawals.waitFor(id);
  expect(settled.state).toBe('CONFIRMED');
  const told = await eventually('the last event', async () => {
    const events = await Promise.all(
      got('/story').map(({ headers, body }) => verifyWebhook({ secret, headers, body })),
    );
    return events.some(({ type }) => type === 'withdrawal.confirmed') ? events : null;
  });
  expect(told.map(({ type }) => type)).toEqual([
    'withdrawal.pending',
    'withdrawal.signed',
    'withdrawal.broadcasted',
    'withdrawal.confirming',
    'withdrawal.confirmed',
  ]);
  const last = told.at(-1);
  if (last?.type !== 'withdrawal.confirmed') throw new Error('not the last');
  const { sequence, ...data } = last.data;
  const { updatedAt, transaction, review, ...now } = await naru.withdrawals.get(id);
  expect(review).toBeNull(); // its own resource; no event says who decides on it
  expect(data).toMatchObject({ ...now, transaction: { hash: transaction?.hash, nonce: transaction?.nonce } });
  expect(sequence).toBeGreaterThan(4);
  const listed: unknown[] = [];
  for await (const event of naru.events.list({ withdrawalId: id })) listed.unshift(event);
  expect(listed).toEqual(told);
  expect(await naru.events.get(last.id)).toEqual(last);
  // To another organisation it is as if it had never happened.
  const { apiKey } = await createOwner(stack.database.db, 'A stranger');
  const stranger = createNaru({ baseUrl: apiUrl, apiKey });
  expect((await stranger.events.listPage({ withdrawalId: id })).data).toEqual([]);
  expect((await stranger.events.listPage()).data).toEqual([]);
  const refused = await stranger.events.get(last.id).catch((error: unknown) => error);
  expect(isNaruApiError(refused, 'event_not_found')).toBe(true);
  await eventually('the stream', async () => (streamed.length >= told.length ? true : null));
  expect(streamed).toEqual(told);
  stop.abort();
  await streaming;
  await naru.webhookEndpoints.delete(endpoint.id);
  expect(await naru.webhookEndpoints.list()).toEqual([]);
});

test('a file is told as done once, by webhook, stream and list', async () => {
  const endpoint = await naru.webhookEndpoints.create({
    url: `${receiver.url}/files`,
    events: ['bulk.completed'],
  });
  const rows = Array.from({ length: 2 }, () => `localhost,USDC,${randomAddress()},1`);
  const bulk = await naru.bulk.create(['chain,asset,to,amount', ...rows].join('\n'));
  const [message] = await eventually('the webhook', async () =>
    got('/files').length > 0 ? got('/files') : null,
  );
  const told = JSON.parse(message?.body ?? '');
  expect(told).toMatchObject({ type: 'bulk.completed', data: { id: bulk.id, counts: { CONFIRMED: 2 } } });
  expect((await naru.events.listPage({ type: 'bulk.completed' })).data).toEqual([told]);
  expect(await naru.events.get(told.id)).toEqual(told);
  for await (const event of naru.events.stream({ after: String(BigInt(told.id) - 1n) })) {
    expect(event).toEqual(told);
    break;
  }
  expect(got('/files')).toHaveLength(1);
  await naru.webhookEndpoints.delete(endpoint.id);
});

test('the jobs role is killed amid delivery: each event arrives, under one id', {
  timeout: 240_000,
}, async () => {
  const endpoint = await naru.webhookEndpoints.create({
    url: `${receiver.url}/killed`,
    events: ['withdrawal.pending'],
  });
  receiver.setFault('/killed', { kind: 'slow', ms: 400 });
  const ids = (await Promise.all(Array.from({ length: 60 }, pay))).map(({ id }) => id);
  // Nobody waits for the next one: what is looked for is what arrives.
  for (const share of [0.1, 0.4]) {
    await eventually(
      'some arrived',
      async () => (got('/killed').length > ids.length * share ? true : null),
      120_000,
    );
    jobs.kill('SIGKILL');
    await jobs.ended;
    jobs = await stack.launchWorker('jobs', 'apps/worker/src/main.ts', env);
  }
  const idOf = new Map<string, Set<string>>();
  await eventually(
    'all of them',
    async () => {
      for (const { headers, body } of got('/killed')) {
        const subject = String(JSON.parse(body).data.id);
        idOf.set(subject, (idOf.get(subject) ?? new Set()).add(headers['webhook-id'] ?? ''));
      }
      return ids.every((id) => idOf.has(id)) ? true : null;
    },
    180_000,
  );
  expect([...idOf.values()].every((names) => names.size === 1)).toBe(true);
  expect(idOf.size).toBe(ids.length);
  await naru.webhookEndpoints.delete(endpoint.id);
});

test('what fails is seen, sent again and explained; what is not allowed is refused with a reason', async () => {
  const endpoint = await naru.webhookEndpoints.create({
    url: `${receiver.url}/fails`,
    events: ['bulk.completed'],
  });
  receiver.setFault('/fails', { kind: 'status', status: 500 }, 1);
  const { id } = await naru.webhookEndpoints.test(endpoint.id);
  const failed = await eventually('a failed try', async () => {
    const delivery = await naru.webhookDeliveries.get(id);
    return delivery.attemptCount > 0 ? delivery : null;
  });
  expect(failed).toMatchObject({ state: 'PENDING', lastStatus: 500, type: 'webhook.test' });
  expect(failed.attempts[0]).toMatchObject({
    outcome: 'REFUSED',
    request: { headers: { 'webhook-id': id } },
    response: { status: 500, body: 'answer 500' },
  });
  await naru.webhookDeliveries.resend(id);
  await eventually('delivered', async () =>
    (await naru.webhookDeliveries.get(id)).state === 'DELIVERED' ? true : null,
  );
  const { secret } = await naru.webhookEndpoints.rotateSecret(endpoint.id, { overlapSeconds: 3_600 });
  await naru.webhookEndpoints.test(endpoint.id);
  const [, , message] = await eventually('a third request', async () =>
    got('/fails').length > 2 ? got('/fails') : null,
  );
  for (const one of [endpoint.secret, secret])
    expect(
      await verifyWebhook({ secret: one ?? '', headers: message?.headers ?? {}, body: message?.body ?? '' }),
    ).toMatchObject({ type: 'webhook.test' });

  const refused = (work: Promise<unknown>) =>
    work.then(
      () => expect.fail('it was not refused'),
      (error: unknown) => (isNaruApiError(error) ? error : expect.fail(String(error))),
    );
  const inside = await refused(
    naru.webhookEndpoints.create({ url: 'http://169.254.169.254/latest/meta-data', events: ['*'] }),
  );
  expect(inside.problem.errors).toMatchObject([{ pointer: '/url', code: 'url_not_public' }]);
  const unknown = await refused(naru.webhookEndpoints.change(endpoint.id, { events: ['withdrawal.payed'] }));
  expect(unknown.problem.errors).toMatchObject([{ pointer: '/events/0', code: 'event_unknown' }]);
  await naru.webhookEndpoints.pause(endpoint.id);
  expect((await refused(naru.webhookEndpoints.test(endpoint.id))).code).toBe('webhook_endpoint_state');
  expect((await naru.webhookEndpoints.resume(endpoint.id, 'skip')).state).toBe('ACTIVE');
  const states: string[] = [];
  for await (const { state } of naru.webhookEndpoints.deliveries(endpoint.id)) states.push(state);
  expect(states).toEqual(['DELIVERED', 'DELIVERED']);
  const figures = await (await fetch(`http://127.0.0.1:${jobs.port}/metrics`)).text();
  expect(figures).toMatch(/naru_webhook_deliveries_total\{outcome="DELIVERED",role="jobs"\} [1-9]/);
});

test('naru listen forwards events to a URL of this machine, signed with the secret that it prints', {
  timeout: 240_000,
}, async () => {
  const { data } = await naru.events.listPage({ limit: 1 });
  await pay();
  const run = await runNaru(
    [
      'listen',
      '--forward-to',
      `${receiver.url}/listen`,
      '--after',
      data[0]?.id ?? '0',
      '--count',
      '1',
      '--json',
    ],
    { NARU_API_URL: apiUrl, NARU_API_KEY: stack.apiKey },
  );
  expect(run.code).toBe(0);
  const [first = '', second = ''] = run.out.trim().split('\n');
  const { secret } = JSON.parse(first) as { secret: string };
  const [message] = got('/listen');
  const event = await verifyWebhook({ secret, headers: message?.headers ?? {}, body: message?.body ?? '' });
  expect(event).toMatchObject({ data: { object: 'withdrawal' } });
  expect(JSON.parse(second)).toMatchObject({ event, answer: { status: 200 } });
});
