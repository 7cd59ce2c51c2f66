import type { FoundAuditEvent } from '@naru/core/audit/audit.reader.ts';
import type { HistoryState } from '@naru/core/audit/audit-desk.ts';
import type { Verification } from '@naru/core/audit/verification.store.ts';
import { fromPublicId } from '@naru/kit/ids.ts';
import {
  type AuditEventBody,
  type AuditStateBody,
  type AuditVerificationBody,
  auditPage,
  auditQuery,
  auditState,
  auditVerification,
} from '@naru/wire/audit.ts';
import { reasonRequest } from '@naru/wire/dead-letter.ts';
import { defineRoute } from '../../http/define-route.ts';
import { given } from '../../http/page-after.ts';
import { doneOrThrow } from '../../http/refusals.ts';
import { toActor } from '../admin/reconciliation/to-reconciliation-body.ts';

const read = {
  method: 'GET',
  tag: 'Operators',
  scope: 'audit:read',
  idempotency: 'none',
  audit: null,
} as const;

function toEventBody(event: FoundAuditEvent): AuditEventBody {
  const { position, at, actor, actorName, actorHolder, requestId, ...rest } = event;
  const named = { id: toActor(actor), name: actorName, holder: actorHolder };
  return {
    id: String(position),
    object: 'audit_event',
    at: at.toISOString(),
    actor: named,
    requestId,
    ...rest,
  };
}

/** As the database has it: keys are named by their UUID there. */
function fromActor(actor: string): string {
  const uuid = actor.startsWith('api_key:') ? fromPublicId('apiKey', actor.slice('api_key:'.length)) : null;
  return uuid === null ? actor : `api_key:${uuid}`;
}

function toVerificationBody(one: Verification): AuditVerificationBody {
  return {
    id: one.id,
    object: 'audit_verification',
    requestedBy: toActor(one.requestedBy),
    requestedAt: one.requestedAt.toISOString(),
    state: one.state,
    startedAt: one.startedAt?.toISOString() ?? null,
    endedAt: one.endedAt?.toISOString() ?? null,
    sealsDone: String(one.sealsDone),
    sealsTotal: String(one.sealsTotal),
    rowsDone: String(one.rowsDone),
    ok: one.ok,
    head: one.head,
    problems: one.problems ?? [],
    error: one.error,
  };
}

function toStateBody({ lastSeal, lags, checks, verifications }: HistoryState): AuditStateBody {
  const at = (seconds: number | null) => (seconds === null ? null : new Date(seconds * 1_000).toISOString());
  return {
    object: 'audit_state',
    lastSeal:
      lastSeal === null
        ? null
        : {
            number: String(lastSeal.number),
            hash: lastSeal.hash,
            sealedAt: lastSeal.sealedAt.toISOString(),
          },
    unsealed: lags.map(({ stream, lagMs }) => ({
      stream,
      oldestSeconds: lagMs === null ? null : Math.max(0, lagMs) / 1_000,
    })),
    checks: checks.map(({ invariant, open, lastCheckSeconds, lastOkSeconds }) => ({
      invariant,
      openAlarms: open,
      lastCheckAt: at(lastCheckSeconds),
      lastOkAt: at(lastOkSeconds),
    })),
    verifications: verifications.map(toVerificationBody),
  };
}

export const listAuditRoute = defineRoute({
  ...read,
  path: '/v1/audit',
  operationId: 'listAuditEvents',
  summary: 'Search the audit log',
  description:
    'Who changed or decided what, newest first, with what it was before and after. Of the whole installation.',
  rateLimit: 'per_key',
  request: { params: null, query: auditQuery, body: null },
  responses: { 200: { description: 'One page.', schema: auditPage } },
  errors: [],
  handler: async ({ audit }, { query }) => {
    const { limit, cursor, actor, since, until, ...exact } = query;
    const search = {
      ...given(exact),
      ...(actor === undefined ? {} : { actor: fromActor(actor) }),
      ...(since === undefined ? {} : { since: new Date(since) }),
      ...(until === undefined ? {} : { until: new Date(until) }),
    };
    const before = cursor === undefined ? null : BigInt(cursor);
    const { data, next } = await audit.search(search, { limit, before });
    const nextCursor = next === null ? null : String(next);
    return { status: 200, body: { data: data.map(toEventBody), nextCursor } } as const;
  },
});

export const getAuditStateRoute = defineRoute({
  ...read,
  path: '/v1/audit/verification',
  operationId: 'getAuditState',
  summary: 'See whether history is as it was sealed',
  description:
    'The last seal, what no seal covers yet, what the continuous checks say, and the verifications that people asked for with their progress.',
  rateLimit: 'per_key',
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'The state of the seals.', schema: auditState } },
  errors: [],
  handler: async ({ audit }) => ({ status: 200, body: toStateBody(await audit.state()) }) as const,
});

export const verifyAuditRoute = defineRoute({
  method: 'POST',
  tag: 'Operators',
  scope: 'audit:read',
  idempotency: 'optional',
  path: '/v1/audit/verifications',
  operationId: 'verifyAudit',
  summary: 'Verify history now',
  description:
    'A jobs role computes all seals and rows anew. It takes minutes where history is long; `GET /v1/audit/verification` tells how far it is. One at a time.',
  rateLimit: 'per_key',
  audit: 'audit_verification.insert',
  request: { params: null, query: null, body: reasonRequest },
  responses: { 202: { description: 'Asked for.', schema: auditVerification } },
  errors: ['operation_not_possible'],
  handler: async ({ audit: desk }, { caller, idempotencyKey, body, audit }) => {
    const operation = { caller, idempotencyKey, reason: body.reason, from: audit };
    const { value, headers } = doneOrThrow(await desk.verify(operation));
    return { status: 202, body: toVerificationBody(value), headers } as const;
  },
});
