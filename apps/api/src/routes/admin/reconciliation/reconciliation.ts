import { reasonRequest } from '@naru/wire/dead-letter.ts';
import {
  alarm,
  alarmListQuery,
  alarmPage,
  reconciliation,
  signOff,
  signOffRequest,
  snoozeRequest,
} from '@naru/wire/reconciliation.ts';
import { encodeCursor, readCursor } from '../../../http/cursor.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { alarmParams, uuidOf } from '../../params.ts';
import { operatorRead } from '../operator-read.ts';
import { toAlarmBody, toReconciliationBody, toSignOffBody } from './to-reconciliation-body.ts';

const write = {
  method: 'POST',
  tag: 'Operators',
  scope: 'operations:write',
  idempotency: 'optional',
} as const;

export const getReconciliationRoute = defineRoute({
  ...operatorRead,
  path: '/v1/admin/reconciliation',
  operationId: 'getReconciliation',
  summary: 'See whether the books fit',
  description:
    'Each check with its last looks, what it found and what to do about it, how far ledger and chains are apart for each asset, and the days that were signed off.',
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'All checks.', schema: reconciliation } },
  errors: [],
  handler: async ({ reconciliation: desk }) =>
    ({ status: 200, body: toReconciliationBody(await desk.read()) }) as const,
});

export const signOffDayRoute = defineRoute({
  ...write,
  path: '/v1/admin/reconciliation/sign-offs',
  operationId: 'signOffDay',
  summary: 'Sign off a day',
  description:
    'Says that a person has looked at the books of a day in Korea. Once for a day, after it is over, and only while every check of the books is OK.',
  rateLimit: 'per_key',
  audit: 'reconciliation.sign_off',
  request: { params: null, query: null, body: signOffRequest },
  responses: { 200: { description: 'Signed off.', schema: signOff } },
  errors: ['operation_not_possible'],
  handler: async ({ reconciliation: desk }, { caller, idempotencyKey, body, audit }) => {
    const operation = { caller, idempotencyKey, reason: body.note, from: audit };
    const { value, headers } = doneOrThrow(await desk.signOff(body.day, operation));
    return { status: 200, body: toSignOffBody(value), headers } as const;
  },
});

export const listAlarmsRoute = defineRoute({
  ...operatorRead,
  path: '/v1/admin/alarms',
  operationId: 'listAlarms',
  summary: 'List alarms',
  description:
    'What checks have found, newest first. An alarm closes by itself when its invariant holds again; the next time is another alarm, which nobody has acknowledged.',
  request: { params: null, query: alarmListQuery, body: null },
  responses: { 200: { description: 'One page.', schema: alarmPage } },
  errors: [],
  handler: async ({ reconciliation: desk }, { query }) => {
    const { limit, cursor, state } = query;
    const after = cursor === undefined ? null : readCursor(cursor, { state });
    const page = await desk.alarms(state === undefined ? {} : { state }, { limit, after });
    const nextCursor = page.next === null ? null : encodeCursor(page.next, { state });
    return { status: 200, body: { data: page.data.map(toAlarmBody), nextCursor } } as const;
  },
});

export const acknowledgeAlarmRoute = defineRoute({
  ...write,
  path: '/v1/admin/alarms/:id/acknowledge',
  operationId: 'acknowledgeAlarm',
  summary: 'Look after an alarm',
  description: 'Says who looks after it and what is known; nobody is reminded of it any more. It stays open.',
  rateLimit: 'per_key',
  audit: 'alarm.acknowledge',
  request: { params: alarmParams, query: null, body: reasonRequest },
  responses: { 200: { description: 'The alarm.', schema: alarm } },
  errors: ['alarm_not_found', 'operation_not_possible'],
  handler: async ({ reconciliation: desk }, { caller, idempotencyKey, params, body, audit }) => {
    const operation = { caller, idempotencyKey, reason: body.reason, from: audit };
    const { value, headers } = doneOrThrow(await desk.acknowledge(uuidOf('alarm', params.id), operation));
    return { status: 200, body: toAlarmBody(value), headers } as const;
  },
});

export const snoozeAlarmRoute = defineRoute({
  ...write,
  path: '/v1/admin/alarms/:id/snooze',
  operationId: 'snoozeAlarm',
  summary: 'Be quiet about an alarm for a while',
  description: 'Nobody is reminded of it for so many hours. It stays open.',
  rateLimit: 'per_key',
  audit: 'alarm.snooze',
  request: { params: alarmParams, query: null, body: snoozeRequest },
  responses: { 200: { description: 'The alarm.', schema: alarm } },
  errors: ['alarm_not_found', 'operation_not_possible'],
  handler: async ({ reconciliation: desk }, { caller, idempotencyKey, params, body, audit }) => {
    const operation = { caller, idempotencyKey, reason: body.reason, from: audit };
    const result = await desk.snooze(uuidOf('alarm', params.id), operation, body.hours);
    const { value, headers } = doneOrThrow(result);
    return { status: 200, body: toAlarmBody(value), headers } as const;
  },
});
