import type { ReportPeriod } from '@naru/core/report/report.ts';
import type { ReportDesk } from '@naru/core/report/report-desk.ts';
import {
  report,
  reportListQuery,
  reportPage,
  reportParams,
  reportQuery,
  rerunReportRequest,
} from '@naru/wire/report.ts';
import { encodeCursor, readCursor } from '../../../http/cursor.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { ProblemError } from '../../../http/problem-error.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { operatorRead } from '../operator-read.ts';
import { reportLines } from './report-lines.ts';
import { toHeadBody, toReportBody } from './to-report-body.ts';

const params = { schema: reportParams, otherwise: 'report_not_found' } as const;
type Named = { period: ReportPeriod; date: string };

async function find(reports: ReportDesk, { period, date }: Named, version?: number) {
  const found = await reports.get({ period, day: date, version });
  if (found === null) throw new ProblemError('report_not_found');
  return toReportBody(found);
}

/** A cursor holds a UUID; a day is its last digits. */
const idOf = (day: string) => `00000000-0000-8000-8000-0000${day.replaceAll('-', '')}`;
const dayOf = (id: string) => id.slice(-8).replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');

export const listReportsRoute = defineRoute({
  ...operatorRead,
  path: '/v1/admin/reports',
  operationId: 'listReports',
  summary: 'List reports',
  description:
    'Days, weeks or months in Korea, the newest first, each in its newest version. A day becomes `FINAL` a few minutes after its midnight, a week and a month with their last day.',
  request: { params: null, query: reportListQuery, body: null },
  responses: { 200: { description: 'One page.', schema: reportPage } },
  errors: [],
  handler: async ({ reports }, { query }) => {
    const { period, limit, cursor } = query;
    const before = cursor === undefined ? null : dayOf(readCursor(cursor, { period }));
    const page = await reports.list(period, { limit, before });
    const nextCursor = page.next === null ? null : encodeCursor(idOf(page.next), { period });
    return { status: 200, body: { data: page.data.map(toHeadBody), nextCursor } } as const;
  },
});

export const getReportRoute = defineRoute({
  ...operatorRead,
  path: '/v1/admin/reports/:period/:date',
  operationId: 'getReport',
  summary: 'Read a report',
  description:
    'Withdrawals by asset and end, failures by cause, fees, gas, deposits, and the balances of the ledger, with what does not tie. A week is named by its Monday, a month by its first day.',
  request: { params, query: reportQuery, body: null },
  responses: { 200: { description: 'The report.', schema: report } },
  errors: [],
  handler: async ({ reports }, { params, query }) =>
    ({ status: 200, body: await find(reports, params, query.version) }) as const,
});

export const getReportFileRoute = defineRoute({
  ...operatorRead,
  path: '/v1/admin/reports/:period/:date/report.csv',
  operationId: 'getReportFile',
  summary: 'Download a report',
  description:
    'One figure a line: `section,chain,asset,item,figure,count,amount`, with a byte order mark for spreadsheets. A text that would run as a formula is quoted and has an apostrophe in front.',
  request: { params, query: reportQuery, body: null },
  responses: { 200: { description: 'The report.', contentType: 'text/csv; charset=utf-8' } },
  errors: [],
  handler: async ({ reports }, { params, query }) => {
    const body = await find(reports, params, query.version);
    const name = `naru-${body.period}-${body.date}-${body.status === 'DRAFT' ? 'draft' : `v${body.version}`}.csv`;
    return {
      status: 200,
      headers: { 'content-disposition': `attachment; filename="${name}"` },
      body: reportLines(body),
    } as const;
  },
});

export const rerunReportRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/reports/:period/:date/rerun',
  operationId: 'rerunReport',
  tag: 'Operators',
  summary: 'Compute a report again',
  description:
    'A new version of a report that is `FINAL`, from what the ledger and the log say now; the ones before stay. Of a day, also the week and the month that were made of it. A jobs role does it, within a minute.',
  scope: 'operations:write',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'report.rerun',
  stepUp: false,
  request: { params, query: null, body: rerunReportRequest },
  responses: { 202: { description: 'It will be.', schema: report } },
  errors: ['operation_not_possible'],
  handler: async ({ reports }, { caller, idempotencyKey, params, body, audit }) => {
    const operation = { caller, idempotencyKey, reason: body.reason, from: audit };
    const result = await reports.rerun({ period: params.period, day: params.date }, operation);
    const { value, headers } = doneOrThrow(result);
    return { status: 202, body: toReportBody(value), headers } as const;
  },
});
