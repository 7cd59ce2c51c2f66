import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import type { Clock } from '@naru/kit/clock.ts';
import { recordAudit, setAuditContext } from '../audit/audit.store.ts';
import { addDays, dayAt, daysBetween, endOf, firstDayOf, startOf } from './calendar.ts';
import { composeDay } from './compose-day.ts';
import { composePeriod } from './compose-period.ts';
import {
  CLOSE_AFTER_MS,
  DAYS_BACK_MAX,
  DAYS_PER_RUN_MAX,
  DRAFT_AGE_MS_MIN,
  DRAFT_SHARE_MAX,
} from './report.limits.ts';
import {
  endRerun,
  freezeMoment,
  isUnsettled,
  listFinalDays,
  listOpenReruns,
  type Rerun,
  readDays,
  readFirstDay,
  readReport,
  saveDraft,
  saveFinal,
} from './report.store.ts';
import type { ReportBody, ReportPeriod } from './report.ts';
import {
  type BalanceRow,
  readBalancesAt,
  readCreditedDeposits,
  readFinalTransactions,
  readFlows,
  readMovements,
  readOpenAt,
  readReportAssets,
  replayBefore,
} from './report-figures.reader.ts';

type Deps = { db: Database; clock: Clock; signal?: AbortSignal };
type For = { reason: string; madeFor: string };

const SYSTEM = 'system:jobs';
const ON_TIME: For = { reason: 'the day is over in Korea', madeFor: SYSTEM };
const longer = ['weekly', 'monthly'] as const;

export type MadeReports = { finals: string[]; drafts: string[]; reruns: string[]; waits: string | null };

/**
 * Brings the reports up to date: each day that is over becomes final, once; then weeks and months whose days all are;
 * what people want to have computed again gets a new version; the periods that go on get a draft. Each report is a
 * transaction of its own, so it may be ended anywhere.
 */
export async function makeReports(deps: Deps): Promise<MadeReports> {
  const made: MadeReports = { finals: [], drafts: [], reruns: [], waits: null };
  const first = await readFirstDay(deps.db);
  if (first === null) return made;
  const now = deps.clock.now();
  const today = dayAt(now);
  const from = first > addDays(today, -DAYS_BACK_MAX) ? first : addDays(today, -DAYS_BACK_MAX);
  const missing = await findMissingDays(deps, from, today);
  for (const day of missing.slice(0, DAYS_PER_RUN_MAX)) {
    if (deps.signal?.aborted === true) return made;
    const end = startOf(addDays(day, 1));
    if (now.getTime() < end.getTime() + CLOSE_AFTER_MS || (await isUnsettled(deps.db, end))) {
      made.waits = day;
      break;
    }
    await finishDay(deps, day, ON_TIME);
    made.finals.push(`daily ${day}`);
  }
  for (const period of longer) made.finals.push(...(await finishPeriods(deps, period, { from, today })));
  for (const one of await listOpenReruns(deps.db)) {
    if (deps.signal?.aborted === true) return made;
    made.reruns.push(...(await computeAgain(deps, one)));
  }
  if (missing.length <= DAYS_PER_RUN_MAX) made.drafts = await writeDrafts(deps, today);
  return made;
}

async function findMissingDays({ db }: Deps, from: string, today: string): Promise<string[]> {
  const final = new Set(await listFinalDays(db, 'daily', { from, to: today }));
  return daysBetween(from, today).filter((day) => !final.has(day));
}

/** Reads a day, as of one moment, and puts it together. */
async function computeDay(tx: Tx, day: string): Promise<{ body: ReportBody; tookMs: number }> {
  const startedMs = performance.now();
  const asOf = await freezeMoment(tx);
  const span = { from: startOf(day), to: startOf(addDays(day, 1)) };
  const before = await readReport(tx, { period: 'daily', day: addDays(day, -1) });
  const opening: BalanceRow[] =
    before === null || before.version === 0
      ? await replayBefore(tx, span.from)
      : before.body.ledger.map(({ assetId, holder, closing }) => ({
          assetId,
          holder,
          balance: BigInt(closing),
        }));
  const body = composeDay({
    span,
    asOf,
    assets: await readReportAssets(tx),
    flows: await readFlows(tx, span),
    openBefore: await readOpenAt(tx, span.from),
    openAfter: await readOpenAt(tx, span.to),
    movements: await readMovements(tx, span),
    opening,
    closing: await readBalancesAt(tx, span.to),
    transactions: await readFinalTransactions(tx, span),
    deposits: await readCreditedDeposits(tx, span),
  });
  return { body, tookMs: Math.round(performance.now() - startedMs) };
}

async function finishDay({ db }: Deps, day: string, why: For): Promise<number> {
  return await withTransaction(db, async (tx) => {
    const { body, tookMs } = await computeDay(tx, day);
    return await finish(tx, { period: 'daily', day, body, tookMs }, why);
  });
}

async function finish(
  tx: Tx,
  made: { period: ReportPeriod; day: string; body: ReportBody; tookMs: number },
  why: For,
): Promise<number> {
  await setAuditContext(tx, { actor: why.madeFor, origin: null, requestId: null, reason: why.reason });
  const ties = made.body.mismatches.length === 0;
  const version = await saveFinal(tx, { ...made, ...why, ties });
  await recordAudit(tx, {
    action: 'report.final',
    subject: `report ${made.period} ${made.day}`,
    after: { version: String(version), ties: String(ties) },
  });
  return version;
}

/** Weeks and months that are over, whose days are all final, and that are not final themselves. */
async function finishPeriods(
  deps: Deps,
  period: 'weekly' | 'monthly',
  { from, today }: { from: string; today: string },
): Promise<string[]> {
  const done = new Set(await listFinalDays(deps.db, period, { from: firstDayOf(period, from), to: today }));
  const finals: string[] = [];
  let day = firstDayOf(period, from);
  for (; endOf(period, day) <= today; day = endOf(period, day)) {
    if (done.has(day)) continue;
    const why = { reason: 'the period is over in Korea', madeFor: SYSTEM };
    if ((await finishPeriod(deps, period, day, why)) !== null) finals.push(`${period} ${day}`);
  }
  return finals;
}

/** Null: a day of it is not final yet. Days before the books were opened have no report. */
async function finishPeriod(
  { db }: Deps,
  period: 'weekly' | 'monthly',
  day: string,
  why: For,
): Promise<number | null> {
  return await withTransaction(db, async (tx) => {
    const startedMs = performance.now();
    await freezeMoment(tx);
    const end = endOf(period, day);
    const days = await readDays(tx, { from: day, to: end });
    const isWhole =
      days.length > 0 && days.every(({ version }) => version > 0) && days.at(-1)?.day === addDays(end, -1);
    if (!isWhole || days.length < daysBetween(days[0]?.day ?? day, end).length) return null;
    const body = composePeriod(days, { from: startOf(day), to: startOf(end) });
    const tookMs = Math.round(performance.now() - startedMs);
    return await finish(tx, { period, day, body, tookMs }, why);
  });
}

/** A new version; of a day, also of the week and the month that were made of it. */
async function computeAgain(deps: Deps, rerun: Rerun): Promise<string[]> {
  const { id, period, day, requestedBy, reason } = rerun;
  const why = { reason, madeFor: requestedBy };
  const version =
    period === 'daily' ? await finishDay(deps, day, why) : await finishPeriod(deps, period, day, why);
  if (version === null) return [];
  const again = [`${period} ${day}`];
  if (period === 'daily')
    for (const containing of longer) {
      const firstDay = firstDayOf(containing, day);
      const found = await readReport(deps.db, { period: containing, day: firstDay });
      if (found === null || found.version === 0) continue;
      const because = {
        reason: `${day} was computed again: ${reason}`.slice(0, 1_000),
        madeFor: requestedBy,
      };
      if ((await finishPeriod(deps, containing, firstDay, because)) !== null)
        again.push(`${containing} ${firstDay}`);
    }
  // Last: one that was killed before is done once more, which makes one more version and loses nothing.
  await withTransaction(deps.db, (tx) => endRerun(tx, id, version));
  return again;
}

/** Of today and the periods that it is in. A draft that takes long is written seldom. */
async function writeDrafts(deps: Deps, today: string): Promise<string[]> {
  const { db, clock } = deps;
  const last = await readReport(db, { period: 'daily', day: today });
  if (last !== null) {
    const ageMs = clock.now().getTime() - last.madeAt.getTime();
    if (ageMs >= 0 && ageMs < Math.max(DRAFT_AGE_MS_MIN, last.tookMs / DRAFT_SHARE_MAX)) return [];
  }
  const why = { reason: 'the period goes on', madeFor: SYSTEM };
  const { body, tookMs } = await withTransaction(db, (tx) => computeDay(tx, today));
  const ties = body.mismatches.length === 0;
  await saveDraft(db, { period: 'daily', day: today, body, tookMs, ties, ...why });
  for (const period of longer) {
    const day = firstDayOf(period, today);
    const days = await readDays(db, { from: day, to: addDays(today, 1) });
    const whole = composePeriod(days, { from: startOf(day), to: startOf(endOf(period, day)) });
    await saveDraft(db, { period, day, body: whole, tookMs: 0, ties: whole.mismatches.length === 0, ...why });
  }
  return [`daily ${today}`, ...longer.map((period) => `${period} ${firstDayOf(period, today)}`)];
}
