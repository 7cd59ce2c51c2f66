import type { Queryable, Tx } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { sql } from 'kysely';
import type { AuditContext, AuditEvent, AuditFilter } from './audit.ts';

/** Names who acts in this transaction: for what is recorded, and for what triggers record about changed rows. */
export async function setAuditContext(tx: Tx, context: AuditContext): Promise<void> {
  await sql`SELECT set_config('naru.audit', ${JSON.stringify(context)}, true)`.execute(tx);
}

/** The setting that names who acts in a whole session; for the connections of a program that one person runs. */
export function auditSetting(context: AuditContext): { name: string; value: string } {
  return { name: 'naru.audit', value: JSON.stringify(context) };
}

export type AuditRecord = {
  /** `<noun>.<verb>` */
  action: string;
  /** `<table> <id>` */
  subject: string;
  before?: Readonly<Record<string, string | null>>;
  after?: Readonly<Record<string, string | null>>;
};

/**
 * Records an action in the transaction that does it. Amounts and other numbers are texts. Rows of the tables that
 * `audit_change()` watches need no record: a trigger makes it. Returns its position.
 */
export async function recordAudit(tx: Tx, record: AuditRecord): Promise<bigint> {
  const { rows } = await sql<{ position: bigint }>`
    SELECT audit_record(${record.action}, ${record.subject}, ${jsonOf(record.before)}::json,
                        ${jsonOf(record.after)}::json) AS position`.execute(tx);
  return assertPresent(rows[0], 'audit record').position;
}

function jsonOf(values: AuditRecord['before']): string | null {
  return values === undefined ? null : JSON.stringify(values);
}

/** The newest first, up to `limit`, before a position when one is given. */
export async function listAuditEvents(
  db: Queryable,
  filter: AuditFilter,
  page: { limit: number; before: bigint | null },
): Promise<AuditEvent[]> {
  const { rows } = await sql<AuditEvent>`
    SELECT position, at, actor, action, subject, before, after, reason, origin, application, request_id AS "requestId"
      FROM audit_event
     WHERE (${page.before}::bigint IS NULL OR position < ${page.before})
       AND (${filter.actor ?? null}::text IS NULL OR strpos(actor, ${filter.actor ?? ''}) > 0)
       AND (${filter.action ?? null}::text IS NULL OR starts_with(action, ${filter.action ?? ''}))
       AND (${filter.subject ?? null}::text IS NULL OR strpos(subject, ${filter.subject ?? ''}) > 0)
       AND (${filter.since ?? null}::timestamptz IS NULL OR at >= ${filter.since ?? null})
       AND (${filter.until ?? null}::timestamptz IS NULL OR at < ${filter.until ?? null})
     ORDER BY position DESC LIMIT ${page.limit}`.execute(db);
  return rows;
}
