import { accountTransferList, accountTransferQuery } from '@naru/wire/sub-account.ts';
import { encodePosition, readPosition } from '../../../http/cursor.ts';
import { defineRoute } from '../../../http/define-route.ts';
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
    const before = cursor === undefined ? null : readPosition(cursor, filter);
    const wanted = { chain: filter.chain ?? null, onlyOpen: filter.open === 'true' };
    const page = await orProblem(accounts.transfers(caller, wanted, { limit, before }));
    const nextCursor = page.next === null ? null : encodePosition(page.next, filter);
    return { status: 200, body: { data: page.data.map(toTransferBody), nextCursor } } as const;
  },
});
