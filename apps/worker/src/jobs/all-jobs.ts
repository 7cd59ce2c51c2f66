import { checkReserveAccounts, checkTransfers } from '@naru/core/account-manager/forecast.ts';
import {
  checkAlertDelivery,
  checkDeadLetters,
  checkFailureRate,
  checkQueue,
  checkResources,
} from '@naru/core/alert/check-load.ts';
import { findDeadLetters } from '@naru/core/dead-letter/find-dead-letters.ts';
import { refreshRates } from '@naru/core/exchange-rate/refresh-rates.ts';
import { writeExports } from '@naru/core/export/write-exports.ts';
import {
  checkChains,
  checkEmergencyApprovals,
  checkHistory,
  checkInvariant,
  checkLedgerFull,
  checkLedgerReplay,
  checkReserves,
  checkSealing,
} from '@naru/core/reconciliation/check-invariants.ts';
import { makeReports } from '@naru/core/report/make-reports.ts';
import { makeReservesReport } from '@naru/core/reserves/make-report.ts';
import { isCovered } from '@naru/core/reserves/reserves.ts';
import { removeExpired } from '@naru/core/retention/remove-expired.ts';
import { ensureEventPartitions } from '@naru/core/withdrawal/event-partitions.store.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { checkBackups, makeBackup } from './backups.ts';
import type { Job } from './job.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

export const jobNames = [
  'check-ledger',
  'check-reserves',
  'check-chains',
  'check-sealing',
  'check-accounts',
  'check-books',
  'verify-history',
  'report-reserves',
  'remove-expired',
  'ensure-partitions',
  'make-backup',
  'check-backups',
  'refresh-rates',
  'check-approvals',
  'find-dead-letters',
  'check-load',
  'make-reports',
  'write-exports',
] as const;
export type JobName = (typeof jobNames)[number];

/** Every job: when, for how long, and what it does. Names are kept in the database: a new meaning takes a new name. */
export const allJobs: Readonly<Record<JobName, Job>> = {
  'check-ledger': {
    schedule: { everyMinutes: 1 },
    timeLimitMs: 50 * SECOND_MS,
    triesMax: 1,
    run: (context) => checkInvariant(context, 'ledger_replay', () => checkLedgerReplay(context.db)),
  },
  'check-reserves': {
    schedule: { everyMinutes: 1 },
    timeLimitMs: 50 * SECOND_MS,
    triesMax: 1,
    run: (context) => checkInvariant(context, 'reserves', () => checkReserves(context.db, 'fast')),
  },
  'check-chains': {
    schedule: { everyMinutes: 1 },
    timeLimitMs: 5 * MINUTE_MS,
    triesMax: 1,
    run: (context) =>
      checkInvariant(context, 'chain_balance', async () =>
        checkChains(context, await context.readChains(), { signal: context.signal }),
      ),
  },
  'check-sealing': {
    schedule: { everyMinutes: 5 },
    timeLimitMs: MINUTE_MS,
    triesMax: 1,
    run: (context) => checkInvariant(context, 'sealing', () => checkSealing(context.db)),
  },
  'check-accounts': {
    schedule: { everyMinutes: 1 },
    timeLimitMs: 50 * SECOND_MS,
    triesMax: 1,
    run: async (context) => ({
      reserves: await checkInvariant(context, 'account_reserves', () => checkReserveAccounts(context.db)),
      transfers: await checkInvariant(context, 'account_transfers', () => checkTransfers(context.db)),
    }),
  },
  // Reads every transfer and every withdrawal: at night in Korea, when least is paid.
  'check-books': {
    schedule: { dailyAtSeoul: '03:30' },
    timeLimitMs: 120 * MINUTE_MS,
    triesMax: 3,
    run: async (context) => ({
      ledger: await checkInvariant(context, 'ledger_full', () => checkLedgerFull(context.db)),
      reserves: await checkInvariant(context, 'reserves_full', () => checkReserves(context.db, 'full')),
    }),
  },
  'verify-history': {
    schedule: { dailyAtSeoul: '04:30' },
    timeLimitMs: 240 * MINUTE_MS,
    triesMax: 3,
    run: (context) =>
      checkInvariant(context, 'history_seals', () => checkHistory(context.db, context.signal)),
  },
  'report-reserves': {
    schedule: { dailyAtSeoul: '05:30' },
    timeLimitMs: 60 * MINUTE_MS,
    triesMax: 3,
    run: async ({ db, readChains }) => {
      const by = { actor: 'system:jobs', origin: null, requestId: null, reason: 'the daily report' };
      const report = await makeReservesReport({ db, clock: systemClock }, await readChains(), by);
      return { id: report.id, hash: report.hash, covered: isCovered(JSON.parse(report.body)) };
    },
  },
  'remove-expired': {
    schedule: { dailyAtSeoul: '02:30' },
    timeLimitMs: 60 * MINUTE_MS,
    triesMax: 3,
    run: ({ db, idempotencyKeptDays, signal }) =>
      removeExpired({ db, clock: systemClock }, { idempotencyKeptDays, signal }),
  },
  'ensure-partitions': {
    schedule: { dailyAtSeoul: '02:00' },
    timeLimitMs: MINUTE_MS,
    triesMax: 3,
    run: async ({ db }) => ({ made: await ensureEventPartitions(db) }),
  },
  'make-backup': {
    schedule: { dailyAtSeoul: '01:30' },
    timeLimitMs: 240 * MINUTE_MS,
    triesMax: 3,
    run: ({ backups }) => makeBackup(backups),
  },
  'check-backups': {
    schedule: { everyMinutes: 15 },
    timeLimitMs: 120 * MINUTE_MS,
    triesMax: 1,
    run: (context) => checkBackups(context),
  },
  'refresh-rates': {
    schedule: { everyMinutes: 5 },
    timeLimitMs: 4 * MINUTE_MS,
    triesMax: 1,
    run: ({ db, rateSources }) => refreshRates({ db }, rateSources),
  },
  'check-approvals': {
    schedule: { everyMinutes: 1 },
    timeLimitMs: 50 * SECOND_MS,
    triesMax: 1,
    run: (context) =>
      checkInvariant(context, 'emergency_approvals', () => checkEmergencyApprovals(context.db)),
  },
  'find-dead-letters': {
    schedule: { everyMinutes: 1 },
    timeLimitMs: 50 * SECOND_MS,
    triesMax: 1,
    run: ({ db }) => findDeadLetters({ db }, jobNames),
  },
  'check-load': {
    schedule: { everyMinutes: 1 },
    timeLimitMs: 50 * SECOND_MS,
    triesMax: 1,
    run: async (context) => {
      const { db } = context;
      const outcomes = [
        await checkInvariant(context, 'queue', () => checkQueue(db)),
        await checkInvariant(context, 'dead_letters', () => checkDeadLetters(db)),
        await checkInvariant(context, 'failure_rate', () => checkFailureRate(db)),
        await checkInvariant(context, 'resources', async () => checkResources(await context.readResources())),
        await checkInvariant(context, 'alert_delivery', () => checkAlertDelivery(db)),
      ];
      return Object.fromEntries(outcomes.map(({ invariant, ok }) => [invariant, ok]));
    },
  }, // Of the day that has ended and the one that goes on; a draft that is dear to write is written seldom.
  'make-reports': {
    schedule: { everyMinutes: 1 },
    timeLimitMs: 60 * MINUTE_MS,
    triesMax: 1,
    run: ({ db, signal }) => makeReports({ db, clock: systemClock, signal }),
  },
  // Also asked for by whoever wants a file; each minute, for what a process that died has left.
  'write-exports': {
    schedule: { everyMinutes: 1 },
    timeLimitMs: 30 * MINUTE_MS,
    triesMax: 1,
    run: ({ db, signal }) => writeExports({ db, signal }),
  },
};
