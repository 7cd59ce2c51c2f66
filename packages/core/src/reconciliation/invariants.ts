/** What must hold at every moment. The runbook has a section for each (docs/runbooks/alarm.md). */
export const invariants = [
  /** Accounts against the rows since the last check; totals of all accounts. */
  'ledger_replay',
  /** The whole ledger, every row of it. */
  'ledger_full',
  /** What the ledger reserves is what open withdrawals ask for, found by the indexes of open ones. */
  'reserves',
  /** The same from all withdrawals. */
  'reserves_full',
  /** The hot wallets and treasuries of the ledger hold what the chains say. */
  'chain_balance',
  /** Sealed history is as it was sealed. */
  'history_seals',
  /** New history is being sealed. */
  'sealing',
  /** The server could be restored now, to a moment ago. */
  'backups',
  /** Main and gas accounts hold what the next hours need. */
  'account_reserves',
  /** What was decided to be moved between our accounts is moved. */
  'account_transfers',
  /** What one person approved alone in an emergency, a second one has looked at. */
  'emergency_approvals',
  /** What waits to be planned is little. */
  'queue',
  /** Little was given up. */
  'dead_letters',
  /** Few withdrawals fail because of us. */
  'failure_rate',
  /** Whatever the jobs role can run out of is there. */
  'resources',
  /** Those who are to be told of alarms are told. */
  'alert_delivery',
] as const;
export type Invariant = (typeof invariants)[number];

/** Those that say whether the books fit; the others say that something is short, late or slow. */
export const booksInvariants: readonly Invariant[] = [
  'ledger_replay',
  'ledger_full',
  'reserves',
  'reserves_full',
  'chain_balance',
  'history_seals',
  'sealing',
];

export type AlarmSeverity = 'WARNING' | 'CRITICAL';

/** One thing that does not hold. The same subject is the same alarm, however its detail changes. Without a word: CRITICAL. */
export type Finding = { subject: string; detail: string; severity?: AlarmSeverity };

/** What a check compared for one asset, smallest unit as texts: JSON of the database. */
export type Figure = {
  assetId: string;
  decimals: number;
  holder: string;
  ledger: string;
  onChain: string;
  inFlight: string;
  agrees: boolean;
};

export type CheckResult =
  | { kind: 'checked'; findings: Finding[]; figures?: Figure[] }
  /** Neither opens nor closes an alarm of these subjects; what could be checked still does. */
  | { kind: 'partly'; findings: Finding[]; unknown: readonly string[]; note: string; figures?: Figure[] };

export type Alarm = {
  id: string;
  invariant: Invariant;
  subject: string;
  detail: string;
  severity: AlarmSeverity;
  openedAt: Date;
  lastSeenAt: Date;
  closedAt: Date | null;
  acknowledgedAt: Date | null;
  acknowledgedBy: string | null;
  note: string | null;
  /** Nobody is reminded before. */
  snoozedUntil: Date | null;
};
