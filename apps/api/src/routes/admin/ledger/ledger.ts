import {
  ledgerAccount,
  ledgerAccountPage,
  ledgerAccountQuery,
  ledgerMomentQuery,
  ledgerPostingPage,
  ledgerPostingQuery,
} from '@naru/wire/ledger.ts';
import { encodeCursor, encodePosition, readCursor, readPosition } from '../../../http/cursor.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { given } from '../../../http/page-after.ts';
import { ProblemError } from '../../../http/problem-error.ts';
import { ledgerAccountRouteParams, uuidOf } from '../../params.ts';
import { operatorRead } from '../operator-read.ts';
import { toLedgerAccountBody, toPostingBody } from './to-ledger-body.ts';

const momentOf = (at: string | undefined) => (at === undefined ? null : new Date(at));

export const listLedgerAccountsRoute = defineRoute({
  ...operatorRead,
  path: '/v1/admin/ledger/accounts',
  operationId: 'listLedgerAccounts',
  summary: 'List accounts of the ledger',
  description:
    'Who owes and owns how much of which asset, now or as it was at a moment. The balances of one asset sum to zero.',
  request: { params: null, query: ledgerAccountQuery, body: null },
  responses: { 200: { description: 'One page.', schema: ledgerAccountPage } },
  errors: [],
  handler: async ({ ledger }, { query }) => {
    const { limit, cursor, ...filter } = query;
    const { at: asked, organisationId, ...names } = filter;
    const after = cursor === undefined ? null : readCursor(cursor, filter);
    const at = momentOf(asked);
    const organisation = organisationId === undefined ? undefined : uuidOf('organisation', organisationId);
    const wanted = given({ ...names, organisationId: organisation });
    const page = await ledger.accounts(wanted, { at, limit, after });
    const nextCursor = page.next === null ? null : encodeCursor(page.next, filter);
    return {
      status: 200,
      body: { data: page.data.map((one) => toLedgerAccountBody(one, at)), nextCursor },
    } as const;
  },
});

export const getLedgerAccountRoute = defineRoute({
  ...operatorRead,
  path: '/v1/admin/ledger/accounts/:id',
  operationId: 'getLedgerAccount',
  summary: 'Read an account of the ledger',
  description: 'Its balance and what is held of it, now or as it was at a moment.',
  request: { params: ledgerAccountRouteParams, query: ledgerMomentQuery, body: null },
  responses: { 200: { description: 'The account.', schema: ledgerAccount } },
  errors: ['ledger_account_not_found'],
  handler: async ({ ledger }, { params, query }) => {
    const at = momentOf(query.at);
    const found = await ledger.account(uuidOf('ledgerAccount', params.id), at);
    if (found === null) throw new ProblemError('ledger_account_not_found');
    return { status: 200, body: toLedgerAccountBody(found, at) } as const;
  },
});

export const listLedgerPostingsRoute = defineRoute({
  ...operatorRead,
  path: '/v1/admin/ledger/accounts/:id/postings',
  operationId: 'listLedgerPostings',
  summary: 'List the rows of an account',
  description:
    'Every transfer that touched it, newest first, each with what the account was after it and what caused it.',
  request: { params: ledgerAccountRouteParams, query: ledgerPostingQuery, body: null },
  responses: { 200: { description: 'One page.', schema: ledgerPostingPage } },
  errors: ['ledger_account_not_found'],
  handler: async ({ ledger }, { params, query }) => {
    const { limit, cursor, at } = query;
    const filter = { id: params.id, at };
    const before = cursor === undefined ? null : readPosition(cursor, filter);
    const id = uuidOf('ledgerAccount', params.id);
    const page = await ledger.postings(id, { at: momentOf(at), limit, before });
    if (page === null) throw new ProblemError('ledger_account_not_found');
    const { decimals } = page.account;
    const nextCursor = page.next === null ? null : encodePosition(page.next, filter);
    return {
      status: 200,
      body: { data: page.data.map((one) => toPostingBody(one, decimals)), nextCursor },
    } as const;
  },
});
