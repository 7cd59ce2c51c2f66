import type { Access } from '@naru/core/access/access.service.ts';
import type { Caller } from '@naru/core/access/access.ts';
import type { AccountManager } from '@naru/core/account-manager/create-account-manager.ts';
import type { AlertChannels } from '@naru/core/alert/operate-channels.ts';
import type { Reviews } from '@naru/core/approval/reviews.ts';
import type { AuditDesk } from '@naru/core/audit/audit-desk.ts';
import type { Operations } from '@naru/core/dead-letter/operations.ts';
import type { Deposits } from '@naru/core/deposit/deposits.ts';
import type { ExportDesk } from '@naru/core/export/export-desk.ts';
import type { LedgerBook } from '@naru/core/ledger/ledger-book.ts';
import type { Lookup } from '@naru/core/lookup/create-lookup.ts';
import type { Overviews } from '@naru/core/overview/create-overview.ts';
import type { Queues } from '@naru/core/overview/read-queues.ts';
import type { People } from '@naru/core/person/people.ts';
import type { RuleBook } from '@naru/core/policy/rule-book.ts';
import type { ReconciliationDesk } from '@naru/core/reconciliation/desk.ts';
import type { ReportDesk } from '@naru/core/report/report-desk.ts';
import type { BalanceProof } from '@naru/core/reserves/prove-balance.ts';
import type { ReservesReport } from '@naru/core/reserves/reserves.ts';
import type { SavedViews } from '@naru/core/saved-view/saved-views.ts';
import type { Treasuries } from '@naru/core/treasury/create-treasuries.ts';
import type { Webhooks } from '@naru/core/webhook/webhooks.ts';
import type { CommandResult, Withdrawals } from '@naru/core/withdrawal/withdrawals.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { ReadinessCheck } from '@naru/ops/ops-server.ts';
import type { Registry } from 'prom-client';
import type { AuditOrigin } from './http/define-route.ts';
import type { SharedCount } from './http/rate-limits.ts';
import type { Tracing } from './http/trace-requests.ts';
import type { Operator } from './operator.ts';
import type { PersonAccess } from './people/person-access.ts';
import type { EventStreams } from './stream/event-streams.ts';
import type { OverviewStreams } from './stream/overview-streams.ts';

export type CreditInput = {
  /** UUID. */
  organisationId: string;
  chain: string;
  asset: string;
  /** Decimal string. */
  amount: string;
  note: string | null;
};

export type CreditDone = {
  /** UUID. */
  transferId: string;
  chain: string;
  asset: string;
  decimals: number;
  /** Smallest unit. */
  amount: bigint;
  /** Smallest unit. */
  available: bigint;
};

/** What handlers work with. */
export type RouteDeps = {
  withdrawals: Withdrawals;
  deposits: Deposits;
  /** Null: there is no report yet. */
  reserves: {
    newest(): Promise<ReservesReport | null>;
    prove(caller: Caller): Promise<BalanceProof | null>;
  };
  webhooks: Webhooks;
  credit: (
    caller: Caller,
    idempotencyKey: string,
    input: CreditInput,
    audit: AuditOrigin,
  ) => Promise<CommandResult<CreditDone>>;
  operator: Operator;
  reviews: Reviews;
  accounts: AccountManager;
  treasuries: Treasuries;
  alertChannels: AlertChannels;
  operations: Operations;
  lookup: Lookup;
  ledger: LedgerBook;
  rules: RuleBook;
  savedViews: SavedViews;
  people: People;
  streams: EventStreams;
  audit: AuditDesk;
  overviews: Overviews;
  queues: Queues;
  reports: ReportDesk;
  exports: ExportDesk;
  reconciliation: ReconciliationDesk;
  overviewStreams: OverviewStreams;
  readiness: Record<string, ReadinessCheck>;
  metrics: Registry;
  limits: {
    /** Bytes of a bulk file. */
    bulkBytesMax: number;
  };
  /** The OpenAPI document as JSON text. */
  openApiJson: () => string;
};

export type AppDeps = Omit<RouteDeps, 'openApiJson'> & {
  access: Access;
  /** Null: no secret was given for people's sessions, so there are none. */
  personAccess: PersonAccess | null;
  log: Logger;
  /** Null: calls are told nowhere. */
  tracing: Tracing | null;
  /** Counts over all instances; null: each for itself. */
  sharedCount: SharedCount | null;
  /** Whose `X-Forwarded-For` is believed: nobody, a number of proxies in front, or their addresses. */
  trustProxy: false | number | string[];
};
