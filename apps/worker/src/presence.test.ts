import type { Chain } from '@naru/core/chain/chain.ts';
import { configureChains } from '@naru/core/chain/configure-chains.ts';
import { listProviders } from '@naru/core/overview/fleet.store.ts';
import type { RpcPool } from '@naru/evm/rpc/rpc-pool.ts';
import { createTestDatabase } from '@naru/testkit/test-database.ts';
import { expect, test } from 'vitest';
import { createRequestCounts, presenceWork } from './presence.ts';

type Provider = ReturnType<RpcPool['health']>['providers'][number];

test('of a provider that nobody has asked yet nothing is said: it is neither up nor down', async () => {
  const database = await createTestDatabase();
  try {
    await configureChains(
      database.db,
      new Map([
        ['localhost', { payoutContract: null, depositFactory: null, hasRpc: true, confirmations: 1 }],
      ]),
    );
    const fresh: Provider = {
      provider: 'fresh.example.com',
      breaker: 'closed',
      chain: 'unchecked',
      consecutiveFailures: 0,
      cooldownMsLeft: 0,
      latencyMsEwma: null,
      headBlockNumber: null,
      headSeenAtMs: null,
      lagBlocks: null,
      lastProblem: null,
      usable: false,
      lagging: false,
    };
    const down = { ...fresh, provider: 'down.example.com', lastProblem: 'ECONNREFUSED' };
    const health = () => ({ chainId: 1, bestHead: null, usableCount: 0, providers: [fresh, down] });
    const presence = presenceWork(
      { db: database.db, counts: createRequestCounts() },
      { owner: 'one', instance: 'one', roles: ['monitor'] },
      [{ chain: { id: 'localhost' } as Chain, pool: { health } }],
    );
    await presence.work(new AbortController().signal);
    expect(await listProviders(database.db)).toMatchObject([
      { provider: 'down.example.com', usable: false, problem: 'ECONNREFUSED' },
    ]);
  } finally {
    await database.drop();
  }
});

test('requests of about the last minute count, answers that say no among them, and older ones do not', () => {
  let nowMs = 0;
  const counts = createRequestCounts(() => nowMs);
  const observe = counts.observerOf('localhost');
  const request = (outcome: 'ok' | 'rpc_error' | 'timeout') =>
    observe({ kind: 'request', provider: 'a', method: 'batch', callCount: 1, durationMs: 1, outcome });
  request('ok');
  request('rpc_error');
  nowMs = 30_000;
  request('timeout');
  expect(counts.of('localhost', 'a')).toEqual({ requests: 3, failures: 1 });
  expect(counts.of('polygon', 'a')).toEqual({ requests: 0, failures: 0 });
  nowMs = 70_000;
  expect(counts.of('localhost', 'a')).toEqual({ requests: 1, failures: 1 });
  nowMs = 200_000;
  expect(counts.of('localhost', 'a')).toEqual({ requests: 0, failures: 0 });
});
