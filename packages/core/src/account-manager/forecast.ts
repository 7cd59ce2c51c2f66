import type { Database } from '@naru/db/database.ts';
import { formatAmount } from '@naru/kit/money.ts';
import type { CheckResult, Finding } from '../reconciliation/invariants.ts';
import { listLateJoiners, listTransferTroubles, readReserveFigures } from './forecast.store.ts';

/** What a role's accounts hold of an asset, and what left lately; smallest unit. */
export type ReserveFigures = {
  chainId: string;
  assetId: string;
  asset: string;
  decimals: number;
  role: 'MAIN' | 'GAS';
  accounts: number;
  holds: bigint;
  /** When the oldest of these balances was read. */
  readAt: Date;
  /** By the role's threshold; 0 when there is none. */
  low: bigint;
  hasThreshold: boolean;
  /** What payouts took, or all transactions burnt, in the last hour, day and week. */
  hour: bigint;
  day: bigint;
  week: bigint;
};

/** Seconds until it is below low if money goes on leaving as fast as in that time; null: nothing leaves. */
export type Runway = { hour: number | null; day: number | null; week: number | null; least: number | null };
export type Forecast = ReserveFigures & { runwaySeconds: Runway };

const WINDOWS = { hour: 3_600n, day: 86_400n, week: 604_800n } as const;
/** More than this is for ever: a chain without fees would last for more seconds than a number holds exactly. */
const RUNWAY_SECONDS_MAX = 100n * 365n * 86_400n;
/** Of the least: enough for somebody who is woken to bring money from a cold place. */
const RUNWAY_SECONDS_MIN = 6 * 3_600;
/** A transfer takes a few blocks and its depth; more than this means that somebody must look. */
const TRANSFER_OLD_SECONDS = 1_800;
const JOINING_LATE_SECONDS = 600;

export function runwayOf(figures: Pick<ReserveFigures, 'holds' | 'low' | 'hour' | 'day' | 'week'>): Runway {
  const above = figures.holds > figures.low ? figures.holds - figures.low : 0n;
  const within = (window: keyof typeof WINDOWS) => {
    const out = figures[window];
    if (out === 0n) return null;
    const seconds = (above * WINDOWS[window]) / out;
    return seconds > RUNWAY_SECONDS_MAX ? Number(RUNWAY_SECONDS_MAX) : Number(seconds);
  };
  const runway = { hour: within('hour'), day: within('day'), week: within('week') };
  const known = Object.values(runway).filter((seconds) => seconds !== null);
  return { ...runway, least: known.length === 0 ? null : Math.min(...known) };
}

export async function readForecast(db: Database, chainId: string | null): Promise<Forecast[]> {
  return (await readReserveFigures(db, chainId)).map((figures) => ({
    ...figures,
    runwaySeconds: runwayOf(figures),
  }));
}

/** Main and gas accounts hold more than low, and will for the next hours. */
export async function checkReserveAccounts(db: Database): Promise<CheckResult> {
  const findings = (await readForecast(db, null)).flatMap((forecast): Finding[] => {
    const { assetId, role, holds, low, decimals, asset, runwaySeconds } = forecast;
    const show = (units: bigint) => `${formatAmount(units, decimals)} ${asset}`;
    const what = role === 'MAIN' ? 'the main account' : 'the gas account';
    if (holds < low)
      return [
        {
          subject: `${assetId} ${role}`,
          detail: `${what} holds ${show(holds)}, and should hold ${show(low)} at least: send it some`,
        },
      ];
    const { least } = runwaySeconds;
    if (least === null || least >= RUNWAY_SECONDS_MIN) return [];
    return [
      {
        subject: `${assetId} ${role}`,
        detail: `${what} holds ${show(holds)}; as fast as money leaves now it is below ${show(low)} in ${Math.floor(least / 60)} minutes: send it some`,
      },
    ];
  });
  return { kind: 'checked', findings };
}

/** What was decided to be moved is moved, and accounts that were added are let in. */
export async function checkTransfers(db: Database): Promise<CheckResult> {
  const troubles = await listTransferTroubles(db, TRANSFER_OLD_SECONDS);
  const late = await listLateJoiners(db, JOINING_LATE_SECONDS);
  return {
    kind: 'checked',
    findings: [
      ...troubles.map(({ assetId, address, purpose, state, failures, ageSeconds, message }) => ({
        subject: `${assetId} ${purpose} ${address}`,
        detail:
          state === 'FAILED'
            ? `failed ${failures} times in a row; nothing moved. ${message ?? ''}`.trim()
            : `is ${state} for ${Math.round(ageSeconds / 60)} minutes${message === null ? '' : `: ${message}`}`,
      })),
      ...late.map(({ chainId, address, problem }) => ({
        subject: `${chainId} JOINING ${address}`,
        detail: problem ?? 'no processor of this chain has looked at it: is one running?',
      })),
    ],
  };
}
