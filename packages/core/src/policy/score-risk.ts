import type { PolicyDocument } from '@naru/wire/policy-document.ts';
import type { Facts, HistoryRow, Reason, ReasonCode } from './policy.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Korea keeps UTC+9 all year, and has since 1988. */
const SEOUL_OFFSET_HOURS = 9;

type Risk = NonNullable<PolicyDocument['risk']>;
type Found = { code: ReasonCode; text: string; points: number | undefined } | null;

/** The sum of the factors that apply, 100 at most, each with its reason. A factor that cannot be judged applies. */
export function scoreRisk(risk: Risk, facts: Facts): { score: number; reasons: Reason[] } {
  const recent = facts.history.filter(
    (row) => row.at.getTime() > facts.at.getTime() - risk.historyDays * DAY_MS,
  );
  const history = { ...facts, history: recent };
  const reasons = [
    newDestination(risk, facts),
    unusualAmount(risk, history),
    hours(risk, facts),
    velocity(risk, facts),
    recentAddress(risk, facts),
    ...categories(risk, facts),
    refusals(risk, history),
  ].flatMap((found): Reason[] =>
    found === null || found.points === undefined || found.points === 0
      ? []
      : [{ code: found.code, text: found.text, points: found.points }],
  );
  const sum = reasons.reduce((total, { points }) => total + (points ?? 0), 0);
  return { score: Math.min(100, sum), reasons };
}

/** The withdrawals of a window that ends at `at`. */
export function inWindow(
  rows: readonly HistoryRow[],
  at: Date,
  windowMinutes: number,
): readonly HistoryRow[] {
  const from = at.getTime() - windowMinutes * MINUTE_MS;
  return rows.filter((row) => row.at.getTime() > from);
}

function newDestination({ newDestination: points }: Risk, facts: Facts): Found {
  if (facts.isKnownDestination) return null;
  return { code: 'risk_new_destination', points, text: `the organisation has never paid ${facts.to}` };
}

function unusualAmount({ unusualAmount: rule, historyDays }: Risk, facts: Facts): Found {
  if (rule === null) return null;
  const paid = facts.history.filter(
    (row) => row.assetId === facts.assetId && row.confirmedAt !== null && row.confirmedAt < facts.at,
  );
  const largest = paid.reduce((most, row) => (row.amount > most ? row.amount : most), 0n);
  if (paid.length > 0 && facts.amount <= largest * BigInt(rule.times)) return null;
  const text =
    paid.length === 0
      ? `no ${facts.assetId} was paid in ${historyDays} days to compare the amount with`
      : `the amount is more than ${rule.times} times the largest of ${facts.assetId} in ${historyDays} days`;
  return { code: 'risk_unusual_amount', points: rule.points, text };
}

export function hourOfSeoul(at: Date): number {
  return (at.getUTCHours() + SEOUL_OFFSET_HOURS) % 24;
}

function hours({ hours: rule }: Risk, { at }: Facts): Found {
  if (rule === null) return null;
  const hour = hourOfSeoul(at);
  const isWithin =
    rule.from < rule.to ? hour >= rule.from && hour < rule.to : hour >= rule.from || hour < rule.to;
  if (!isWithin) return null;
  return { code: 'risk_hours', points: rule.points, text: `asked for at ${hour} o'clock in Seoul` };
}

function velocity({ velocity: rule }: Risk, facts: Facts): Found {
  if (rule === null) return null;
  const count = inWindow(facts.history, facts.at, rule.windowMinutes).length + 1;
  if (count < rule.countMin) return null;
  return {
    code: 'risk_velocity',
    points: rule.points,
    text: `${count} withdrawals in ${rule.windowMinutes} minutes`,
  };
}

function recentAddress({ recentAddress: rule }: Risk, { inBookSince, at, to }: Facts): Found {
  if (rule === null || inBookSince === null) return null;
  if (at.getTime() - inBookSince.getTime() >= rule.withinHours * HOUR_MS) return null;
  return {
    code: 'risk_recent_address',
    points: rule.points,
    text: `${to} came into the address book at ${inBookSince.toISOString()}`,
  };
}

function categories({ categories: weights }: Risk, { screening }: Facts): Found[] {
  return screening.map(({ category, source }) =>
    category === null || !Object.hasOwn(weights, category)
      ? null
      : {
          code: 'risk_category',
          points: weights[category],
          text: `${source} says "${category}" of the address`,
        },
  );
}

function refusals({ refusals: rule, historyDays }: Risk, { history, at }: Facts): Found {
  if (rule === null) return null;
  const count = history.filter((row) => row.failedAt !== null && row.failedAt < at).length;
  if (count < rule.countMin) return null;
  return {
    code: 'risk_refusals',
    points: rule.points,
    text: `${count} withdrawals were denied or failed in ${historyDays} days`,
  };
}
