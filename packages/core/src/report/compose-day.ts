import { assertPresent } from '@naru/kit/assert.ts';
import { LATENCY_BINS, percentileOf } from '../overview/latency-bins.ts';
import { failureCauseOf } from '../withdrawal/failure-cause.ts';
import { FAILURES_MAX } from './report.limits.ts';
import type {
  AssetFlow,
  Failure,
  GasLine,
  LedgerLine,
  Mismatch,
  ReportAsset,
  ReportBody,
  Slot,
  Tally,
} from './report.ts';
import type {
  AssetRow,
  BalanceRow,
  ChainTxRow,
  FlowRow,
  MovementRow,
  OpenRow,
  Span,
} from './report-figures.reader.ts';

/** What was read of one day, as of one moment. */
export type DayFigures = {
  span: Span;
  asOf: Date;
  assets: AssetRow[];
  flows: FlowRow[];
  openBefore: OpenRow[];
  openAfter: OpenRow[];
  movements: MovementRow[];
  /** Of the day before where that is reported, else the replay of all rows before. */
  opening: BalanceRow[];
  closing: BalanceRow[];
  transactions: ChainTxRow[];
  deposits: OpenRow[];
};

/** A day as a report, with what does not fit in it. */
export function composeDay(figures: DayFigures): ReportBody {
  const { span, flows, assets } = figures;
  const known = new Map(
    assets.map(({ assetId, chain, code, decimals }) => [assetId, { assetId, chain, code, decimals }]),
  );
  const assetOf = (id: string) => assertPresent(known.get(id), `asset ${id}`);
  const mismatches: Mismatch[] = [];
  const latencyBins = binsOf(flows);
  const failures = failuresOf(flows);
  return {
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    asOf: figures.asOf.toISOString(),
    totals: totalsOf(flows, failures, latencyBins),
    slots: slotsOf(flows, span),
    assets: flowsOf(figures, assetOf, mismatches),
    failures: failures.slice(0, FAILURES_MAX),
    latencyBins,
    gas: gasOf(figures),
    deposits: figures.deposits.map(({ assetId, count, amount }) => ({
      ...assetOf(assetId),
      credited: { count, amount: String(amount) },
    })),
    ledger: ledgerOf(figures, assetOf, mismatches),
    mismatches,
  };
}

const isSubmit = (row: FlowRow) => row.from === null;
const count = (rows: readonly FlowRow[]) => rows.reduce((sum, row) => sum + row.count, 0);
const endedAs = (rows: readonly FlowRow[], state: FlowRow['to']) =>
  rows.filter((row) => !isSubmit(row) && row.to === state);

function binsOf(flows: readonly FlowRow[]): number[] {
  const bins = new Array<number>(LATENCY_BINS).fill(0);
  for (const { bin, count } of flows) if (bin !== null) bins[bin] = (bins[bin] ?? 0) + count;
  return bins;
}

function failuresOf(flows: readonly FlowRow[]): Failure[] {
  const found = new Map<string, Failure>();
  for (const row of endedAs(flows, 'FAILED')) {
    const code = row.failureCode ?? 'unknown';
    const cause = failureCauseOf(row.from, row.failureCode);
    const one = found.get(`${code} ${cause}`) ?? { code, cause, count: 0 };
    found.set(`${code} ${cause}`, { ...one, count: one.count + row.count });
  }
  return sortFailures([...found.values()]);
}

export function sortFailures(failures: Failure[]): Failure[] {
  return failures.sort((one, other) => other.count - one.count || (one.code < other.code ? -1 : 1));
}

function totalsOf(
  flows: readonly FlowRow[],
  failures: readonly Failure[],
  bins: readonly number[],
): ReportBody['totals'] {
  const confirmed = count(endedAs(flows, 'CONFIRMED'));
  return {
    submitted: count(flows.filter(isSubmit)),
    confirmed,
    failed: count(endedAs(flows, 'FAILED')),
    canceled: count(endedAs(flows, 'CANCELED')),
    successRate: successRateOf(confirmed, failures),
    latency: latencyOf(bins),
  };
}

export function successRateOf(confirmed: number, failures: readonly Failure[]): number | null {
  const unpaid = failures
    .filter(({ cause }) => cause !== 'decision')
    .reduce((sum, failure) => sum + failure.count, 0);
  return confirmed + unpaid === 0 ? null : confirmed / (confirmed + unpaid);
}

export function latencyOf(bins: readonly number[]): ReportBody['totals']['latency'] {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentileOf(bins, share));
  if (typeof p50 !== 'number' || typeof p95 !== 'number' || typeof p99 !== 'number') return null;
  return { p50, p95, p99 };
}

const HOUR_MS = 3_600_000;

function slotsOf(flows: readonly FlowRow[], { from, to }: Span): Slot[] {
  const slots: Slot[] = [];
  for (let at = from.getTime(); at < to.getTime(); at += HOUR_MS) {
    const rows = flows.filter(({ slot }) => slot.getTime() === at);
    slots.push({
      at: new Date(at).toISOString(),
      submitted: count(rows.filter(isSubmit)),
      confirmed: count(endedAs(rows, 'CONFIRMED')),
      failed: count(endedAs(rows, 'FAILED')),
      canceled: count(endedAs(rows, 'CANCELED')),
    });
  }
  return slots;
}

function tallyOf(rows: readonly { count: number; amount: bigint }[]): Tally {
  const amount = rows.reduce((sum, row) => sum + row.amount, 0n);
  return { count: rows.reduce((sum, row) => sum + row.count, 0), amount: String(amount) };
}

/** For each asset: what was open, and what was submitted, ended and is open, must be the same withdrawals. */
function flowsOf(
  { flows, openBefore, openAfter }: DayFigures,
  assetOf: (id: string) => ReportAsset,
  mismatches: Mismatch[],
): AssetFlow[] {
  const ids = new Set([...flows, ...openBefore, ...openAfter].map(({ assetId }) => assetId));
  return [...ids].sort().map((assetId) => {
    const own = flows.filter((row) => row.assetId === assetId);
    const confirmed = endedAs(own, 'CONFIRMED');
    const parts = {
      openBefore: tallyOf(openBefore.filter((row) => row.assetId === assetId)),
      submitted: tallyOf(own.filter(isSubmit)),
      confirmed: tallyOf(confirmed),
      failed: tallyOf(endedAs(own, 'FAILED')),
      canceled: tallyOf(endedAs(own, 'CANCELED')),
      openAfter: tallyOf(openAfter.filter((row) => row.assetId === assetId)),
    };
    const expected = openAfterOf(parts);
    const ties = expected.count === parts.openAfter.count && expected.amount === parts.openAfter.amount;
    if (!ties)
      mismatches.push({
        kind: 'open',
        subject: assetId,
        expected: `${expected.count}: ${expected.amount}`,
        found: `${parts.openAfter.count}: ${parts.openAfter.amount}`,
      });
    const fees = confirmed.reduce((sum, { fee }) => sum + fee, 0n);
    return { ...assetOf(assetId), ...parts, fees: String(fees), ties };
  });
}

/** What must be open at the end, by what was open before and happened since. */
export function openAfterOf(
  flow: Pick<AssetFlow, 'openBefore' | 'submitted' | 'confirmed' | 'failed' | 'canceled'>,
): Tally {
  const { openBefore, submitted, confirmed, failed, canceled } = flow;
  const units = (tally: Tally) => BigInt(tally.amount);
  return {
    count: openBefore.count + submitted.count - confirmed.count - failed.count - canceled.count,
    amount: String(units(openBefore) + units(submitted) - units(confirmed) - units(failed) - units(canceled)),
  };
}

function gasOf({ assets, transactions, movements }: DayFigures): GasLine[] {
  return assets
    .filter(({ isCoin }) => isCoin)
    .flatMap(({ assetId, chain, code, decimals }) => {
      const found = transactions.find((row) => row.chain === chain);
      const spent = movements
        .filter((row) => row.assetId === assetId && row.holder === 'GAS' && row.reason === 'GAS')
        .reduce((sum, row) => sum + row.out - row.in, 0n);
      if (found === undefined && spent === 0n) return [];
      const { transactions: number = 0, items = 0, gasUsed = 0n } = found ?? {};
      const asset = { assetId, chain, code, decimals };
      return [{ ...asset, transactions: number, items, gasUsed: String(gasUsed), spent: String(spent) }];
    });
}

/** Each kind of account of each asset. All of an asset sum to zero, as each transfer has two sides. */
function ledgerOf(
  { movements, opening, closing }: DayFigures,
  assetOf: (id: string) => ReportAsset,
  mismatches: Mismatch[],
): LedgerLine[] {
  const keys = new Map(
    [...movements, ...opening, ...closing].map(({ assetId, holder }) => [
      `${assetId} ${holder}`,
      { assetId, holder },
    ]),
  );
  const balanceOf = (rows: readonly BalanceRow[], assetId: string, holder: string) =>
    rows.find((row) => row.assetId === assetId && row.holder === holder)?.balance ?? 0n;
  const lines = [...keys.values()].map(({ assetId, holder }): LedgerLine => {
    const own = movements.filter((row) => row.assetId === assetId && row.holder === holder);
    const sum = (side: 'in' | 'out') => own.reduce((total, row) => total + row[side], 0n);
    const opened = balanceOf(opening, assetId, holder);
    const closed = balanceOf(closing, assetId, holder);
    const expected = opened + sum('in') - sum('out');
    if (expected !== closed)
      mismatches.push({
        kind: 'ledger',
        subject: `${holder} ${assetId}`,
        expected: String(expected),
        found: String(closed),
      });
    return {
      ...assetOf(assetId),
      holder,
      opening: String(opened),
      in: String(sum('in')),
      out: String(sum('out')),
      closing: String(closed),
      ties: expected === closed,
      reasons: own
        .map(({ reason, in: credit, out: debit }) => ({ reason, in: String(credit), out: String(debit) }))
        .sort((one, other) => (one.reason < other.reason ? -1 : 1)),
    };
  });
  for (const assetId of new Set(lines.map((line) => line.assetId))) {
    const sum = lines
      .filter((line) => line.assetId === assetId)
      .reduce((total, line) => total + BigInt(line.closing), 0n);
    if (sum !== 0n)
      mismatches.push({ kind: 'zero_sum', subject: assetId, expected: '0', found: String(sum) });
  }
  return lines
    .filter((line) => line.opening !== '0' || line.closing !== '0' || line.reasons.length > 0)
    .sort((one, other) => (`${one.assetId} ${one.holder}` < `${other.assetId} ${other.holder}` ? -1 : 1));
}
