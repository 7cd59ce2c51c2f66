import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPeopleWorld, type PeopleWorld, totpOf } from '../../test/people.fixture.ts';

let world: PeopleWorld;
beforeAll(async () => {
  world = await createPeopleWorld();
});
afterAll(() => world.close());

describe('signing in', () => {
  test('takes e-mail, password and a code, and the session is the person in every call', async () => {
    const person = await world.makePerson('viewer');
    const tab = world.openTab();
    const { email, password, totpSecret } = person;
    const first = await tab.call('POST', '/auth/sign-in/email', { email, password });
    expect([first.status, first.body]).toMatchObject([200, { twoFactorRedirect: true }]);
    expect((await tab.call('GET', '/v1/me')).status).toBe(401);
    const second = await tab.call('POST', '/auth/two-factor/verify-totp', { code: totpOf(totpSecret) });
    expect(second.status).toBe(200);
    expect(String(second.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict/);

    const me = await tab.call('GET', '/v1/me');
    expect([me.status, me.body]).toMatchObject([
      200,
      { kind: 'person', email, role: 'viewer', secondFactor: { totp: true, passkey: false } },
    ]);
    expect(me.body['provenUntil']).not.toBeNull();
    expect((await tab.call('GET', '/v1/withdrawals')).status).toBe(200);
    const { rows } = await sql<{ action: string }>`
      SELECT action FROM audit_event WHERE subject = ${`person ${person.personId}`} ORDER BY position`.execute(
      world.db,
    );
    expect(rows.map(({ action }) => action)).toEqual(['person.insert', 'person.sign_in']);
  });
});
