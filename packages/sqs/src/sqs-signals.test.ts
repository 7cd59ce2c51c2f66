import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { silentLogger } from '@naru/kit/logger.ts';
import { secret } from '@naru/kit/secret.ts';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createQueues } from './create-queues.ts';
import { createSqsClient } from './sqs-client.ts';
import type { SqsSettings } from './sqs-settings.ts';
import { connectSqsSignals, type SqsSignals } from './sqs-signals.ts';

let server: FauxqsServer;
let settings: SqsSettings;
let registry: Registry;
let open: SqsSignals[];

beforeEach(async () => {
  server = await startFauxqs({ port: 0, logger: false });
  settings = {
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${server.port}`,
    queuePrefix: 'test-',
    credentials: { accessKeyId: 'test', secretAccessKey: secret('test'), sessionToken: null },
  };
  open = [];
});
afterEach(async () => {
  for (const signals of open) await signals.close();
  await server.stop();
});

function connect(): SqsSignals {
  registry = new Registry();
  const signals = connectSqsSignals({ logger: silentLogger, registry }, settings);
  open.push(signals);
  return signals;
}

async function make(channels: string[] = ['naru_processor']) {
  const client = createSqsClient(settings);
  try {
    return await createQueues(client, settings, channels);
  } finally {
    client.destroy();
  }
}

/** A queue with the policy of ours but times that a test can wait for. */
function makeHasty(receivesMax: number): void {
  const region = settings.region;
  const dead = server.createQueue('test-processor-dead', { region });
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.queueArn, maxReceiveCount: receivesMax });
  server.createQueue('test-processor', { region, attributes: { VisibilityTimeout: '1', RedrivePolicy } });
}

const messagesIn = (queue: string) => {
  const messages = server.inspectQueue(queue)?.messages;
  return (messages?.ready.length ?? 0) + (messages?.inflight.length ?? 0);
};
const metricValue = async (metric: string, labels: Record<string, string>) => {
  const found = await registry.getSingleMetric(metric)?.get();
  const wanted = Object.entries(labels);
  return found?.values.find((one) => wanted.every(([name, value]) => one.labels[name] === value))?.value;
};

describe('queues', () => {
  test('each channel gets a queue and a dead-letter queue; a second run sets right what was changed', async () => {
    const channels = ['naru_processor', 'naru_signer'];
    expect(await make(channels)).toEqual([
      { channel: 'naru_processor', queue: 'test-processor', deadQueue: 'test-processor-dead', created: true },
      { channel: 'naru_signer', queue: 'test-signer', deadQueue: 'test-signer-dead', created: true },
    ]);
    const attributes = () => server.inspectQueue('test-processor')?.attributes ?? {};
    const policy = JSON.parse(attributes()['RedrivePolicy'] ?? '{}');
    expect(policy).toMatchObject({ maxReceiveCount: 5 });
    expect(policy.deadLetterTargetArn).toMatch(/:test-processor-dead$/);

    server.deleteQueue('test-processor', { region: settings.region });
    server.createQueue('test-processor', {
      region: settings.region,
      attributes: { VisibilityTimeout: '600' },
    });
    expect((await make()).map(({ created }) => created)).toEqual([false]);
    expect(attributes()).toMatchObject({ VisibilityTimeout: '30', MessageRetentionPeriod: '600' });
    expect(JSON.parse(attributes()['RedrivePolicy'] ?? '{}')).toEqual(policy);
  });
});

describe('signals', () => {
  test('one that is sent has the work looked at, and is gone when that ended well', async () => {
    await make();
    const look = vi.fn(async () => undefined);
    connect().receive(['naru_processor'], look);
    connect().send('naru_processor');
    await vi.waitFor(() => expect(look).toHaveBeenCalledWith('naru_processor'), { timeout: 5_000 });
    await vi.waitFor(() => expect(messagesIn('test-processor')).toBe(0), { timeout: 5_000 });
  });

  test('a thousand in a row are a few messages', async () => {
    await make();
    const signals = connect();
    for (let count = 0; count < 1_000; count++) signals.send('naru_processor');
    await vi.waitFor(() => expect(messagesIn('test-processor')).toBe(2), { timeout: 5_000 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(messagesIn('test-processor')).toBe(2);
  });

  test('one whose step fails is seen again, and after some times lies in the dead-letter queue', async () => {
    makeHasty(2);
    let looks = 0;
    const receiver = connect();
    receiver.receive(['naru_processor'], async () => {
      looks += 1;
      throw new Error('the database is away');
    });
    connect().send('naru_processor');
    await vi.waitFor(() => expect(messagesIn('test-processor-dead')).toBe(1), { timeout: 20_000 });
    expect([looks, messagesIn('test-processor')]).toEqual([2, 0]);
    // A step that fails is the loop's trouble, not that of the signals.
    expect(receiver.problem()).toBeNull();
  });

  test('the depth of the dead-letter queue is a figure', async () => {
    await make();
    server.sendMessage('test-processor-dead', 'look', { region: settings.region });
    connect().receive(['naru_processor'], async () => undefined);
    const depthOf = (queue: string) =>
      metricValue('naru_signal_queue_depth', { channel: 'naru_processor', queue });
    await vi.waitFor(async () => expect(await depthOf('dead')).toBe(1), { timeout: 5_000 });
    expect(await depthOf('main')).toBe(0);
  });

  test('a queue that is missing is told and counted, never thrown, and found once it is there', async () => {
    const look = vi.fn(async () => undefined);
    const signals = connect();
    signals.receive(['naru_processor'], look);
    signals.send('naru_processor');
    await vi.waitFor(() => expect(signals.problem()).toContain('work is found by polling'), {
      timeout: 5_000,
    });
    const failures = () => metricValue('naru_signal_failures_total', { operation: 'send' });
    await vi.waitFor(async () => expect(await failures()).toBeGreaterThanOrEqual(1), { timeout: 5_000 });
    await make();
    await vi.waitFor(
      () => {
        signals.send('naru_processor');
        expect(look).toHaveBeenCalled();
      },
      { timeout: 30_000, interval: 200 },
    );
    await vi.waitFor(() => expect(signals.problem()).toBeNull(), { timeout: 40_000 });
  });

  test('an endpoint that is dead hinders nobody: sending returns at once, closing within seconds', async () => {
    settings = { ...settings, endpoint: 'http://127.0.0.1:1' };
    const signals = connect();
    signals.receive(['naru_processor', 'naru_signer'], async () => undefined);
    const startedMs = performance.now();
    for (let count = 0; count < 10_000; count++) signals.send('naru_processor');
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    await vi.waitFor(() => expect(signals.problem()).not.toBeNull(), { timeout: 5_000 });
    await signals.close();
  });
});

test('no address is called but the one that was configured', async () => {
  await make();
  const hosts = new Set<string>();
  const onRequest = (message: unknown) => {
    const { request } = message as { request: { getHeader(name: string): unknown } };
    hosts.add(String(request.getHeader('host')));
  };
  subscribe('http.client.request.start', onRequest);
  try {
    const look = vi.fn(async () => undefined);
    const signals = connect();
    signals.receive(['naru_processor'], look);
    signals.send('naru_processor');
    await vi.waitFor(() => expect(look).toHaveBeenCalled(), { timeout: 5_000 });
    await signals.close();
  } finally {
    unsubscribe('http.client.request.start', onRequest);
  }
  expect([...hosts]).toEqual([`127.0.0.1:${server.port}`]);
});
