import { Readable } from 'node:stream';
import type { Overview } from '@naru/core/overview/overview.ts';
import { createLogger, type Logger, silentLogger } from '@naru/kit/logger.ts';
import { createMetricsRegistry } from '@naru/ops/ops-server.ts';
import type { FastifyInstance } from 'fastify';
import { createApp } from '../src/app.ts';
import type { AppDeps } from '../src/deps.ts';
import { createInMemoryDeposits } from './in-memory-deposits.ts';
import { createInMemoryOperations, type InMemoryOperations } from './in-memory-operations.ts';
import { createInMemoryPeople } from './in-memory-people.ts';
import { createInMemoryReviews, type InMemoryReviews } from './in-memory-reviews.ts';
import { createInMemoryRules, type InMemoryRules } from './in-memory-rules.ts';
import { createInMemoryViews } from './in-memory-views.ts';
import { createInMemoryWebhooks } from './in-memory-webhooks.ts';
import {
  createInMemoryWithdrawals,
  type InMemory,
  inMemoryAccess,
  inMemoryCredit,
  noAlertChannels,
  tokens,
} from './in-memory-withdrawals.ts';

export type TestApp = {
  app: FastifyInstance;
  withdrawals: InMemory;
  reviews: InMemoryReviews;
  operations: InMemoryOperations;
  rules: InMemoryRules;
  /** Everything logged, a line each. */
  logLines: () => string[];
};

export function testDeps(withdrawals: InMemory, log: Logger = silentLogger): AppDeps {
  return {
    withdrawals,
    webhooks: createInMemoryWebhooks(),
    access: inMemoryAccess,
    personAccess: null,
    people: createInMemoryPeople(),
    credit: inMemoryCredit,
    reviews: createInMemoryReviews(),
    deposits: createInMemoryDeposits(),
    reserves: { newest: async () => null, prove: async () => null },
    alertChannels: noAlertChannels,
    operations: createInMemoryOperations(withdrawals),
    rules: createInMemoryRules(),
    savedViews: createInMemoryViews(),
    readiness: { database: async () => ({ ok: true }) },
    metrics: createMetricsRegistry('api'),
    limits: { bulkBytesMax: 1_000_000 },
    operator: noOperator,
    accounts: noAccounts,
    treasuries: noTreasuries,
    lookup: noLookup,
    // The ledger is in a real database: see packages/core/src/ledger/ledger-book.test.ts.
    ledger: { accounts: notHere, account: async () => null, postings: async () => null },
    streams: noStreams,
    // The log is in a real database: see packages/core/src/audit/audit-desk.test.ts.
    audit: { search: notHere, state: notHere, verify: notHere },
    overviews: { read: notHere },
    queues: { read: notHere },
    // Reports and files are in a real database: packages/core/src/report, packages/core/src/export.
    reports: { list: notHere, get: async () => null, rerun: notHere },
    exports: { create: notHere, list: notHere, get: async () => null, bytes: () => Readable.from([]) },
    // Checks are in a real database: see packages/core/src/reconciliation/desk.test.ts.
    reconciliation: {
      read: notHere,
      alarms: notHere,
      acknowledge: notHere,
      snooze: notHere,
      signOff: notHere,
    },
    overviewStreams: { open: () => ({ refused: 'stopping' }), stop: () => undefined },
    sharedCount: null,
    trustProxy: false,
    tracing: null,
    log,
  };
}

/** What operators do needs a real database: see `operator.api.test.ts` and `test/e2e/settings.test.ts`. */
const noOperator = {} as AppDeps['operator'];
const notHere = () => Promise.reject(new Error('not here'));
/** Accounts are in a real database: see `test/e2e/accounts.test.ts`. */
const noAccounts: AppDeps['accounts'] = {
  list: notHere,
  add: notHere,
  change: notHere,
  changeRole: notHere,
  topUp: notHere,
  thresholds: notHere,
  setThreshold: notHere,
  transfers: notHere,
  forecast: notHere,
};

/** What operators look up is in a real database: see `packages/core/src/lookup`. */
const noLookup: AppDeps['lookup'] = {
  withdrawals: notHere,
  countWithdrawals: notHere,
  search: notHere,
  withdrawal: async () => null,
  chainTx: async () => null,
};

/** Treasuries are in a real database: see `test/e2e/treasury.test.ts`. */
const noTreasuries: AppDeps['treasuries'] = {
  list: notHere,
  proposals: notHere,
  proposal: notHere,
  propose: notHere,
  reject: notHere,
  sign: notHere,
  cancel: notHere,
};

/** Events come from a real database: see `stream.test.ts`. */
const noStreams: AppDeps['streams'] = {
  open: () => Promise.reject(new Error('not here')),
  stop: () => undefined,
};

export async function createTestApp(change: Partial<AppDeps> = {}): Promise<TestApp> {
  const withdrawals = createInMemoryWithdrawals();
  const lines: string[] = [];
  const log = createLogger({ role: 'api' }, { write: (line: string) => void lines.push(line) });
  const reviews = createInMemoryReviews();
  const operations = createInMemoryOperations(withdrawals);
  const rules = createInMemoryRules();
  const app = await createApp({ ...testDeps(withdrawals, log), reviews, operations, rules, ...change });
  await app.ready();
  return { app, withdrawals, reviews, operations, rules, logLines: () => lines };
}

export const aRequest = {
  chain: 'localhost',
  asset: 'USDC',
  to: `0x${'ab'.repeat(20)}`,
  amount: '12.5',
  reference: 'order-981',
};

export function auth(token: string = tokens.all, key?: string): Record<string, string> {
  return {
    authorization: `Bearer ${token}`,
    ...(key === undefined ? {} : { 'idempotency-key': key }),
  };
}

/** An installation in which nothing happens but submits. */
export function anOverview({ submitted }: { submitted: number }): Overview {
  const none = { failedOurs: 0, failedRecipient: 0, failedDecision: 0 };
  return {
    asOf: new Date(),
    flow: { bucketSeconds: 5, buckets: [], now: { submitted: 0, confirmed: 0, failed: 0 } },
    lastHour: { submitted, confirmed: 0, ...none, successRate: null, latency: null },
    stuckAfterSeconds: 300,
    stages: [],
    deadLetters: [],
    reviews: { open: 0, oldestAt: null, nextExpiryAt: null, unconfirmed: 0 },
    providers: [],
    accounts: [],
    forecast: [],
    alarms: { count: 0, critical: 0, alarms: [] },
    webhooks: { pending: 0, oldestUntriedSeconds: 0, lag: 0, endpoints: [] },
    blocks: [],
    checks: [],
    instances: [],
  };
}
