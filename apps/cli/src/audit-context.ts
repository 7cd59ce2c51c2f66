import { hostname } from 'node:os';
import type { AuditContext } from '@naru/core/audit/audit.ts';
import type { CliContext } from './context.ts';

/** Who acts, for the audit log, and why in their own words. */
export function auditContextOf(context: CliContext, reason: string | null = null): AuditContext {
  return {
    actor: `operator:${context.config.operator}`,
    origin: hostname(),
    requestId: null,
    reason,
  };
}
