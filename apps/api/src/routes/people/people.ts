import { fieldProblems } from '@naru/wire/field-problem.ts';
import {
  activityPage,
  activityQuery,
  changeRoleRequest,
  person,
  personId,
  personList,
} from '@naru/wire/person.ts';
import { z } from 'zod';
import type { RouteDeps } from '../../deps.ts';
import { defineRoute } from '../../http/define-route.ts';
import { ProblemError } from '../../http/problem-error.ts';
import { doneOrThrow } from '../../http/refusals.ts';
import { uuidOf } from '../params.ts';
import { orderOf } from '../rule-orders.ts';
import { toActivityBody, toPersonBody } from './to-person-body.ts';

const personParams = { schema: z.object({ id: personId }), otherwise: 'person_not_found' } as const;
const common = { tag: 'People', rateLimit: 'per_key' } as const;

async function readOne({ people }: RouteDeps, organisationId: string, id: string) {
  const found = await people.member(organisationId, id);
  if (found === null) throw new ProblemError('person_not_found');
  return toPersonBody(found);
}

export const listPeopleRoute = defineRoute({
  ...common,
  method: 'GET',
  path: '/v1/people',
  operationId: 'listPeople',
  summary: 'List the people of your organisation',
  description: 'Members with their role, second factors and sessions, by name.',
  scope: 'people:read',
  idempotency: 'none',
  audit: null,
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'All of them.', schema: personList } },
  errors: [],
  handler: async ({ people }, { caller }) => {
    const members = await people.members(caller.organisationId);
    return { status: 200, body: { data: members.map(toPersonBody) } } as const;
  },
});

export const changePersonRoleRoute = defineRoute({
  ...common,
  method: 'POST',
  path: '/v1/people/:id/role',
  operationId: 'changePersonRole',
  summary: 'Change the role of a person',
  description:
    'In force from their next call on. Nobody changes their own role, and the last administrator stays one.',
  scope: 'people:write',
  idempotency: 'required',
  audit: 'person_membership.update',
  request: { params: personParams, query: null, body: changeRoleRequest },
  responses: { 200: { description: 'The person.', schema: person } },
  errors: ['person_not_found', 'own_membership', 'last_admin', 'scope_not_grantable'],
  handler: async (deps, call) => {
    const id = uuidOf('person', call.params.id);
    const { headers } = doneOrThrow(await deps.people.changeRole(orderOf(call), id, call.body.role));
    return { status: 200, headers, body: await readOne(deps, call.caller.organisationId, id) } as const;
  },
});

export const removePersonRoute = defineRoute({
  ...common,
  method: 'POST',
  path: '/v1/people/:id/remove',
  operationId: 'removePerson',
  summary: 'Remove a person',
  description:
    'Ends their membership and every session at once; what they did stays in the log. Nobody removes themselves or the last administrator.',
  scope: 'people:write',
  idempotency: 'required',
  audit: 'person_membership.update',
  request: { params: personParams, query: null, body: null },
  responses: { 200: { description: 'Who was removed.', schema: person } },
  errors: ['person_not_found', 'own_membership', 'last_admin'],
  handler: async (deps, call) => {
    const id = uuidOf('person', call.params.id);
    const { headers } = doneOrThrow(await deps.people.remove(orderOf(call), id));
    return { status: 200, headers, body: await readOne(deps, call.caller.organisationId, id) } as const;
  },
});

export const listActivityRoute = defineRoute({
  ...common,
  method: 'GET',
  path: '/v1/people/:id/activity',
  operationId: 'listPersonActivity',
  summary: 'List what a person did',
  description: 'From the audit log, the newest first; of somebody who left as well.',
  scope: 'audit:read',
  idempotency: 'none',
  audit: null,
  request: { params: personParams, query: activityQuery, body: null },
  responses: { 200: { description: 'One page.', schema: activityPage } },
  errors: ['person_not_found'],
  handler: async ({ people }, { caller, params, query }) => {
    const member = { organisationId: caller.organisationId, personId: uuidOf('person', params.id) };
    const before = query.cursor === undefined ? null : positionOf(query.cursor);
    const rows = await people.activity(member, { limit: query.limit + 1, before });
    if (rows === null) throw new ProblemError('person_not_found');
    const data = rows.slice(0, query.limit);
    const nextCursor = rows.length > query.limit ? String(data.at(-1)?.position) : null;
    return { status: 200, body: { data: data.map(toActivityBody), nextCursor } } as const;
  },
});

function positionOf(cursor: string): bigint {
  if (/^[0-9]{1,18}$/.test(cursor)) return BigInt(cursor);
  const { en: message } = fieldProblems.cursor_malformed;
  throw new ProblemError('validation_failed', {
    errors: [{ pointer: '/cursor', code: 'cursor_malformed', message }],
  });
}
