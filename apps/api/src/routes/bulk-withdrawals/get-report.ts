import { Readable } from 'node:stream';
import type { Withdrawal } from '@naru/core/withdrawal/withdrawal.ts';
import { csvLine } from '@naru/kit/csv.ts';
import { bulkReportColumns } from '@naru/wire/bulk.ts';
import { defineRoute } from '../../http/define-route.ts';
import { ProblemError } from '../../http/problem-error.ts';
import { bulkParams, uuidOf } from '../params.ts';
import { toWithdrawalBody } from '../to-body.ts';

export const getBulkReportRoute = defineRoute({
  method: 'GET',
  path: '/v1/bulk-withdrawals/:id/report.csv',
  operationId: 'getBulkWithdrawalReport',
  tag: 'Bulk withdrawals',
  summary: 'Download the result of a file',
  description: `One line for each row, in the order of the file, as it stands now: \`${bulkReportColumns.join(',')}\`. A text that begins with \`=\`, \`+\`, \`-\`, \`@\`, tab or carriage return would run as a formula in a spreadsheet: it is quoted and has an apostrophe in front, to be removed by programs that read it.`,
  scope: 'withdrawals:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: bulkParams, query: null, body: null },
  responses: { 200: { description: 'The report.', contentType: 'text/csv; charset=utf-8' } },
  errors: ['bulk_not_found'],
  handler: async ({ withdrawals }, { caller, params, note }) => {
    note({ bulkId: params.id });
    const id = uuidOf('bulk', params.id);
    if ((await withdrawals.getBulk(caller, id)) === null) throw new ProblemError('bulk_not_found');
    return {
      status: 200,
      headers: { 'content-disposition': `attachment; filename="${params.id}.csv"` },
      body: Readable.from(reportLines(withdrawals.bulkRows(caller, id))),
    } as const;
  },
});

/** Text a chunk of rows at a time, so that memory stays flat however long the file is. */
async function* reportLines(chunks: AsyncIterable<Withdrawal[]>): AsyncGenerator<string> {
  yield csvLine(bulkReportColumns);
  for await (const chunk of chunks) yield chunk.map((row) => csvLine(reportCells(row))).join('');
}

function reportCells(row: Withdrawal): (string | number | null)[] {
  const body = toWithdrawalBody(row);
  const values: Record<(typeof bulkReportColumns)[number], string | number | null> = {
    row: row.bulkRow,
    id: body.id,
    chain: body.chain,
    asset: body.asset,
    to: body.to,
    amount: body.amount,
    reference: body.reference,
    priority: body.priority,
    state: body.state,
    hash: body.transaction?.hash ?? null,
    failureCode: body.failure?.code ?? null,
    failureMessage: body.failure?.message ?? null,
    createdAt: body.createdAt,
    confirmedAt: body.confirmedAt,
  };
  return bulkReportColumns.map((column) => values[column]);
}
