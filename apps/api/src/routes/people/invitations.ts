import { assertPresent } from '@naru/kit/assert.ts';
import {
  acceptedInvitation,
  acceptInvitationRequest,
  createdInvitation,
  createInvitationRequest,
  invitation,
  invitationId,
  invitationList,
} from '@naru/wire/person.ts';
import { z } from 'zod';
import { defineRoute } from '../../http/define-route.ts';
import { ProblemError } from '../../http/problem-error.ts';
import { doneOrThrow } from '../../http/refusals.ts';
import { uuidOf } from '../params.ts';
import { orderOf } from '../rule-orders.ts';
import { toInvitationBody } from './to-person-body.ts';

const invitationParams = {
  schema: z.object({ id: invitationId }),
  otherwise: 'invitation_not_found',
} as const;
const common = { tag: 'People', rateLimit: 'per_key' } as const;

export const listInvitationsRoute = defineRoute({
  ...common,
  method: 'GET',
  path: '/v1/people/invitations',
  operationId: 'listInvitations',
  summary: 'List invitations',
  description: 'Those that wait, and what became of the others; the newest first.',
  scope: 'people:read',
  idempotency: 'none',
  audit: null,
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'The newest.', schema: invitationList } },
  errors: [],
  handler: async ({ people }, { caller }) => {
    const invitations = await people.invitations(caller.organisationId);
    return { status: 200, body: { data: invitations.map(toInvitationBody) } } as const;
  },
});

export const createInvitationRoute = defineRoute({
  ...common,
  method: 'POST',
  path: '/v1/people/invitations',
  operationId: 'createInvitation',
  summary: 'Invite somebody',
  description:
    'Gives the token of a link, this once, which you hand over yourself. It opens once, within four days; an earlier invitation of the same e-mail is revoked by it.',
  scope: 'people:write',
  idempotency: 'required',
  audit: 'person_invitation.insert',
  request: { params: null, query: null, body: createInvitationRequest },
  responses: { 201: { description: 'Invited.', schema: createdInvitation } },
  errors: ['person_is_member', 'people_too_many', 'scope_not_grantable'],
  handler: async ({ people }, call) => {
    const { result, token } = await people.invite(orderOf(call), call.body);
    const { value, headers } = doneOrThrow(result);
    const made = assertPresent(await people.invitation(call.caller.organisationId, value), 'invitation');
    const body = { ...toInvitationBody(made), token: result.replayed ? null : token };
    return { status: 201, headers, body } as const;
  },
});

export const revokeInvitationRoute = defineRoute({
  ...common,
  method: 'POST',
  path: '/v1/people/invitations/:id/revoke',
  operationId: 'revokeInvitation',
  summary: 'Revoke an invitation',
  description: 'Its link opens nothing from now on.',
  scope: 'people:write',
  idempotency: 'required',
  audit: 'person_invitation.update',
  request: { params: invitationParams, query: null, body: null },
  responses: { 200: { description: 'The invitation.', schema: invitation } },
  errors: ['invitation_not_found'],
  handler: async ({ people }, call) => {
    const id = uuidOf('invitation', call.params.id);
    const { headers } = doneOrThrow(await people.revokeInvitation(orderOf(call), id));
    const found = assertPresent(await people.invitation(call.caller.organisationId, id), 'invitation');
    return { status: 200, headers, body: toInvitationBody(found) } as const;
  },
});

export const acceptInvitationRoute = defineRoute({
  method: 'POST',
  path: '/v1/invitations/accept',
  operationId: 'acceptInvitation',
  tag: 'People',
  summary: 'Accept an invitation',
  description:
    'Makes an account of the link that an administrator handed over, once. Sign in with the password next; a second factor is asked for then.',
  scope: 'public',
  idempotency: 'none',
  rateLimit: 'per_address',
  audit: null,
  request: { params: null, query: null, body: acceptInvitationRequest },
  responses: { 201: { description: 'The account is there.', schema: acceptedInvitation } },
  errors: ['invitation_not_valid', 'person_is_member', 'people_not_set_up'],
  handler: async ({ people }, { body, requestId }) => {
    const result = await people.accept(body, { origin: null, requestId });
    if (result === null) throw new ProblemError('people_not_set_up');
    if (result.kind === 'refused' && result.refusal.code === 'invitation_not_valid')
      throw new ProblemError('invitation_not_valid');
    const { value } = doneOrThrow(result);
    return { status: 201, body: { object: 'accepted_invitation', ...value } } as const;
  },
});
