import type { OverviewBody } from '@naru/wire/overview.ts';
import { describe, expect, test } from 'vitest';
import { findExceptions } from '../web/views/overview/find-exceptions.ts';
import { overviewTexts } from '../web/views/overview/overview.texts.ts';

const at = '2026-11-29T00:00:00.000Z';
const instance = { instance: 'one', startedAt: at, seenAt: at };

/** A platform on which nothing is the matter. */
const well: OverviewBody = {
  object: 'overview',
  asOf: at,
  flow: { bucketSeconds: 5, buckets: [], now: { submitted: 0, confirmed: 0, failed: 0 } },
  lastHour: {
    submitted: 0,
    confirmed: 0,
    failedOurs: 0,
    failedRecipient: 0,
    failedDecision: 0,
    successRate: null,
    latencySeconds: null,
  },
  stuckAfterSeconds: 300,
  stages: [],
  stuck: { count: 0, assets: [] },
  deadLetters: { open: 0, causes: [] },
  reviews: { open: 0, oldestAt: null, nextExpiryAt: null, unconfirmed: 0 },
  providers: [],
  accounts: [],
  forecast: [],
  alarms: { open: 0, critical: 0, first: [] },
  webhooks: { pending: 0, oldestUntriedSeconds: 0, lag: 0, endpoints: [{ state: 'ACTIVE', count: 2 }] },
  blocks: [],
  reconciliation: { ok: true, lastCheckAt: at, findings: 0, checks: [] },
  instances: [{ ...instance, roles: ['processor', 'broadcaster', 'monitor', 'accounts', 'jobs'] }],
};

const find = (change: Partial<OverviewBody>, locale: 'ko' | 'en' = 'ko') =>
  findExceptions({ ...well, ...change }, { words: overviewTexts[locale], locale, nameOf: (name) => name });

const provider: OverviewBody['providers'][number] = {
  chain: 'localhost',
  provider: 'a.example.com',
  up: true,
  askedBy: 1,
  usableBy: 1,
  height: '7',
  lagBlocks: 0,
  latencyMs: 3,
  requests: 1,
  errorRate: 0,
  problem: null,
  seenAt: at,
};
const money = { chain: 'localhost', asset: 'USDC', count: 1, amount: '77.125' };
const pending: OverviewBody['stages'][number] = {
  state: 'PENDING',
  count: 2,
  oldestAt: '2026-11-28T23:54:00.000Z',
  stuck: 1,
  assets: [{ ...money, stuck: 1, stuckAmount: '77.125' }],
};
const reviews = well.reviews;

describe('boxes of the overview', () => {
  test('there are none where nothing is the matter, whatever else goes on', () => {
    expect(find({})).toEqual([]);
    // A review that has time is a task, and no exception.
    expect(find({ reviews: { ...reviews, open: 3, nextExpiryAt: '2026-11-29T05:00:00.000Z' } })).toEqual([]);
    expect(find({ providers: [provider] })).toEqual([]);
  });

  test.each<[string, Partial<OverviewBody>, 'bad' | 'warn']>([
    ['stuck', { stuck: { count: 1, assets: [money] }, stages: [pending] }, 'bad'],
    ['roles', { instances: [{ ...instance, roles: ['jobs'] }] }, 'bad'],
    [
      'books',
      {
        reconciliation: {
          ...well.reconciliation,
          checks: [{ invariant: 'chain_balance', open: 1, lastCheckAt: at, lastOkAt: null }],
        },
      },
      'bad',
    ],
    ['alarms', { alarms: { open: 2, critical: 1, first: [] } }, 'bad'],
    ['alarms', { alarms: { open: 2, critical: 0, first: [] } }, 'warn'],
    // Another of the chain can be asked.
    ['providers', { providers: [provider, { ...provider, provider: 'b', up: false }] }, 'warn'],
    ['providers', { providers: [{ ...provider, up: false }] }, 'bad'],
    ['dead-letters', { deadLetters: { open: 1, causes: [{ cause: 'fee_ceiling', count: 1 }] } }, 'bad'],
    ['reviews', { reviews: { ...reviews, open: 1, nextExpiryAt: '2026-11-29T00:10:00.000Z' } }, 'warn'],
    ['unconfirmed', { reviews: { ...reviews, unconfirmed: 1 } }, 'warn'],
    ['webhooks', { webhooks: { ...well.webhooks, endpoints: [{ state: 'PAUSED', count: 1 }] } }, 'warn'],
    ['webhook-lag', { webhooks: { ...well.webhooks, pending: 9, oldestUntriedSeconds: 90 } }, 'warn'],
  ])('%s', (key, change, tone) => {
    expect(find(change)).toMatchObject([{ key, tone }]);
  });

  test('the worst comes first, and each says in words what and where', () => {
    const found = find({
      reviews: { ...reviews, unconfirmed: 1 },
      deadLetters: { open: 2, causes: [{ cause: 'attempts_exhausted', count: 2 }] },
      stuck: { count: 1, assets: [money] },
      stages: [pending],
    });
    expect(found.map(({ key }) => key)).toEqual(['stuck', 'dead-letters', 'unconfirmed']);
    expect(found[0]).toMatchObject({
      lines: ['가장 오래된 건 6분', '77.125 USDC'],
      to: '/withdrawals?state=PENDING&order=oldest',
    });
    // By its name, as everywhere, and not by its code.
    expect(found[1]).toMatchObject({
      lines: ['시도 횟수 소진 2'],
      to: '/dead-letters?cause=attempts_exhausted',
    });
  });
});
