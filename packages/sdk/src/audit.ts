import {
  type AuditEventBody,
  type AuditFilterInput,
  type AuditPageBody,
  type AuditStateBody,
  type AuditVerificationBody,
  auditPage,
  auditState,
  auditVerification,
} from '@naru/wire/audit.ts';
import { allPages, type CallOptions, callsOf, type PageOptions, type WriteOptions } from './calls.ts';
import type { Transport } from './transport.ts';

export type AuditClient = {
  /** Newest first, of the whole installation. */
  list(filter?: AuditFilterInput, options?: CallOptions): AsyncIterable<AuditEventBody>;
  listPage(filter?: AuditFilterInput & PageOptions, options?: CallOptions): Promise<AuditPageBody>;
  /** Seals, continuous checks, and verifications that were asked for. */
  state(options?: CallOptions): Promise<AuditStateBody>;
  /** Has all of history verified; `state` tells the progress. */
  verify(input: { reason: string }, options?: WriteOptions): Promise<AuditVerificationBody>;
};

export function createAuditClient(transport: Transport): AuditClient {
  const { read, post } = callsOf(transport);
  const listPage: AuditClient['listPage'] = (filter, options) =>
    read('/v1/audit', auditPage, options, filter);
  return {
    listPage,
    list: (filter, options) => allPages((page) => listPage({ ...filter, ...page }, options)),
    state: (options) => read('/v1/audit/verification', auditState, options),
    verify: (input, options) => post('/v1/audit/verifications', auditVerification, options, input),
  };
}
