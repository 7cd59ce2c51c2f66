import type { FailureCause } from '../withdrawal/failure-cause.ts';

export const reportPeriods = ['daily', 'weekly', 'monthly'] as const;
export type ReportPeriod = (typeof reportPeriods)[number];

/** What an amount is of. */
export type ReportAsset = { assetId: string; chain: string; code: string; decimals: number };

/** How many withdrawals, and their sum in the smallest unit, as text. */
export type Tally = { count: number; amount: string };

/** Withdrawals of one asset. What was open, and what was submitted, ended or is open: nothing is lost between them. */
export type AssetFlow = ReportAsset & {
  openBefore: Tally;
  submitted: Tally;
  confirmed: Tally;
  failed: Tally;
  canceled: Tally;
  openAfter: Tally;
  /** Booked with what was confirmed, smallest unit. */
  fees: string;
  ties: boolean;
};

export type Slot = { at: string; submitted: number; confirmed: number; failed: number; canceled: number };

/** Accounts of one kind and asset, as the ledger has them: credits less debits, so what we own is negative. */
export type LedgerLine = ReportAsset & {
  holder: string;
  opening: string;
  in: string;
  out: string;
  closing: string;
  /** opening + in − out = closing, where closing is what the accounts say and not what the rows add up to. */
  ties: boolean;
  reasons: { reason: string; in: string; out: string }[];
};

export type GasLine = ReportAsset & {
  /** Transactions of ours that became final, the withdrawals they paid, and their gas. */
  transactions: number;
  items: number;
  gasUsed: string;
  /** What the ledger says was burnt, smallest unit of the chain's coin. */
  spent: string;
};

export type DepositLine = ReportAsset & { credited: Tally };

export type Failure = { code: string; cause: FailureCause; count: number };

/** What does not fit, and by how much. */
export type Mismatch = {
  kind: 'ledger' | 'open' | 'zero_sum' | 'opening';
  subject: string;
  expected: string;
  found: string;
};

/** A report as it is kept. Amounts are texts in the smallest unit. */
export type ReportBody = {
  /** Moments, ISO 8601: the period, and until when it is told. */
  from: string;
  to: string;
  asOf: string;
  totals: {
    submitted: number;
    confirmed: number;
    failed: number;
    canceled: number;
    /** Confirmed, of what was confirmed or could not be paid; what was decided against does not count. */
    successRate: number | null;
    /** Seconds from request to CONFIRMED, within a bin of `../overview/latency-bins.ts`. */
    latency: { p50: number; p95: number; p99: number } | null;
  };
  /** Hours of a day; days of a longer period. */
  slots: Slot[];
  assets: AssetFlow[];
  failures: Failure[];
  latencyBins: number[];
  gas: GasLine[];
  deposits: DepositLine[];
  ledger: LedgerLine[];
  mismatches: Mismatch[];
};

export type Report = {
  period: ReportPeriod;
  /** The first day in Korea, `2026-03-02`. */
  day: string;
  /** 0: a draft. */
  version: number;
  reason: string;
  madeFor: string;
  madeAt: Date;
  tookMs: number;
  ties: boolean;
  body: ReportBody;
};

export type ReportHead = Omit<Report, 'body'> & Pick<ReportBody, 'from' | 'to' | 'asOf' | 'totals'>;
