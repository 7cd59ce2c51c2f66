import type { Role } from '@naru/wire/role.ts';

/** A person who has signed in. */
export type CallerPerson = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
};

/** Who calls. Every store function that reads or writes tenant data takes the organisation from here. */
export type Caller = {
  readonly organisationId: string;
  /** Of a person, the key that stands for them: no token opens it. */
  readonly apiKeyId: string;
  /** `test` reaches local and test networks, `live` main networks. */
  readonly network: 'test' | 'live';
  readonly scopes: readonly string[];
  readonly requestsPerMinuteMax: number;
  /** Absent: a program with an API key. */
  readonly person?: CallerPerson;
  /** UUID of the person's session. */
  readonly sessionId?: string;
};
