import type { Access } from '@naru/core/access/access.service.ts';
import type { Caller } from '@naru/core/access/access.ts';
import type { Reviews } from '@naru/core/approval/reviews.ts';
import type { RuleBook } from '@naru/core/policy/rule-book.ts';
import type { CommandResult, Withdrawals } from '@naru/core/withdrawal/withdrawals.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { ReadinessCheck } from '@naru/ops/ops-server.ts';
import type { Registry } from 'prom-client';
import type { AuditOrigin } from './http/define-route.ts';
import type { SharedCount } from './http/rate-limits.ts';
import type { EventStreams } from './stream/event-streams.ts';

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
  credit: (
    caller: Caller,
    idempotencyKey: string,
    input: CreditInput,
    audit: AuditOrigin,
  ) => Promise<CommandResult<CreditDone>>;
  reviews: Reviews;
  rules: RuleBook;
  streams: EventStreams;
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
  log: Logger;
  /** Counts over all instances; null: each for itself. */
  sharedCount: SharedCount | null;
  /** Whose `X-Forwarded-For` is believed: nobody, a number of proxies in front, or their addresses. */
  trustProxy: false | number | string[];
};
