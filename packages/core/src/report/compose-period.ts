import { assertPresent } from '@naru/kit/assert.ts';
import { LATENCY_BINS } from '../overview/latency-bins.ts';
import { latencyOf, openAfterOf, sortFailures, successRateOf } from './compose-day.ts';
import type {
  AssetFlow,
  DepositLine,
  Failure,
  GasLine,
  LedgerLine,
  Mismatch,
  ReportBody,
  Tally,
} from './report.ts';

type Dated = { day: string; body: ReportBody };

/**
 * A week or a month out of its days, oldest first, one at least. Sums are those of the days; what was there before is of
 * the first day, and what is there after of the last; each day must begin as the one before it ended.
 */
export function composePeriod(days: readonly Dated[], span: { from: Date; to: Date }): ReportBody {
  const bodies = days.map(({ body }) => body);
  const last = assertPresent(bodies.at(-1), 'last day of a period');
  const failures = mergeFailures(bodies);
  const latencyBins = mergeBins(bodies);
  const total = (pick: (totals: ReportBody['totals']) => number) =>
    bodies.reduce((sum, { totals }) => sum + pick(totals), 0);
  const confirmed = total((one) => one.confirmed);
  const mismatches: Mismatch[] = days.flatMap(({ day, body }) =>
    body.mismatches.map((one) => ({ ...one, subject: `${day} ${one.subject}` })),
  );
  return {
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    asOf: last.asOf,
    totals: {
      submitted: total((one) => one.submitted),
      confirmed,
      failed: total((one) => one.failed),
      canceled: total((one) => one.canceled),
      successRate: successRateOf(confirmed, failures),
      latency: latencyOf(latencyBins),
    },
    slots: bodies.map(({ from, totals }) => {
      const { submitted, confirmed, failed, canceled } = totals;
      return { at: from, submitted, confirmed, failed, canceled };
    }),
    assets: mergeAssets(bodies, mismatches),
    failures,
    latencyBins,
    gas: mergeBy(
      bodies.map(({ gas }) => gas),
      ({ assetId }) => assetId,
      addGas,
    ),
    deposits: mergeBy(
      bodies.map(({ deposits }) => deposits),
      ({ assetId }) => assetId,
      addDeposits,
    ),
    ledger: mergeLedger(days, mismatches),
    mismatches,
  };
}

function mergeBy<T>(lists: readonly T[][], keyOf: (one: T) => string, add: (one: T, other: T) => T): T[] {
  const merged = new Map<string, T>();
  for (const one of lists.flat()) {
    const before = merged.get(keyOf(one));
    merged.set(keyOf(one), before === undefined ? one : add(before, one));
  }
  return [...merged].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, value]) => value);
}

const plus = (one: string, other: string) => String(BigInt(one) + BigInt(other));
const addTally = (one: Tally, other: Tally): Tally => ({
  count: one.count + other.count,
  amount: plus(one.amount, other.amount),
});
const addGas = (one: GasLine, other: GasLine): GasLine => ({
  ...one,
  transactions: one.transactions + other.transactions,
  items: one.items + other.items,
  gasUsed: plus(one.gasUsed, other.gasUsed),
  spent: plus(one.spent, other.spent),
});
const addDeposits = (one: DepositLine, other: DepositLine): DepositLine => ({
  ...one,
  credited: addTally(one.credited, other.credited),
});

function mergeFailures(bodies: readonly ReportBody[]): Failure[] {
  const merged = mergeBy(
    bodies.map(({ failures }) => failures),
    ({ code, cause }) => `${code} ${cause}`,
    (one, other) => ({ ...one, count: one.count + other.count }),
  );
  return sortFailures(merged);
}

function mergeBins(bodies: readonly ReportBody[]): number[] {
  return Array.from({ length: LATENCY_BINS }, (_, bin) =>
    bodies.reduce((sum, { latencyBins }) => sum + (latencyBins[bin] ?? 0), 0),
  );
}

function mergeAssets(bodies: readonly ReportBody[], mismatches: Mismatch[]): AssetFlow[] {
  const [first, last] = [bodies[0], bodies.at(-1)];
  const none: Tally = { count: 0, amount: '0' };
  const merged = mergeBy(
    bodies.map(({ assets }) => assets),
    ({ assetId }) => assetId,
    (one, other) => ({
      ...one,
      submitted: addTally(one.submitted, other.submitted),
      confirmed: addTally(one.confirmed, other.confirmed),
      failed: addTally(one.failed, other.failed),
      canceled: addTally(one.canceled, other.canceled),
      fees: plus(one.fees, other.fees),
    }),
  );
  return merged.map((flow) => {
    const of = (body: ReportBody | undefined) => body?.assets.find(({ assetId }) => assetId === flow.assetId);
    const whole = {
      ...flow,
      openBefore: of(first)?.openBefore ?? none,
      openAfter: of(last)?.openAfter ?? none,
    };
    const expected = openAfterOf(whole);
    const ties = expected.count === whole.openAfter.count && expected.amount === whole.openAfter.amount;
    if (!ties)
      mismatches.push({
        kind: 'open',
        subject: flow.assetId,
        expected: `${expected.count}: ${expected.amount}`,
        found: `${whole.openAfter.count}: ${whole.openAfter.amount}`,
      });
    return { ...whole, ties };
  });
}

const keyOf = ({ assetId, holder }: LedgerLine) => `${holder} ${assetId}`;

function mergeLedger(days: readonly Dated[], mismatches: Mismatch[]): LedgerLine[] {
  const lineOf = (body: ReportBody | undefined, key: string) =>
    body?.ledger.find((line) => keyOf(line) === key);
  const merged = mergeBy(
    days.map(({ body }) => body.ledger),
    keyOf,
    (one, other) => ({
      ...one,
      in: plus(one.in, other.in),
      out: plus(one.out, other.out),
      reasons: mergeBy(
        [one.reasons, other.reasons],
        ({ reason }) => reason,
        (a, b) => ({
          reason: a.reason,
          in: plus(a.in, b.in),
          out: plus(a.out, b.out),
        }),
      ),
    }),
  );
  return merged.map((line) => {
    const key = keyOf(line);
    for (const [index, { day, body }] of days.entries()) {
      if (index === 0) continue;
      const expected = lineOf(days[index - 1]?.body, key)?.closing ?? '0';
      const found = lineOf(body, key)?.opening ?? '0';
      if (expected !== found) mismatches.push({ kind: 'opening', subject: `${day} ${key}`, expected, found });
    }
    const opening = lineOf(days[0]?.body, key)?.opening ?? '0';
    const closing = lineOf(days.at(-1)?.body, key)?.closing ?? '0';
    const expected = String(BigInt(opening) + BigInt(line.in) - BigInt(line.out));
    if (expected !== closing) mismatches.push({ kind: 'ledger', subject: key, expected, found: closing });
    return { ...line, opening, closing, ties: expected === closing };
  });
}
