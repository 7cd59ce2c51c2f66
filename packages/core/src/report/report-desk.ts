import { type Database, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { setAuditContext } from '../audit/audit.store.ts';
import { runOnce } from '../command/run-once.ts';
import type { Operation } from '../dead-letter/operate.ts';
import { askForJob } from '../job/ask-for-job.store.ts';
import type { Refusal } from '../withdrawal/withdrawal.errors.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import {
  insertRerun,
  listReports,
  listVersions,
  type ReportVersion,
  type Rerun,
  readOpenRerun,
  readReport,
} from './report.store.ts';
import type { Report, ReportHead, ReportPeriod } from './report.ts';

export type ReportName = { period: ReportPeriod; day: string };
export type ReportDetail = Report & { versions: ReportVersion[]; rerun: Rerun | null };

/** What operators read of reports, and how they have one computed again. A jobs role computes. */
export type ReportDesk = {
  list(
    period: ReportPeriod,
    page: { limit: number; before: string | null },
  ): Promise<{ data: ReportHead[]; next: string | null }>;
  /** Null: there is none. */
  get(name: ReportName & { version?: number | undefined }): Promise<ReportDetail | null>;
  /** A new version of a report that is final; the ones before stay. */
  rerun(name: ReportName, operation: Operation): Promise<CommandResult<ReportDetail>>;
};

export function createReportDesk({ db }: { db: Database }): ReportDesk {
  const get: ReportDesk['get'] = async (name) => {
    const report = await readReport(db, name);
    if (report === null) return null;
    return { ...report, versions: await listVersions(db, name), rerun: await readOpenRerun(db, name) };
  };
  return {
    async list(period, { limit, before }) {
      const rows = await listReports(db, period, { limit: limit + 1, before });
      const data = rows.slice(0, limit);
      return { data, next: rows.length > limit ? (data.at(-1)?.day ?? null) : null };
    },
    get,
    async rerun(name, { caller, idempotencyKey: key, reason, from }) {
      const actor = `api_key:${caller.apiKeyId}`;
      const id = newUuid();
      const answer = await withTransaction(db, async (tx) => {
        await setAuditContext(tx, { actor, reason, ...from });
        const { organisationId } = caller;
        const input = [name.period, name.day, reason];
        const command = { organisationId, key, command: 'rerun-report', input, resourceId: id };
        return await runOnce(tx, command, async () => {
          const found = await readReport(tx, name);
          if (found === null) return notFound;
          if (found.version === 0) return isDraft;
          if (!(await insertRerun(tx, { id, ...name, requestedBy: actor, reason }))) return isWaiting;
          await askForJob(tx, 'make-reports');
          return null;
        });
      });
      if (answer.kind === 'refused') return answer;
      const value = assertPresent(await get(name), `report ${name.period} ${name.day}`);
      return { kind: 'done', value, replayed: answer.replayed };
    },
  };
}

const notFound: Refusal = {
  code: 'report_not_found',
  message: 'There is no report of this period.',
  retryable: false,
};
const isDraft: Refusal = {
  code: 'operation_not_possible',
  message: 'The period is not over; its draft is written anew by itself.',
  messageKo: '아직 끝나지 않은 기간이에요. 초안은 저절로 다시 계산돼요.',
  retryable: false,
};
const isWaiting: Refusal = {
  code: 'operation_not_possible',
  message: 'This report is being computed again already.',
  messageKo: '이 보고서는 이미 다시 계산하고 있어요.',
  retryable: false,
};
