import type { PolicyDocument, ScreeningSourceName } from '@naru/wire/policy-document.ts';

export const verdicts = ['ALLOW', 'REVIEW', 'DENY'] as const;
export type Verdict = (typeof verdicts)[number];

export const policyStates = ['DRAFT', 'ACTIVE', 'RETIRED'] as const;
export type PolicyState = (typeof policyStates)[number];

export type PolicyVersion = {
  /** UUID. */
  id: string;
  /** Null: the default of the installation. */
  organisationId: string | null;
  number: number;
  state: PolicyState;
  document: PolicyDocument;
  author: string;
  note: string | null;
  createdAt: Date;
  /** Governs what is accepted from then … */
  effectiveAt: Date | null;
  /** … and before this; null: for good. */
  endsAt: Date | null;
};

/** Ceilings of the organisations in a tier; null: none. Days and months are those of Asia/Seoul. */
export type Tier = {
  code: string;
  name: string;
  perWithdrawalKrwMax: bigint | null;
  dailyKrwMax: bigint | null;
  monthlyKrwMax: bigint | null;
  dailyCountMax: bigint | null;
  monthlyCountMax: bigint | null;
};

/** An earlier withdrawal of the same organisation. Newest first in lists. */
export type HistoryRow = {
  id: string;
  at: Date;
  to: string;
  chainId: string;
  assetId: string;
  amount: bigint;
  /** Null: it was not valued, and cannot be now. */
  amountKrw: bigint | null;
  /** When it was paid; null: not (yet). */
  confirmedAt: Date | null;
  /** When it failed or was denied; null: it did not. */
  failedAt: Date | null;
};

export type ScreeningFact = {
  source: ScreeningSourceName;
  /** `MISSING`: no answer that may be used. */
  answer: 'CLEAR' | 'LISTED' | 'MISSING';
  category: string | null;
  detail: string | null;
};

/** Everything that a document is applied to, as it was when the withdrawal was accepted. */
export type Facts = {
  id: string;
  at: Date;
  chainId: string;
  assetId: string;
  amount: bigint;
  to: string;
  amountKrw: bigint | null;
  /** Why it has no value, or null. */
  unvaluedWhy: string | null;
  /** The organisation was paid at this address before. */
  isKnownDestination: boolean;
  /** When the address came into the address book; null: it does not stand there. */
  inBookSince: Date | null;
  /** Why the address is blocked; null: it is not. */
  blockedWhy: string | null;
  screening: readonly ScreeningFact[];
  /** Of the organisation before this withdrawal, newest first, as far back as the rules look. */
  history: readonly HistoryRow[];
  /** There is more history than was read. */
  isHistoryCut: boolean;
  /** The same of withdrawals to this address alone, where a rule counts those. */
  addressHistory: readonly HistoryRow[];
  isAddressHistoryCut: boolean;
};

export const reasonCodes = [
  'address_blocked',
  'address_not_in_book',
  'address_cooling_off',
  'sanctioned',
  'screening_unavailable',
  'velocity',
  'velocity_unknown',
  'amount_not_valued',
  'approval_required',
  'risk_score',
  'risk_new_destination',
  'risk_unusual_amount',
  'risk_hours',
  'risk_velocity',
  'risk_recent_address',
  'risk_category',
  'risk_refusals',
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

/** `points`: of the risk score; null where the reason decides by itself. `text` is for operators. */
export type Reason = { code: ReasonCode; text: string; points: number | null };

export type Evaluation = {
  verdict: Verdict;
  /** 0 to 100. */
  score: number;
  /** Those that decided first. */
  reasons: Reason[];
  /** 0 unless the verdict is REVIEW. */
  approvalsRequired: number;
};

export type Decision = Evaluation & {
  withdrawalId: string;
  organisationId: string;
  policyVersionId: string | null;
  policyNumber: number | null;
  inputs: Readonly<Record<string, unknown>>;
  decidedAt: Date;
};
