import { type FieldProblemCode, fieldProblems } from '@naru/wire/field-problem.ts';
import { describeProblem } from '@naru/wire/problem.ts';
import type { ProblemCode } from '@naru/wire/problem-catalogue.ts';
import type { WithdrawalBody } from '@naru/wire/withdrawal.ts';
import type { RouteFacts } from '../http/define-route.ts';
import { eventExamples } from './webhooks.ts';

const REQUEST_ID = 'req_01kjr3q8c6e7rvt0xx0n3m7d5e';
const ADDRESS = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';

/** One problem, as a caller of the route would meet it. */
export function exampleProblem(code: ProblemCode, route: RouteFacts): unknown {
  const problem = describeProblem(code, 'en', REQUEST_ID);
  if (code === 'bulk_invalid') {
    const message = fieldProblems.address_checksum.en;
    const errors = [{ row: 17, field: 'to', code: 'address_checksum', message }];
    return { ...problem, errorCount: 1, errors };
  }
  if (code !== 'validation_failed') return problem;
  const [pointer, field] = exampleField(route);
  return { ...problem, errors: [{ pointer, code: field, message: fieldProblems[field].en }] };
}

function exampleField(route: RouteFacts): [pointer: string, code: FieldProblemCode] {
  if (route.request.body === 'csv') return ['/dryRun', 'value_not_allowed'];
  if (route.request.body === null) return ['/limit', 'limit_out_of_range'];
  if (route.operationId.startsWith('note')) return ['/text', 'required'];
  if (route.operationId === 'closeDeadLetter') return ['/reason', 'required'];
  return route.tag === 'Reviews' || (route.operationId.endsWith('Withdrawal') && route.tag === 'Operators')
    ? ['/reason', 'required']
    : ['/amount', 'amount_malformed'];
}

const pending: WithdrawalBody = {
  id: 'wd_01kjr3q8c6e7rvt0xx0n3m7d5b',
  object: 'withdrawal',
  state: 'PENDING',
  chain: 'localhost',
  asset: 'USDC',
  to: ADDRESS,
  amount: '12.5',
  fee: '0',
  reference: 'order-981',
  priority: 'STANDARD',
  metadata: { orderId: '981' },
  bulkId: null,
  transaction: null,
  failure: null,
  review: null,
  createdAt: '2026-03-02T09:15:27.431Z',
  updatedAt: '2026-03-02T09:15:27.431Z',
  confirmedAt: null,
};

export const confirmed: WithdrawalBody = {
  ...pending,
  state: 'CONFIRMED',
  transaction: {
    hash: '0x8f0c9f0d7c2a4f0e9f1b3a5c7d9e1f20314253647586970a1b2c3d4e5f607182',
    subAccount: '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
    nonce: 42,
    blockNumber: 1_204_518,
    confirmations: 12,
    requiredConfirmations: 12,
    explorerUrl: null,
  },
  updatedAt: '2026-03-02T09:15:53.008Z',
  confirmedAt: '2026-03-02T09:15:53.008Z',
};

const bulk = {
  id: 'bulk_01kjr3q8c6e7rvt0xx0n3m7d5c',
  object: 'bulk_withdrawal',
  total: 1000,
  createdAt: '2026-03-02T09:15:27.431Z',
};

/** Answers where one example of the whole tells more than the examples of its fields. */
const answers: Readonly<Record<string, unknown>> = {
  'createWithdrawal 202': pending,
  'getWithdrawal 200': confirmed,
  'listWithdrawals 200': { data: [confirmed], nextCursor: null },
  'cancelWithdrawal 200': { ...pending, state: 'CANCELED', updatedAt: '2026-03-02T09:15:31.220Z' },
  'listWithdrawalEvents 200': {
    data: [
      {
        from: null,
        to: 'PENDING',
        actor: 'api_key:key_01kjr3q8c6e7rvt0xx0n3m7d5f',
        reason: 'requested',
        at: '2026-03-02T09:15:27.431Z',
      },
      {
        from: 'PENDING',
        to: 'VALIDATING',
        actor: 'system:processor',
        reason: 'taken up',
        at: '2026-03-02T09:15:27.502Z',
      },
    ],
  },
  'listEvents 200': { data: [eventExamples['withdrawal.confirmed']], nextCursor: null },
  'getEvent 200': eventExamples['withdrawal.confirmed'],
  'createBulkWithdrawal 200': { object: 'bulk_dry_run', dryRun: true, total: 1000 },
  'createBulkWithdrawal 202': { ...bulk, counts: { PENDING: 1000 } },
  'getBulkWithdrawal 200': { ...bulk, counts: { CONFIRMING: 120, CONFIRMED: 880 } },
};

export function exampleAnswer(operationId: string, status: string): unknown {
  return answers[`${operationId} ${status}`];
}
