import { createAccess } from '@naru/core/access/create-access.ts';
import { createLocalInvalidations } from '@naru/core/invalidation/invalidations.ts';
import { createPeople } from '@naru/core/person/people.ts';
import { makeDemoPerson } from '@naru/identity/demo-person.ts';
import { hashPassword } from '@naru/identity/hash-password.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { secret } from '@naru/kit/secret.ts';
import { unusedTotp } from '@naru/testkit/authenticator.ts';
import { createTestDatabase } from '@naru/testkit/test-database.ts';
import type { Role } from '@naru/wire/role.ts';
import { createPersonAccess } from '../src/people/create-person-access.ts';
import { createTestApp } from './test-app.ts';

export const CONSOLE = 'http://localhost:4000';
const SECRET = secret('a secret of tests that is long enough for it');

export type Answer = { status: number; body: Record<string, unknown>; headers: Record<string, unknown> };
export type Tab = {
  /** As a browser with this cookie jar would. */
  call(method: string, url: string, payload?: unknown, headers?: Record<string, string>): Promise<Answer>;
  cookies: Map<string, string>;
};

export type PeopleWorld = Awaited<ReturnType<typeof createPeopleWorld>>;

/** The edge with people over a real database; what is not about people is in memory. */
export async function createPeopleWorld() {
  const database = await createTestDatabase();
  const { db } = database;
  const invalidations = createLocalInvalidations();
  const access = createAccess({ db, clock: systemClock, invalidations });
  const organisation = await access.createOrganisation('people');
  const personAccess = createPersonAccess(
    { db, invalidations, log: silentLogger },
    { secret: SECRET, origins: [CONSOLE] },
  );
  const people = createPeople({ db, invalidations, hashPassword });
  const { app } = await createTestApp({ access, personAccess, people });
  let address = 0;

  /** A browser of its own, from an address of its own. */
  function openTab(): Tab {
    const cookies = new Map<string, string>();
    address += 1;
    const remoteAddress = `10.0.${address >> 8}.${address & 255}`;
    return {
      cookies,
      async call(method, url, payload, headers = {}) {
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const answer = await app.inject({
          method: method as 'GET',
          url,
          remoteAddress,
          headers: {
            ...(method === 'GET' ? {} : { origin: CONSOLE }),
            ...(cookie === '' ? {} : { cookie }),
            ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(payload === undefined ? {} : { payload: JSON.stringify(payload) }),
        });
        for (const { name, value, maxAge } of answer.cookies) {
          if (maxAge === 0) cookies.delete(name);
          else cookies.set(name, encodeURIComponent(value));
        }
        const isJson = String(answer.headers['content-type']).includes('json') && answer.body !== '';
        return { status: answer.statusCode, body: isJson ? answer.json() : {}, headers: answer.headers };
      },
    };
  }

  async function makePerson(role: Role, email = `${role}@example.com`, organisationId = organisation.id) {
    const member = { organisationId, name: `The ${role}`, email, role, network: 'test' as const };
    return { email, role, ...(await makeDemoPerson({ db, secret: SECRET }, member)) };
  }

  /** E-mail, password and code, as a person does it. */
  async function signIn(person: { email: string; password: string; totpSecret: string }): Promise<Tab> {
    const tab = openTab();
    const { email, password } = person;
    const first = await tab.call('POST', '/auth/sign-in/email', { email, password });
    const second = await tab.call('POST', '/auth/two-factor/verify-totp', {
      code: await unusedTotp(person.totpSecret),
    });
    if (second.status !== 200)
      throw new Error(`${email}: ${JSON.stringify(first.body)} ${JSON.stringify(second.body)}`);
    return tab;
  }

  return {
    app,
    db,
    access,
    organisationId: organisation.id,
    invalidations,
    openTab,
    makePerson,
    signIn,
    async close() {
      await app.close();
      await database.drop();
    },
  };
}
