import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAccess } from '@naru/core/access/create-access.ts';
import { upsertAsset } from '@naru/core/chain/chain.store.ts';
import { configureChains } from '@naru/core/chain/configure-chains.ts';
import { createWithdrawals } from '@naru/core/withdrawal/create-withdrawals.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { secret } from '@naru/kit/secret.ts';
import { type LocalRedis, startRedis } from '@naru/local-servers/redis.ts';
import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { tokens } from '../test/in-memory-withdrawals.ts';
import { auth, createTestApp, type TestApp } from '../test/test-app.ts';
import { connectShared, type Shared } from './shared.ts';

let dir: string;
let database: TestDatabase;
let redis: LocalRedis;
let instances: Shared[] = [];
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'naru-shared-'));
  database = await createTestDatabase();
});
beforeEach(async () => {
  redis = await startRedis({ logFile: path.join(dir, 'redis.log') });
});
afterEach(async () => {
  await Promise.all(instances.map((one) => one.close()));
  instances = [];
  await redis.stop();
});
afterAll(async () => {
  await database.drop();
  await rm(dir, { recursive: true, force: true });
});

/** What one API process has of Redis, once it has it. */
async function connect(callTimeoutMs = 5_000): Promise<Shared> {
  const shared = await connectShared({ log: silentLogger, callTimeoutMs }, secret(redis.url));
  instances.push(shared);
  await vi.waitFor(() => expect(shared.redis?.problem()).toBeNull(), { timeout: 5_000 });
  await vi.waitFor(() => expect(shared.redis?.isListening()).toBe(true), { timeout: 5_000 });
  return shared;
}

describe('limits', () => {
  const apps: TestApp[] = [];
  afterEach(async () => {
    for (const { app } of apps.splice(0)) await app.close();
  });
  /** A busy machine must not look like a Redis that is away, but where that is what is tested. */
  const start = async (callTimeoutMs?: number) => {
    const context = await createTestApp({ sharedCount: (await connect(callTimeoutMs)).count });
    apps.push(context);
    return async () =>
      (await context.app.inject({ url: '/v1/chains', headers: auth(tokens.limited) })).statusCode;
  };

  test('two a minute are two a minute, whichever instance they reach', async () => {
    const [one, other] = [await start(), await start()];
    expect([await one(), await other(), await one(), await other()]).toEqual([200, 200, 429, 429]);
  });

  test('without Redis each instance counts for itself, from where it stood', async () => {
    const [one, other] = [await start(), await start()];
    expect([await one(), await other()]).toEqual([200, 200]);
    await redis.kill();
    expect([await one(), await one(), await other(), await other()]).toEqual([200, 429, 200, 429]);
  });

  test('a Redis that hangs holds no request up', async () => {
    const one = await start(100);
    redis.pause();
    const startedMs = performance.now();
    expect([await one(), await one(), await one()]).toEqual([200, 200, 429]);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    redis.resume();
  });

  test('a Redis that forgot everything lets nobody in again who was beyond here', async () => {
    const one = await start();
    expect([await one(), await one(), await one()]).toEqual([200, 200, 429]);
    await redis.kill();
    redis = await startRedis({ logFile: path.join(dir, 'redis.log'), port: redis.port });
    expect(await one()).toBe(429);
  });
});

describe('what is kept in memory', () => {
  test('a key that is revoked at one instance is refused by the other at once', async () => {
    const { db } = database;
    // Time stands still: nothing here gets old by itself.
    const clock = { ...systemClock, monotonicMs: () => 0 };
    const [here, there] = [
      createAccess({ db, clock, invalidations: (await connect()).invalidations }),
      createAccess({ db, clock, invalidations: (await connect()).invalidations }),
    ];
    const { id: organisationId } = await here.createOrganisation('Owner');
    const scopes = ['withdrawals:read'];
    const key = await here.createApiKey({ organisationId, name: 'test', network: 'test', scopes });
    const refused = async () => 'refused' in (await there.authenticate(key.token, '127.0.0.1'));
    expect(await refused()).toBe(false);
    await here.revokeApiKey(organisationId, key.id);
    await vi.waitFor(async () => expect(await refused()).toBe(true), { timeout: 5_000 });
  });

  test('an asset that is disabled is disabled at every instance at once, and after an outage too', async () => {
    const { db } = database;
    await configureChains(
      db,
      new Map([['localhost', { payoutContract: `0x${'1'.repeat(40)}`, hasRpc: true }]]),
    );
    const asset = {
      chainId: 'localhost',
      code: 'USDC',
      symbol: 'USDC',
      address: `0x${'2'.repeat(40)}` as const,
      decimals: 6,
      minimum: 1n,
      gasPerItem: 50_000n,
      transferGasMax: 100_000n,
    };
    await upsertAsset(db, { ...asset, enabled: true });
    const clock = { ...systemClock, monotonicMs: () => 0 };
    const [here, there] = [await connect(), await connect()];
    const withdrawals = createWithdrawals({ db, clock, invalidations: there.invalidations });
    const caller = {
      organisationId: crypto.randomUUID(),
      apiKeyId: crypto.randomUUID(),
      network: 'test',
      scopes: [],
      requestsPerMinuteMax: 1,
    } as const;
    const isEnabled = async () =>
      (await withdrawals.listAssets({ ...caller, scopes: [] })).find(({ asset: code }) => code === 'USDC')
        ?.enabled;
    expect(await isEnabled()).toBe(true);
    await upsertAsset(db, { ...asset, enabled: false });
    expect(await isEnabled()).toBe(true);
    here.invalidations.publish('catalogue');
    await vi.waitFor(async () => expect(await isEnabled()).toBe(false), { timeout: 5_000 });

    await redis.kill();
    await upsertAsset(db, { ...asset, enabled: true });
    here.invalidations.publish('catalogue');
    redis = await startRedis({ logFile: path.join(dir, 'redis.log'), port: redis.port });
    // What was said meanwhile was lost with Redis: whoever comes back drops what it keeps.
    await vi.waitFor(async () => expect(await isEnabled()).toBe(true), { timeout: 10_000 });
    await withdrawals.close();
  });
});
