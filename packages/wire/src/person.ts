import { z } from 'zod';
import { organisationId, publicId } from './id.ts';
import { pageOf, pageQuery } from './page.ts';
import { roles, scopes } from './role.ts';

export const personId = publicId('per', 'per_01kjr3q8c6e7rvt0xx0n3m7d5k', 'Names one person.');
export const apiKeyId = publicId('key', 'key_01kjr3q8c6e7rvt0xx0n3m7d5e', 'Names one API key.');
export const invitationId = publicId('inv', 'inv_01kjr3q8c6e7rvt0xx0n3m7d5m', 'Names one invitation.');

const time = () => z.string().meta({ examples: ['2026-03-01T09:00:00.000Z'] });

export const role = z.enum(roles).meta({
  description: 'What a person is in the organisation; each role is a fixed set of scopes.',
  examples: ['operator'],
});
const email = z.string().meta({ examples: ['kim@example.com'] });
const name = z.string().meta({ examples: ['Kim Minji'] });

const secondFactor = z
  .object({
    totp: z.boolean().meta({ description: 'An authenticator app is set up.', examples: [true] }),
    passkey: z.boolean().meta({ description: 'A passkey is set up.', examples: [false] }),
  })
  .meta({ id: 'SecondFactor' });

const held = z
  .array(z.string())
  .meta({ description: 'What may be called.', examples: [['withdrawals:read']] });

export const me = z
  .discriminatedUnion('kind', [
    z.object({
      object: z.literal('me'),
      kind: z.literal('person'),
      id: personId,
      name,
      email,
      role,
      organisationId,
      organisationName: z.string().meta({ examples: ['Exchange desk'] }),
      apiKeyId,
      network: z.enum(['test', 'live']),
      scopes: held,
      sessionId: z.string().meta({ description: 'The session that this call came with.' }),
      secondFactor,
      provenAt: time().nullable().meta({
        description: 'When a second factor was last proven in this session; null: only the account is open.',
      }),
      provenUntil: time().nullable().meta({
        description: 'Until when calls that move money or change rules are taken without proving it again.',
      }),
    }),
    z.object({
      object: z.literal('me'),
      kind: z.literal('apiKey'),
      id: apiKeyId,
      organisationId,
      organisationName: z.string().meta({ examples: ['Exchange desk'] }),
      network: z.enum(['test', 'live']),
      scopes: held,
    }),
  ])
  .meta({ id: 'Me', description: 'Who makes this call.' });
export type MeBody = z.output<typeof me>;

/** The table's. */
const EMAIL_LENGTH_MAX = 100;
const NAME_LENGTH_MAX = 100;
const IP_RANGES_MAX = 50;

export const person = z
  .object({
    object: z.literal('person'),
    id: personId,
    name,
    email,
    role,
    apiKeyId: apiKeyId.meta({ description: 'What votes and the audit log know the person by.' }),
    secondFactor,
    sessions: z
      .int()
      .min(0)
      .meta({ description: 'Open at this moment.', examples: [1] }),
    lastSignedInAt: time().nullable(),
    createdAt: time(),
    removedAt: time()
      .nullable()
      .meta({ examples: [null] }),
  })
  .meta({ id: 'Person', description: 'A member of your organisation.' });
export type PersonBody = z.output<typeof person>;
export const personList = z.object({ data: z.array(person) }).meta({ id: 'PersonList' });

export const changeRoleRequest = z.strictObject({ role }).meta({ id: 'ChangeRole' });

const emailInput = z
  .email('malformed')
  .max(EMAIL_LENGTH_MAX)
  .meta({ examples: ['kim@example.com'] });

export const createInvitationRequest = z
  .strictObject({ email: emailInput, role })
  .meta({ id: 'CreateInvitation' });
export type CreateInvitationInput = z.input<typeof createInvitationRequest>;

export const invitation = z
  .object({
    object: z.literal('invitation'),
    id: invitationId,
    email,
    role,
    state: z.enum(['waiting', 'accepted', 'revoked', 'expired']).meta({ examples: ['waiting'] }),
    invitedBy: z.string().meta({ description: 'As the audit log names an actor.' }),
    createdAt: time(),
    expiresAt: time(),
  })
  .meta({ id: 'Invitation', description: 'Somebody who may become a member, by a link, once.' });
export type InvitationBody = z.output<typeof invitation>;
export const invitationList = z.object({ data: z.array(invitation) }).meta({ id: 'InvitationList' });
export const createdInvitation = invitation
  .extend({
    token: z.string().nullable().meta({
      description:
        'For the link that you hand over: told this once. Null when this call is a repeat; invite again for another.',
    }),
  })
  .meta({ id: 'CreatedInvitation' });
export type CreatedInvitationBody = z.output<typeof createdInvitation>;

export const acceptInvitationRequest = z
  .strictObject({
    token: z.string().regex(/^nv_[A-Za-z0-9_-]{43}$/, 'malformed'),
    name: z
      .string()
      .trim()
      .min(1)
      .max(NAME_LENGTH_MAX)
      .meta({ examples: ['Kim Minji'] }),
    password: z.string().min(12).max(128),
  })
  .meta({ id: 'AcceptInvitation' });
export type AcceptInvitationInput = z.input<typeof acceptInvitationRequest>;
export const acceptedInvitation = z
  .object({ object: z.literal('accepted_invitation'), email, role })
  .meta({ id: 'AcceptedInvitation', description: 'Sign in with this e-mail and the password next.' });

export const activityEntry = z
  .object({
    position: z.string().meta({ examples: ['4711'] }),
    at: time(),
    action: z.string().meta({ examples: ['setting.change'] }),
    subject: z.string().meta({ examples: ['setting batch.items_max'] }),
    reason: z.string().nullable(),
    origin: z
      .string()
      .nullable()
      .meta({ examples: ['192.0.2.7'] }),
    requestId: z.string().nullable(),
    before: z.record(z.string(), z.string().nullable()).nullable(),
    after: z.record(z.string(), z.string().nullable()).nullable(),
  })
  .meta({ id: 'ActivityEntry', description: 'What a person did, as the audit log has it.' });
export type ActivityEntryBody = z.output<typeof activityEntry>;
export const activityPage = pageOf(activityEntry).meta({ id: 'ActivityPage' });
export const activityQuery = z.strictObject(pageQuery);

export const apiKey = z
  .object({
    object: z.literal('api_key'),
    id: apiKeyId,
    name: z.string().meta({ examples: ['payout job'] }),
    prefix: z.string().meta({ description: 'The beginning of the key.', examples: ['nk_test_9aX2'] }),
    network: z.enum(['test', 'live']),
    scopes: held,
    holder: z
      .string()
      .nullable()
      .meta({ examples: [null] }),
    ipAllowList: z
      .array(z.string())
      .nullable()
      .meta({ examples: [['10.0.0.0/16']] }),
    createdAt: time(),
    expiresAt: time().nullable(),
    revokedAt: time()
      .nullable()
      .meta({ examples: [null] }),
  })
  .meta({ id: 'ApiKey', description: 'What a program of your organisation calls with.' });
export type ApiKeyBody = z.output<typeof apiKey>;
export const apiKeyPage = pageOf(apiKey).meta({ id: 'ApiKeyPage' });
export const apiKeyQuery = z.strictObject(pageQuery);

export const createApiKeyRequest = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .meta({ examples: ['payout job'] }),
    scopes: z
      .array(z.enum(scopes))
      .min(1)
      .max(scopes.length)
      .meta({ examples: [['withdrawals:read', 'withdrawals:write']] }),
    ipAllowList: z
      .array(z.string().max(50))
      .min(1)
      .max(IP_RANGES_MAX)
      .optional()
      .meta({
        description: 'Addresses and ranges that it may be used from; everywhere when left out.',
        examples: [['10.0.0.0/16']],
      }),
    expiresAt: z.iso
      .datetime({ offset: true, error: 'timestamp_malformed' })
      .optional()
      .meta({ examples: ['2027-03-01T00:00:00Z'] }),
  })
  .meta({ id: 'CreateApiKey' });
export type CreateApiKeyInput = z.input<typeof createApiKeyRequest>;
export const createdApiKey = apiKey
  .extend({
    token: z.string().nullable().meta({
      description:
        'The key itself: told this once. Null when this call is a repeat; revoke it and make another.',
    }),
  })
  .meta({ id: 'CreatedApiKey' });
export type CreatedApiKeyBody = z.output<typeof createdApiKey>;
