import { refreshRates } from '@naru/core/exchange-rate/refresh-rates.ts';
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
  'check-books',
  'verify-history',
  'remove-expired',
  'ensure-partitions',
  'make-backup',
  'check-backups',
  'refresh-rates',
  'check-approvals',
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
    run: ({ db, rateSources }) => refreshRates({ db, now: () => new Date() }, rateSources),
  },
  'check-approvals': {
    schedule: { everyMinutes: 1 },
    timeLimitMs: 50 * SECOND_MS,
    triesMax: 1,
    run: (context) =>
      checkInvariant(context, 'emergency_approvals', () => checkEmergencyApprovals(context.db)),
  },
};
