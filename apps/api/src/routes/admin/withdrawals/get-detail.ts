import { chainTxDetail, withdrawalDetail } from '@naru/wire/withdrawal-detail.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { ProblemError } from '../../../http/problem-error.ts';
import { chainTxParams, uuidOf, withdrawalParams } from '../../params.ts';
import { operatorRead } from '../operator-read.ts';
import { toChainTxDetailBody, toDetailBody } from './to-detail-body.ts';

export const getWithdrawalDetailRoute = defineRoute({
  ...operatorRead,
  path: '/v1/admin/withdrawals/:id',
  operationId: 'getWithdrawalDetail',
  summary: 'Read the whole story of a withdrawal',
  description:
    'Of any organisation: its history, transactions with every attempt, ledger rows, what rules and people said, dead letters, notes, webhook deliveries, and what you may do about it now.',
  request: { params: withdrawalParams, query: null, body: null },
  responses: { 200: { description: 'The withdrawal and everything about it.', schema: withdrawalDetail } },
  errors: ['withdrawal_not_found'],
  handler: async ({ lookup }, { caller, params, note }) => {
    note({ withdrawalId: params.id });
    const found = await lookup.withdrawal(caller, uuidOf('withdrawal', params.id));
    if (found === null) throw new ProblemError('withdrawal_not_found');
    return { status: 200, body: toDetailBody(found) } as const;
  },
});

export const getChainTxRoute = defineRoute({
  ...operatorRead,
  path: '/v1/admin/chain-txs/:id',
  operationId: 'getChainTx',
  summary: 'Read a chain transaction',
  description: 'One nonce of one sub-account: every attempt, what it pays, and dead letters about it.',
  request: { params: chainTxParams, query: null, body: null },
  responses: { 200: { description: 'The transaction.', schema: chainTxDetail } },
  errors: ['chain_tx_not_found'],
  handler: async ({ lookup }, { params, note }) => {
    note({ chainTxId: params.id });
    const found = await lookup.chainTx(uuidOf('chainTx', params.id));
    if (found === null) throw new ProblemError('chain_tx_not_found');
    return { status: 200, body: toChainTxDetailBody(found) } as const;
  },
});
