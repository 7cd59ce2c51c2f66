import { fieldProblems } from '@naru/wire/field-problem.ts';
import { accountTransferList, accountTransferQuery } from '@naru/wire/sub-account.ts';
import { decodeCursor, encodeCursor } from '../../../http/cursor.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { ProblemError } from '../../../http/problem-error.ts';
import { orProblem } from '../sub-accounts/account-problems.ts';
import { toTransferBody } from '../sub-accounts/to-account-body.ts';

export const listAccountTransfersRoute = defineRoute({
  method: 'GET',
  path: '/v1/admin/account-transfers',
  operationId: 'listAccountTransfers',
  tag: 'Operators',
  summary: 'List moves between sub-accounts',
  description: 'Top-ups, sweeps, gas money and what drained accounts give back, the newest first.',
  scope: 'operations:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: accountTransferQuery, body: null },
  responses: { 200: { description: 'One page.', schema: accountTransferList } },
  errors: ['chain_not_supported'],
  handler: async ({ accounts }, { caller, query }) => {
    const { limit, cursor, ...filter } = query;
    const before = cursor === undefined ? null : readCursor(cursor, filter);
    const wanted = { chain: filter.chain ?? null, onlyOpen: filter.open === 'true' };
    const page = await orProblem(accounts.transfers(caller, wanted, { limit, before }));
    const nextCursor = page.next === null ? null : encodeCursor(String(page.next), filter);
    return { status: 200, body: { data: page.data.map(toTransferBody), nextCursor } } as const;
  },
});

function readCursor(cursor: string, filter: Readonly<Record<string, unknown>>): bigint {
  const decoded = decodeCursor(cursor, filter);
  if (decoded.ok && /^[0-9]{1,18}$/.test(decoded.after)) return BigInt(decoded.after);
  const code = decoded.ok ? 'cursor_malformed' : decoded.problem;
  throw new ProblemError('validation_failed', {
    errors: [{ pointer: '/cursor', code, message: fieldProblems[code].en }],
  });
}
