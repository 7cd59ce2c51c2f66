import type { People } from '@naru/core/person/people.ts';
import type { PersonErrorCode } from '@naru/core/person/person.errors.ts';

/** A stand-in for people, for tests of the edge alone: there is nobody. With people: `people.fixture.ts`. */
export function createInMemoryPeople(): People {
  const refused = async (code: PersonErrorCode) =>
    ({ kind: 'refused', refusal: { code, message: '', retryable: false }, replayed: false }) as const;
  return {
    organisationName: async () => 'test',
    members: async () => [],
    member: async () => null,
    activity: async () => null,
    changeRole: () => refused('person_not_found'),
    remove: () => refused('person_not_found'),
    invitations: async () => [],
    invitation: async () => null,
    invite: async () => ({ result: await refused('scope_not_grantable'), token: '' }),
    revokeInvitation: () => refused('invitation_not_found'),
    accept: async () => null,
    keys: async () => [],
    key: async () => null,
    makeKey: async () => ({ result: await refused('scope_not_grantable'), token: '' }),
    revokeKey: () => refused('api_key_not_found'),
  };
}
