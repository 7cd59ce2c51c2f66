import { createLogger, type Logger, silentLogger } from '@naru/kit/logger.ts';
import { createMetricsRegistry } from '@naru/ops/ops-server.ts';
import type { FastifyInstance } from 'fastify';
import { createApp } from '../src/app.ts';
import type { AppDeps } from '../src/deps.ts';
import { createInMemoryDeposits } from './in-memory-deposits.ts';
import { createInMemoryOperations, type InMemoryOperations } from './in-memory-operations.ts';
import { createInMemoryReviews, type InMemoryReviews } from './in-memory-reviews.ts';
import { createInMemoryRules, type InMemoryRules } from './in-memory-rules.ts';
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
    people: { organisationName: async () => 'test' } as unknown as AppDeps['people'],
    credit: inMemoryCredit,
    reviews: createInMemoryReviews(),
    deposits: createInMemoryDeposits(),
    reserves: { newest: async () => null, prove: async () => null },
    alertChannels: noAlertChannels,
    operations: createInMemoryOperations(withdrawals),
    rules: createInMemoryRules(),
    readiness: { database: async () => ({ ok: true }) },
    metrics: createMetricsRegistry('api'),
    limits: { bulkBytesMax: 1_000_000 },
    operator: noOperator,
    accounts: noAccounts,
    treasuries: noTreasuries,
    lookup: noLookup,
    streams: noStreams,
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
