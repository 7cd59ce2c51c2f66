import { z } from 'zod';
import { organisationId, publicId } from './id.ts';
import { roles } from './role.ts';

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
