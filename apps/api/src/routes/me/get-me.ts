import type { Caller } from '@naru/core/access/access.ts';
import type { SignedIn } from '@naru/core/person/person.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { type MeBody, me } from '@naru/wire/person.ts';
import { STEP_UP_MS_MAX } from '@naru/wire/role.ts';
import { defineRoute } from '../../http/define-route.ts';

function toBody(caller: Caller, signedIn: SignedIn | null, organisationName: string): MeBody {
  const apiKeyId = toPublicId('apiKey', caller.apiKeyId);
  const common = {
    object: 'me' as const,
    organisationId: toPublicId('organisation', caller.organisationId),
    organisationName,
    network: caller.network,
    scopes: [...caller.scopes],
  };
  if (signedIn === null) return { ...common, kind: 'apiKey', id: apiKeyId };
  const { provenAt, secondFactor } = signedIn;
  const { id, name, email, role } = signedIn.caller.person;
  const until = provenAt === null ? null : new Date(provenAt.getTime() + STEP_UP_MS_MAX);
  return {
    ...common,
    kind: 'person',
    id: toPublicId('person', id),
    name,
    email,
    role,
    apiKeyId,
    sessionId: signedIn.caller.sessionId,
    secondFactor,
    provenAt: provenAt?.toISOString() ?? null,
    provenUntil: until?.toISOString() ?? null,
  };
}

export const getMeRoute = defineRoute({
  method: 'GET',
  path: '/v1/me',
  operationId: 'getMe',
  tag: 'People',
  summary: 'Tell who calls',
  description:
    'The person behind a session, or the API key, with what it may do. Of a person also whether a second factor is set up and until when it counts as proven.',
  scope: 'any',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'Who calls.', schema: me } },
  errors: [],
  handler: async ({ people }, { caller, signedIn }) => {
    const organisationName = await people.organisationName(caller.organisationId);
    return { status: 200, body: toBody(caller, signedIn, organisationName) } as const;
  },
});
