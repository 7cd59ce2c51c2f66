import { FAILED_SIGN_INS_MAX } from '@naru/core/person/person.limits.ts';
import { newId } from '@naru/kit/ids.ts';
import { unusedTotp } from '@naru/testkit/authenticator.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPeopleWorld, type PeopleWorld, type Tab } from '../../test/people.fixture.ts';

let world: PeopleWorld;
beforeAll(async () => {
  world = await createPeopleWorld();
});
afterAll(() => world.close());

const keyed = () => ({ 'idempotency-key': newId('request') });
async function actsOf(personId: string): Promise<string[]> {
  const { rows } = await sql<{ action: string }>`
    SELECT action FROM audit_event WHERE subject = ${`person ${personId}`} ORDER BY position`.execute(
    world.db,
  );
  return rows.map(({ action }) => action);
}
/** As if the second factor had been proven that long ago. */
async function age(tab: Tab, minutes: number | null): Promise<void> {
  const id = String((await tab.call('GET', '/v1/me')).body['sessionId']);
  await sql`
    UPDATE person_session SET proven_at = now() - ${minutes}::integer * interval '1 minute' WHERE id = ${id}`.execute(
    world.db,
  );
  world.invalidations.publish('access');
}

test('takes e-mail, password and a code, and then the session is the person in every call', async () => {
  const person = await world.makePerson('viewer');
  const tab = world.openTab();
  const { email, password, totpSecret } = person;
  const first = await tab.call('POST', '/auth/sign-in/email', { email, password });
  expect([first.status, first.body]).toMatchObject([200, { twoFactorRedirect: true }]);
  expect((await tab.call('GET', '/v1/me')).status).toBe(401);
  const wrong = await tab.call('POST', '/auth/two-factor/verify-totp', { code: '000000' });
  expect([wrong.status, wrong.body['code']]).toEqual([401, 'second_factor_wrong']);
  const trusting = { code: await unusedTotp(totpSecret), trustDevice: true };
  expect((await tab.call('POST', '/auth/two-factor/verify-totp', trusting)).status).toBe(400);
  const second = await tab.call('POST', '/auth/two-factor/verify-totp', {
    code: await unusedTotp(totpSecret),
  });
  expect(second.status).toBe(200);
  expect(String(second.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict/);

  const me = await tab.call('GET', '/v1/me');
  expect([me.status, me.body]).toMatchObject([
    200,
    { kind: 'person', email, role: 'viewer', secondFactor: { totp: true, passkey: false } },
  ]);
  expect(me.body['provenUntil']).not.toBeNull();
  expect((await tab.call('GET', '/v1/withdrawals')).status).toBe(200);
  expect((await tab.call('POST', '/auth/sign-out')).status).toBe(200);
  expect((await tab.call('GET', '/v1/me')).status).toBe(401);
  expect(await actsOf(person.personId)).toEqual(['person.insert', 'person.sign_in', 'person.sign_out']);
});

test('a cookie that we have not signed is nobody', async () => {
  const { email, password, totpSecret } = await world.makePerson('viewer', 'forged@example.com');
  const tab = await world.signIn({ email, password, totpSecret });
  const [name, value] = [...tab.cookies][0] ?? ['', ''];
  tab.cookies.set(name, `${value.split('.')[0]}.${'A'.repeat(43)}%3D`);
  expect((await tab.call('GET', '/v1/me')).status).toBe(401);
});

test('nobody signs up, and what better-auth could do besides is not there', async () => {
  const tab = world.openTab();
  const body = { email: 'new@example.com', password: 'long enough for it', name: 'New' };
  for (const path of [
    '/auth/sign-up/email',
    '/auth/request-password-reset',
    '/auth/change-email',
    '/auth/ok',
  ])
    expect([path, (await tab.call('POST', path, body)).status]).toEqual([path, 404]);
});

test('wrong passwords lock the account for a while, also for whoever knows the right one', async () => {
  const { personId, email, password } = await world.makePerson('viewer', 'locked@example.com');
  for (let times = 0; times < FAILED_SIGN_INS_MAX; times++) {
    const answer = await world
      .openTab()
      .call('POST', '/auth/sign-in/email', { email, password: 'not the password' });
    expect([answer.status, answer.body['code']]).toEqual([401, 'sign_in_failed']);
  }
  const locked = await world
    .openTab()
    .call('POST', '/auth/sign-in/email', { email: ` ${email.toUpperCase()}`.trim(), password });
  expect([locked.status, locked.body['code']]).toEqual([429, 'account_locked']);
  expect(Number(locked.headers['retry-after'])).toBeGreaterThan(800);
  expect(await actsOf(personId)).toContain('person.locked');
  await sql`UPDATE person_lock SET locked_until = now() WHERE email = ${email}`.execute(world.db);
  expect((await world.openTab().call('POST', '/auth/sign-in/email', { email, password })).status).toBe(200);
});

describe('a second factor', () => {
  test('is asked for before anything but the account is open', async () => {
    const { email, password, personId } = await world.makePerson('operator', 'new-here@example.com');
    await sql`DELETE FROM person_two_factor WHERE person_id = ${personId}`.execute(world.db);
    await sql`UPDATE person SET two_factor_enabled = false WHERE id = ${personId}`.execute(world.db);
    const tab = world.openTab();
    expect((await tab.call('POST', '/auth/sign-in/email', { email, password })).status).toBe(200);
    expect((await tab.call('GET', '/v1/me')).body).toMatchObject({
      provenAt: null,
      secondFactor: { totp: false },
    });
    const closed = await tab.call('GET', '/v1/withdrawals');
    expect([closed.status, closed.body['code']]).toEqual([403, 'second_factor_required']);

    const enabled = await tab.call('POST', '/auth/two-factor/enable', { password });
    const uri = new URL(String(enabled.body['totpURI']));
    const code = await unusedTotp(uri.searchParams.get('secret') ?? '');
    expect(enabled.body['backupCodes']).toHaveLength(10);
    expect((await tab.call('POST', '/auth/two-factor/verify-totp', { code })).status).toBe(200);
    expect((await tab.call('GET', '/v1/withdrawals')).status).toBe(200);
    expect(await actsOf(personId)).toContain('person.second_factor_added');

    // A recovery code opens one session, once.
    const [recovery] = enabled.body['backupCodes'] as string[];
    for (const expected of [200, 401]) {
      const other = world.openTab();
      await other.call('POST', '/auth/sign-in/email', { email, password });
      const answer = await other.call('POST', '/auth/two-factor/verify-backup-code', { code: recovery });
      expect(answer.status).toBe(expected);
    }
  });

  test('is a code that is good once, whoever comes with it, and none that is older', async () => {
    const { email, password, totpSecret } = await world.makePerson('operator', 'once@example.com');
    const older = await unusedTotp(totpSecret);
    const code = await unusedTotp(totpSecret);
    const tabs = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const tab = world.openTab();
        await tab.call('POST', '/auth/sign-in/email', { email, password });
        return tab;
      }),
    );
    const prove = (tab: Tab, given: string) =>
      tab.call('POST', '/auth/two-factor/verify-totp', { code: given });
    const together = await Promise.all(tabs.map((tab) => prove(tab, code)));
    const answers = together.map(({ status, body }) => [status, body['code']]);
    expect(answers.filter(([status]) => status === 200)).toHaveLength(1);
    expect(answers.filter(([, problem]) => problem === 'second_factor_used')).toHaveLength(3);
    const late = tabs.find((_, index) => together[index]?.status !== 200) ?? world.openTab();
    expect((await prove(late, older)).body['code']).toBe('second_factor_used');
    // Nobody guessed: the sign-in goes on with the next code.
    expect((await prove(late, await unusedTotp(totpSecret))).status).toBe(200);
  });

  test('that was proven is still proven when the password is another, and every other session has ended', async () => {
    const person = await world.makePerson('admin', 'password@example.com');
    const [laptop, phone] = [await world.signIn(person), await world.signIn(person)];
    const newPassword = 'another one, long enough';
    const change = (currentPassword: string) =>
      laptop.call('POST', '/auth/change-password', {
        currentPassword,
        newPassword,
        revokeOtherSessions: true,
      });
    expect((await change('not the password')).body['code']).toBe('password_wrong');
    expect((await change(person.password)).status).toBe(200);
    expect((await laptop.call('GET', '/v1/withdrawals')).status).toBe(200);
    const made = await laptop.call(
      'POST',
      '/v1/api-keys',
      { name: 'job', scopes: ['withdrawals:read'] },
      keyed(),
    );
    expect(made.status).toBe(201);
    expect((await phone.call('GET', '/v1/me')).status).toBe(401);
    expect(await actsOf(person.personId)).toContain('person.password_changed');
    expect((await world.signIn({ ...person, password: newPassword })).cookies.size).toBeGreaterThan(0);
  });

  test('is proven again before a rule changes, and a code is enough for five minutes', async () => {
    const { email, password, totpSecret } = await world.makePerson('admin', 'step-up@example.com');
    const tab = await world.signIn({ email, password, totpSecret });
    await age(tab, 6);
    const make = () =>
      tab.call('POST', '/v1/api-keys', { name: 'job', scopes: ['withdrawals:read'] }, keyed());
    const refused = await make();
    expect([refused.status, refused.body['code']]).toEqual([403, 'step_up_required']);
    expect((await tab.call('GET', '/v1/api-keys')).status).toBe(200);
    // The account itself is guarded the same way.
    const disable = await tab.call('POST', '/auth/two-factor/disable', { password });
    expect([disable.status, disable.body['code']]).toEqual([403, 'step_up_required']);
    for (let times = 1; times < FAILED_SIGN_INS_MAX; times++)
      await tab.call('POST', '/auth/two-factor/verify-totp', { code: '000000' });
    const proof = await tab.call('POST', '/auth/two-factor/verify-totp', {
      code: await unusedTotp(totpSecret),
    });
    expect(proof.status).toBe(200);
    expect((await make()).status).toBe(201);
    await age(tab, 4);
    expect((await make()).status).toBe(201);
    await age(tab, 6);
    for (let times = 0; times < FAILED_SIGN_INS_MAX; times++)
      await tab.call('POST', '/auth/two-factor/verify-totp', { code: '000000' });
    const locked = await tab.call('POST', '/auth/two-factor/verify-totp', {
      code: await unusedTotp(totpSecret),
    });
    expect([locked.status, locked.body['code']]).toEqual([429, 'account_locked']);
  });
});

test('a change in a session comes from a page of the console, or not at all', async () => {
  const tab = await world.signIn(await world.makePerson('admin', 'origin@example.com'));
  const body = { email: 'guest@example.com', role: 'viewer' };
  const from = (headers: Record<string, string>) =>
    tab.call('POST', '/v1/people/invitations', body, { ...keyed(), ...headers });
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: '', 'sec-fetch-site': 'cross-site' },
  ]) {
    const answer = await from(headers);
    expect([answer.status, answer.body['code']]).toEqual([403, 'origin_not_trusted']);
  }
  expect((await from({})).status).toBe(201);
  const signOut = await tab.call('POST', '/auth/sign-out', undefined, { origin: 'https://evil.example' });
  expect(signOut.status).toBe(403);
});

test('a session that was revoked from another place ends at once', async () => {
  const person = await world.makePerson('viewer', 'two-places@example.com');
  const [laptop, phone] = [await world.signIn(person), await world.signIn(person)];
  expect((await phone.call('GET', '/v1/me')).status).toBe(200);
  const sessions = (await laptop.call('GET', '/auth/list-sessions')).body as unknown as {
    token: string;
    id: string;
  }[];
  const other = String((await phone.call('GET', '/v1/me')).body['sessionId']);
  const token = sessions.find(({ id }) => id === other)?.token;
  expect((await laptop.call('POST', '/auth/revoke-session', { token })).status).toBe(200);
  expect((await phone.call('GET', '/v1/me')).status).toBe(401);
  expect((await laptop.call('GET', '/v1/me')).status).toBe(200);
});
