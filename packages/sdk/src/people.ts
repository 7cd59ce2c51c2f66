import {
  type AcceptInvitationInput,
  type ActivityEntryBody,
  type ApiKeyBody,
  acceptedInvitation,
  activityPage,
  apiKey,
  apiKeyPage,
  type CreateApiKeyInput,
  type CreatedApiKeyBody,
  type CreatedInvitationBody,
  type CreateInvitationInput,
  createdApiKey,
  createdInvitation,
  type InvitationBody,
  invitation,
  invitationList,
  type MeBody,
  me,
  type PersonBody,
  person,
  personList,
} from '@naru/wire/person.ts';
import type { Role } from '@naru/wire/role.ts';
import { allPages, type CallOptions, callsOf, type PageOptions, type WriteOptions } from './calls.ts';
import type { Transport } from './transport.ts';

type Page<T> = { data: T[]; nextCursor: string | null };

/** People of your organisation, for administrators. */
export type PeopleClient = {
  list(options?: CallOptions): Promise<PersonBody[]>;
  changeRole(id: string, role: Role, options?: WriteOptions): Promise<PersonBody>;
  /** Ends every session of theirs at once. */
  remove(id: string, options?: WriteOptions): Promise<PersonBody>;
  /** What the person did, the newest first. */
  activity(id: string, page?: PageOptions, options?: CallOptions): Promise<Page<ActivityEntryBody>>;
  invitations: {
    list(options?: CallOptions): Promise<InvitationBody[]>;
    /** `token` of the link is told once: it is null when the call was made before. */
    create(input: CreateInvitationInput, options?: WriteOptions): Promise<CreatedInvitationBody>;
    revoke(id: string, options?: WriteOptions): Promise<InvitationBody>;
    /** Needs no key and no session. Tried once: a second call would find the link used. */
    accept(input: AcceptInvitationInput, options?: CallOptions): Promise<{ email: string; role: Role }>;
  };
};

/** Keys of your programs. */
export type ApiKeysClient = {
  /** All of them, the newest first. */
  list(): AsyncGenerator<ApiKeyBody>;
  page(page?: PageOptions, options?: CallOptions): Promise<Page<ApiKeyBody>>;
  /** `token` is the key, told once: it is null when the call was made before. */
  create(input: CreateApiKeyInput, options?: WriteOptions): Promise<CreatedApiKeyBody>;
  revoke(id: string, options?: WriteOptions): Promise<ApiKeyBody>;
};

export function createPeopleClients(transport: Transport): {
  /** Who calls: a person in a session, or a key. */
  me(options?: CallOptions): Promise<MeBody>;
  people: PeopleClient;
  apiKeys: ApiKeysClient;
} {
  const { read, post, send } = callsOf(transport);
  const personPath = (id: string, action: string) => `/v1/people/${encodeURIComponent(id)}/${action}`;
  const keysPage = (page: PageOptions = {}, options?: CallOptions) =>
    read('/v1/api-keys', apiKeyPage, options, page);
  return {
    me: (options) => read('/v1/me', me, options),
    people: {
      list: async (options) => (await read('/v1/people', personList, options)).data,
      changeRole: (id, role, options) => post(personPath(id, 'role'), person, options, { role }),
      remove: (id, options) => post(personPath(id, 'remove'), person, options),
      activity: (id, page = {}, options) => read(personPath(id, 'activity'), activityPage, options, page),
      invitations: {
        list: async (options) => (await read('/v1/people/invitations', invitationList, options)).data,
        create: (input, options) => post('/v1/people/invitations', createdInvitation, options, input),
        revoke: (id, options) =>
          post(`/v1/people/invitations/${encodeURIComponent(id)}/revoke`, invitation, options),
        accept: (input, options) =>
          send('POST', '/v1/invitations/accept', acceptedInvitation, options, input),
      },
    },
    apiKeys: {
      list: () => allPages((page) => keysPage(page)),
      page: keysPage,
      create: (input, options) => post('/v1/api-keys', createdApiKey, options, input),
      revoke: (id, options) => post(`/v1/api-keys/${encodeURIComponent(id)}/revoke`, apiKey, options),
    },
  };
}
