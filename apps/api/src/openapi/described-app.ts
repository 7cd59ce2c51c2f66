import type { Access } from '@naru/core/access/access.service.ts';
import type { AccountManager } from '@naru/core/account-manager/create-account-manager.ts';
import type { AlertChannels } from '@naru/core/alert/operate-channels.ts';
import type { Reviews } from '@naru/core/approval/reviews.ts';
import type { Operations } from '@naru/core/dead-letter/operations.ts';
import type { Deposits } from '@naru/core/deposit/deposits.ts';
import type { Lookup } from '@naru/core/lookup/create-lookup.ts';
import type { RuleBook } from '@naru/core/policy/rule-book.ts';
import type { Treasuries } from '@naru/core/treasury/create-treasuries.ts';
import type { Webhooks } from '@naru/core/webhook/webhooks.ts';
import type { Withdrawals } from '@naru/core/withdrawal/withdrawals.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { createApp } from '../app.ts';
import type { AppDeps } from '../deps.ts';
import type { Operator } from '../operator.ts';

/** A server that can be described but not used: it has all routes and nothing behind them. */
export async function createDescribedApp(): Promise<FastifyInstance> {
  const app = await createApp({
    access: absent<Access>('access'),
    personAccess: null,
    people: absent<AppDeps['people']>('people'),
    withdrawals: absent<Withdrawals>('withdrawals'),
    deposits: absent<Deposits>('deposits'),
    reserves: absent<AppDeps['reserves']>('reserves'),
    webhooks: absent<Webhooks>('webhooks'),
    credit: () => Promise.reject(new Error('this server has no ledger')),
    operator: absent<Operator>('operator'),
    reviews: absent<Reviews>('reviews'),
    accounts: absent<AccountManager>('accounts'),
    treasuries: absent<Treasuries>('treasuries'),
    alertChannels: absent<AlertChannels>('alarm channels'),
    operations: absent<Operations>('operations'),
    lookup: absent<Lookup>('lookup'),
    ledger: absent<AppDeps['ledger']>('ledger'),
    rules: absent<RuleBook>('rules'),
    savedViews: absent<AppDeps['savedViews']>('saved views'),
    readiness: {},
    metrics: new Registry(),
    log: silentLogger,
    tracing: null,
    streams: { open: () => Promise.reject(new Error('this server has no events')), stop: () => undefined },
    reconciliation: absent<AppDeps['reconciliation']>('reconciliation'),
    audit: absent<AppDeps['audit']>('audit log'),
    overviews: absent<AppDeps['overviews']>('overview'),
    queues: absent<AppDeps['queues']>('queues'),
    reports: absent<AppDeps['reports']>('reports'),
    exports: absent<AppDeps['exports']>('exports'),
    overviewStreams: { open: () => ({ refused: 'stopping' }), stop: () => undefined },
    sharedCount: null,
    trustProxy: false,
    limits: { bulkBytesMax: 0 },
  });
  await app.ready();
  return app;
}

/** Any use is a mistake and says so. */
function absent<Service extends object>(name: string): Service {
  return new Proxy({} as Service, {
    get() {
      throw new Error(`this server has no ${name}: it only describes itself`);
    },
  });
}
