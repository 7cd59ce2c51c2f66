import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Listener, listen } from './listen.ts';
import { createScratchDatabase } from './scratch-database.fixture.ts';

const APPLICATION = 'naru-listen-test';

let scratch: Awaited<ReturnType<typeof createScratchDatabase>>;
let sender: pg.Client;
let listener: Listener | null = null;

beforeAll(async () => {
  scratch = await createScratchDatabase();
  sender = new pg.Client({ connectionString: scratch.url });
  await sender.connect();
});
afterEach(async () => {
  await listener?.close();
  listener = null;
});
afterAll(async () => {
  await sender.end();
  await scratch.drop();
});

function start(channels: string[], databaseUrl = scratch.url) {
  const signals: string[] = [];
  const errors: Error[] = [];
  listener = listen({
    databaseUrl,
    applicationName: APPLICATION,
    channels,
    onSignal: (channel) => signals.push(channel),
    onError: (error) => errors.push(error),
  });
  return { signals, errors };
}

async function connections(): Promise<number> {
  const { rows } = await sender.query<{ count: string }>(
    'SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1',
    [APPLICATION],
  );
  return Number(rows[0]?.count);
}

describe('listen', () => {
  test('every channel is signalled once at the start, then by NOTIFY', async () => {
    const { signals } = start(['one', 'Two "quoted"']);
    await expect.poll(() => signals).toEqual(['one', 'Two "quoted"']);

    await sender.query('NOTIFY one');
    await sender.query('NOTIFY "Two ""quoted"""');
    await sender.query('NOTIFY other');
    await sender.query('NOTIFY one');

    await expect.poll(() => signals.slice(2)).toEqual(['one', 'Two "quoted"', 'one']);
  });

  test('a lost connection comes back by itself, and all channels are looked at: signals may have been missed', async () => {
    const { signals, errors } = start(['one', 'two']);
    await expect.poll(() => signals.length).toBe(2);

    await scratch.endConnections(APPLICATION);
    await expect.poll(() => signals, { timeout: 10_000 }).toEqual(['one', 'two', 'one', 'two']);
    expect(errors.length).toBeGreaterThan(0);

    await sender.query('NOTIFY two');
    await expect.poll(() => signals.slice(4)).toEqual(['two']);
    expect(await connections()).toBe(1);
  });

  test('a server that is away is reported and tried again', async () => {
    const { signals, errors } = start(['one'], 'postgres://nobody@127.0.0.1:1/none');
    await expect.poll(() => errors.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
    expect(signals).toEqual([]);
  });

  test('after close nothing is left and nothing comes back', async () => {
    const { signals } = start(['one']);
    await expect.poll(() => signals.length).toBe(1);
    await listener?.close();
    await expect.poll(connections).toBe(0);

    // Longer than the pause before a new connection.
    await delay(1_200);

    expect([signals.length, await connections()]).toEqual([1, 0]);
  });

  test('closed while it waits to come back, it stays away', async () => {
    const { signals } = start(['one']);
    await expect.poll(() => signals.length).toBe(1);
    await scratch.endConnections(APPLICATION);
    await listener?.close();

    await delay(1_200);

    expect([signals.length, await connections()]).toEqual([1, 0]);
  });
});
