import type { DeadLetter } from '@naru/core/dead-letter/dead-letter.ts';
import { errorTaxonomy } from '@naru/core/dead-letter/taxonomy.ts';
import { type IdKind, toPublicId } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';
import {
  type DeadLetterBody,
  deadLetter,
  deadLetterListQuery,
  deadLetterPage,
  noteRequest,
  reasonRequest,
} from '@naru/wire/dead-letter.ts';
import { encodeCursor, readCursor } from '../../../http/cursor.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { ProblemError } from '../../../http/problem-error.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { deadLetterParams, uuidOf } from '../../params.ts';
import { operatorRead } from '../operator-read.ts';

const kinds: Readonly<Record<DeadLetter['kind'], IdKind | null>> = {
  WITHDRAWAL: 'withdrawal',
  CHAIN_TX: 'chainTx',
  REVIEW: 'review',
  QUEUE: null,
  JOB: null,
};

export function toDeadLetterBody(letter: DeadLetter): DeadLetterBody {
  const { amount, decimals, closedAt } = letter;
  const kind = kinds[letter.kind];
  const { class: errorClass, means, action } = errorTaxonomy[letter.cause];
  return {
    id: toPublicId('deadLetter', letter.id),
    object: 'dead_letter',
    kind: letter.kind,
    subject: kind === null ? letter.subject : toPublicId(kind, letter.subject),
    cause: letter.cause,
    class: errorClass,
    means,
    action,
    detail: letter.detail,
    chain: letter.chain,
    asset: letter.asset,
    amount: amount === null || decimals === null ? null : formatAmount(amount, decimals),
    state: letter.state,
    present: letter.present,
    seenCount: letter.seenCount,
    firstSeenAt: letter.firstSeenAt.toISOString(),
    lastSeenAt: letter.lastSeenAt.toISOString(),
    closedAt: closedAt === null ? null : closedAt.toISOString(),
    closedBy: letter.closedBy,
    closeReason: letter.closeReason,
    notes: letter.notes.map(({ author, text, at }) => ({ author, text, at: at.toISOString() })),
  };
}

const write = {
  method: 'POST',
  tag: 'Operators',
  scope: 'operations:write',
  idempotency: 'optional',
} as const;

export const listDeadLettersRoute = defineRoute({
  ...operatorRead,
  path: '/v1/admin/dead-letters',
  operationId: 'listDeadLetters',
  summary: 'List dead letters',
  description:
    'What a person must look at, newest first: withdrawals that failed on our side, transactions that cannot go on, queues that stand still, jobs that fail. One closes by itself when its cause is gone.',
  request: { params: null, query: deadLetterListQuery, body: null },
  responses: { 200: { description: 'One page.', schema: deadLetterPage } },
  errors: [],
  handler: async ({ operations }, { query }) => {
    const { limit, cursor, state, cause } = query;
    const after = cursor === undefined ? null : readCursor(cursor, { state, cause });
    const filter = { ...(state === undefined ? {} : { state }), ...(cause === undefined ? {} : { cause }) };
    const page = await operations.list(filter, { limit, after });
    const nextCursor = page.next === null ? null : encodeCursor(page.next, { state, cause });
    return { status: 200, body: { data: page.data.map(toDeadLetterBody), nextCursor } } as const;
  },
});

export const getDeadLetterRoute = defineRoute({
  ...operatorRead,
  path: '/v1/admin/dead-letters/:id',
  operationId: 'getDeadLetter',
  summary: 'Read a dead letter',
  description: 'Its cause, what it means and what to do, what is at stake, and the notes of people.',
  request: { params: deadLetterParams, query: null, body: null },
  responses: { 200: { description: 'The dead letter.', schema: deadLetter } },
  errors: ['dead_letter_not_found'],
  handler: async ({ operations }, { params }) => {
    const found = await operations.get(uuidOf('deadLetter', params.id));
    if (found === null) throw new ProblemError('dead_letter_not_found');
    return { status: 200, body: toDeadLetterBody(found) } as const;
  },
});

export const closeDeadLetterRoute = defineRoute({
  ...write,
  path: '/v1/admin/dead-letters/:id/close',
  operationId: 'closeDeadLetter',
  summary: 'Close a dead letter',
  description:
    'Says that a person has dealt with it, and how. It changes nothing else, and does not open again while the same cause lasts.',
  rateLimit: 'per_key',
  audit: 'dead_letter.close',
  request: { params: deadLetterParams, query: null, body: reasonRequest },
  responses: { 200: { description: 'Closed.', schema: deadLetter } },
  errors: ['dead_letter_not_found', 'operation_not_possible'],
  handler: async ({ operations }, { caller, idempotencyKey, params, body, audit }) => {
    const operation = { caller, idempotencyKey, reason: body.reason, from: audit };
    const { value, headers } = doneOrThrow(
      await operations.close(uuidOf('deadLetter', params.id), operation),
    );
    return { status: 200, body: toDeadLetterBody(value), headers } as const;
  },
});

export const noteDeadLetterRoute = defineRoute({
  ...write,
  path: '/v1/admin/dead-letters/:id/note',
  operationId: 'noteDeadLetter',
  stepUp: false,
  summary: 'Note something with a dead letter',
  description: 'Kept as it is, for the next operator.',
  rateLimit: 'per_key',
  audit: 'dead_letter.note',
  request: { params: deadLetterParams, query: null, body: noteRequest },
  responses: { 200: { description: 'The dead letter with all its notes.', schema: deadLetter } },
  errors: ['dead_letter_not_found'],
  handler: async ({ operations }, { caller, idempotencyKey, params, body, audit }) => {
    const operation = { caller, idempotencyKey, reason: body.text, from: audit };
    const result = await operations.noteLetter(uuidOf('deadLetter', params.id), operation);
    const { value, headers } = doneOrThrow(result);
    return { status: 200, body: toDeadLetterBody(value), headers } as const;
  },
});
