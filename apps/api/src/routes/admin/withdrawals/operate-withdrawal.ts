import {
  noteRequest,
  operatorNotes,
  reasonRequest,
  releaseRequest,
  retryRequest,
} from '@naru/wire/dead-letter.ts';
import { withdrawal } from '@naru/wire/withdrawal.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { uuidOf, withdrawalParams } from '../../params.ts';
import { toWithdrawalBody } from '../../to-body.ts';

const operate = {
  method: 'POST',
  tag: 'Operators',
  scope: 'operations:write',
  idempotency: 'optional',
  rateLimit: 'per_key',
} as const;

const retryWithdrawalRoute = defineRoute({
  ...operate,
  path: '/v1/admin/withdrawals/:id/retry',
  operationId: 'retryWithdrawal',
  summary: 'Retry a withdrawal',
  description:
    'Of one that is `FAILED` and proved unpaid: asks for a new withdrawal in its place, with its own id, hold, limits and checks, and answers with it; the old one stays as it is. Once for each: a repeat is answered with the same new withdrawal. One that still waits is tried at once instead, and nothing new is made.',
  audit: 'withdrawal.retry',
  request: { params: withdrawalParams, query: null, body: retryRequest },
  responses: { 200: { description: 'The withdrawal that is being paid now.', schema: withdrawal } },
  errors: [
    'withdrawal_not_found',
    'operation_not_possible',
    'retry_duplicate',
    'insufficient_balance',
    'limit_exceeded',
    'asset_not_supported',
    'chain_not_supported',
  ],
  handler: async ({ operations }, { caller, idempotencyKey, params, body, note, audit }) => {
    note({ withdrawalId: params.id });
    const { reason, acceptDuplicate } = body;
    const operation = { caller, idempotencyKey, reason, from: audit };
    const result = await operations.retry(uuidOf('withdrawal', params.id), operation, { acceptDuplicate });
    const { value, headers } = doneOrThrow(result);
    return { status: 200, body: toWithdrawalBody(value), headers } as const;
  },
});

const releaseWithdrawalRoute = defineRoute({
  ...operate,
  path: '/v1/admin/withdrawals/:id/release',
  operationId: 'releaseWithdrawal',
  summary: 'Take a withdrawal back',
  description:
    'Before it has a nonce: `CANCELED` at once. With one: its nonce is freed by a self-transfer, and if the chain proves that this and not the payment used it, the withdrawal ends `FAILED` with the code `released`. Until then it stands as it is and its amount stays reserved; if the payment wins, it is paid.',
  audit: 'withdrawal.release',
  request: { params: withdrawalParams, query: null, body: releaseRequest },
  responses: { 200: { description: 'The withdrawal as it stands now.', schema: withdrawal } },
  errors: ['withdrawal_not_found', 'operation_not_possible', 'release_affects_others'],
  handler: async ({ operations }, { caller, idempotencyKey, params, body, note, audit }) => {
    note({ withdrawalId: params.id });
    const { reason, wholeBatch } = body;
    const operation = { caller, idempotencyKey, reason, from: audit };
    const result = await operations.release(uuidOf('withdrawal', params.id), operation, { wholeBatch });
    const { value, headers } = doneOrThrow(result);
    return { status: 200, body: toWithdrawalBody(value), headers } as const;
  },
});

const bumpWithdrawalRoute = defineRoute({
  ...operate,
  path: '/v1/admin/withdrawals/:id/bump',
  operationId: 'bumpWithdrawal',
  summary: 'Ask for a higher fee',
  description:
    'One more attempt of its transaction, with the same nonce and the same payload, without waiting for the usual time. Asked again before it is signed, it is the same wish.',
  audit: 'withdrawal.bump',
  request: { params: withdrawalParams, query: null, body: reasonRequest },
  responses: { 200: { description: 'The withdrawal as it stands now.', schema: withdrawal } },
  errors: ['withdrawal_not_found', 'operation_not_possible'],
  handler: async ({ operations }, { caller, idempotencyKey, params, body, note, audit }) => {
    note({ withdrawalId: params.id });
    const operation = { caller, idempotencyKey, reason: body.reason, from: audit };
    const { value, headers } = doneOrThrow(await operations.bump(uuidOf('withdrawal', params.id), operation));
    return { status: 200, body: toWithdrawalBody(value), headers } as const;
  },
});

const noteWithdrawalRoute = defineRoute({
  ...operate,
  path: '/v1/admin/withdrawals/:id/note',
  operationId: 'noteWithdrawal',
  stepUp: false,
  summary: 'Note something with a withdrawal',
  description: 'Kept as it is, for the next operator; its owner does not see it. `naru inspect` shows it.',
  audit: 'withdrawal.note',
  request: { params: withdrawalParams, query: null, body: noteRequest },
  responses: { 200: { description: 'All notes of the withdrawal, oldest first.', schema: operatorNotes } },
  errors: ['withdrawal_not_found'],
  handler: async ({ operations }, { caller, idempotencyKey, params, body, note, audit }) => {
    note({ withdrawalId: params.id });
    const operation = { caller, idempotencyKey, reason: body.text, from: audit };
    const { value, headers } = doneOrThrow(
      await operations.noteWithdrawal(uuidOf('withdrawal', params.id), operation),
    );
    const data = value.map(({ author, text, at }) => ({ author, text, at: at.toISOString() }));
    return { status: 200, body: { data }, headers } as const;
  },
});

export const operateRoutes = [
  retryWithdrawalRoute,
  releaseWithdrawalRoute,
  bumpWithdrawalRoute,
  noteWithdrawalRoute,
] as const;
