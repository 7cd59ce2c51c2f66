import type { BulkRowProblem } from '@naru/core/withdrawal/withdrawal.errors.ts';
import { bulkDryRun, bulkQuery, bulkWithdrawal } from '@naru/wire/bulk.ts';
import { defineRoute } from '../../http/define-route.ts';
import { ProblemError } from '../../http/problem-error.ts';
import { doneOrThrow } from '../../http/refusals.ts';
import { toBulkBody } from '../to-body.ts';
import { readBulkRows } from './read-bulk-rows.ts';

export const createBulkRoute = defineRoute({
  method: 'POST',
  path: '/v1/bulk-withdrawals',
  operationId: 'createBulkWithdrawal',
  tag: 'Bulk withdrawals',
  summary: 'Request withdrawals by file',
  description:
    'A CSV file (UTF-8, comma, with a header) with the columns `chain,asset,to,amount,reference,priority`; the last two may be left out. All rows are checked first: with one bad row nothing is accepted, and `errors` lists the bad rows (the first 1,000; `errorCount` has the number). `dryRun=true` only checks.',
  scope: 'withdrawals:write',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: bulkQuery, body: 'csv' },
  responses: {
    200: { description: 'Dry run: every row would be accepted.', schema: bulkDryRun },
    202: { description: 'Accepted as a whole; the amounts are reserved.', schema: bulkWithdrawal },
  },
  errors: ['bulk_invalid', 'insufficient_balance', 'limit_exceeded'],
  handler: async ({ withdrawals, limits }, call) => {
    const { caller, idempotencyKey, body, query, contentLength, note } = call;
    if (contentLength !== null && contentLength > limits.bulkBytesMax)
      throw new ProblemError('payload_too_large', { headers: { connection: 'close' } });
    const dryRun = query.dryRun === 'true';
    const file = readBulkRows(body, { bytesMax: limits.bulkBytesMax, dryRun });
    const result = await withdrawals.requestBulk(caller, idempotencyKey, { ...file, dryRun });
    if (result.kind === 'invalid') throw invalid(result);
    const { value, headers } = doneOrThrow(result);
    if ('dryRun' in value)
      return {
        status: 200,
        headers,
        body: { object: 'bulk_dry_run', dryRun: true, total: value.total },
      } as const;
    const answer = toBulkBody(value);
    note({ bulkId: answer.id });
    return {
      status: 202,
      body: answer,
      headers: { ...headers, location: `/v1/bulk-withdrawals/${answer.id}` },
    } as const;
  },
});

function invalid(rows: { errors: BulkRowProblem[]; errorCount: number }): ProblemError {
  return new ProblemError('bulk_invalid', { rows });
}
