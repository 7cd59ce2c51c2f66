import { createLogger, type Logger, silentLogger } from '@naru/kit/logger.ts';
import { createMetricsRegistry } from '@naru/ops/ops-server.ts';
import type { FastifyInstance } from 'fastify';
import { createApp } from '../src/app.ts';
import type { AppDeps } from '../src/deps.ts';
import { createInMemoryReviews, type InMemoryReviews } from './in-memory-reviews.ts';
import { createInMemoryRules, type InMemoryRules } from './in-memory-rules.ts';
import {
  createInMemoryWithdrawals,
  type InMemory,
  inMemoryAccess,
  inMemoryCredit,
  tokens,
} from './in-memory-withdrawals.ts';

export type TestApp = {
  app: FastifyInstance;
  withdrawals: InMemory;
  reviews: InMemoryReviews;
  rules: InMemoryRules;
  /** Everything logged, a line each. */
  logLines: () => string[];
};

export function testDeps(withdrawals: InMemory, log: Logger = silentLogger): AppDeps {
  return {
    withdrawals,
    access: inMemoryAccess,
    credit: inMemoryCredit,
    reviews: createInMemoryReviews(),
    rules: createInMemoryRules(),
    readiness: { database: async () => ({ ok: true }) },
    metrics: createMetricsRegistry('api'),
    limits: { bulkBytesMax: 1_000_000 },
    streams: noStreams,
    sharedCount: null,
    trustProxy: false,
    log,
  };
}

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
  const rules = createInMemoryRules();
  const app = await createApp({ ...testDeps(withdrawals, log), reviews, rules, ...change });
  await app.ready();
  return { app, withdrawals, reviews, rules, logLines: () => lines };
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
