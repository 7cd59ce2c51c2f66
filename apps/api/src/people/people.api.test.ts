import { newId, toPublicId } from '@naru/kit/ids.ts';
import { mayCall, roles, scopesOfRole } from '@naru/wire/role.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPeopleWorld, type PeopleWorld, type Tab } from '../../test/people.fixture.ts';
import { allRoutes } from '../routes/all-routes.ts';
import { needsStepUp } from './step-up.ts';

let world: PeopleWorld;
let admin: Tab;
let adminId: string;
beforeAll(async () => {
  world = await createPeopleWorld();
  const person = await world.makePerson('admin', 'first@example.com');
  adminId = toPublicId('person', person.personId);
  admin = await world.signIn(person);
});
afterAll(() => world.close());

const keyed = () => ({ 'idempotency-key': newId('request') });
const post = (tab: Tab, url: string, body?: unknown) => tab.call('POST', url, body, keyed());

describe.each(roles)('a session of the role %s', (role) => {
  test('may call exactly what the matrix says', async () => {
    const tab = await world.signIn(await world.makePerson(role, `walk-${role}@example.com`));
    for (const route of allRoutes) {
      if (route.scope === 'public' || route.scope === 'any') continue;
      if (route.responses[200] !== undefined && 'contentType' in route.responses[200]) continue;
      const url = route.path.replace(/:[a-zA-Z]+/g, 'nothing');
      const answer = await tab.call(route.method, url, {}, keyed());
      const isRefused = answer.status === 403 && answer.body['code'] === 'forbidden';
      expect([route.operationId, isRefused]).toEqual([
        route.operationId,
        !mayCall(scopesOfRole[role], route.scope),
      ]);
    }
  });
});

test('who decides is never who works, and money and rules need a step up', () => {
  expect(mayCall(scopesOfRole.operator, 'approvals:write')).toBe(false);
  expect(mayCall(scopesOfRole.approver, 'withdrawals:write')).toBe(false);
  expect(mayCall(scopesOfRole.admin, 'withdrawals:write')).toBe(false);
  for (const role of ['viewer', 'auditor'] as const)
    expect(scopesOfRole[role].filter((scope) => !scope.endsWith(':read'))).toEqual([]);
  const without = allRoutes.filter((route) => route.method !== 'GET' && !needsStepUp(route));
  expect(without.map((route) => route.operationId).sort()).toEqual([
    'acceptInvitation',
    'cancelWithdrawal',
    'createExport',
    'createTokenProbe',
    'noteDeadLetter',
    'noteWithdrawal',
    'quoteWithdrawal',
    'removeView',
    'rerunReport',
    'saveView',
    'testAlertChannel',
    'testWebhookEndpoint',
  ]);
});

test('an invitation opens once, and makes a member who sets up a second factor first', async () => {
  const made = await post(admin, '/v1/people/invitations', { email: 'Guest@Example.com', role: 'operator' });
  expect(made.status).toBe(201);
  const token = String(made.body['token']);
  const tab = world.openTab();
  const accept = (text: string) =>
    tab.call('POST', '/v1/invitations/accept', {
      token: text,
      name: 'Guest',
      password: 'long enough for it',
    });
  expect((await accept(`nv_${'a'.repeat(43)}`)).body['code']).toBe('invitation_not_valid');
  expect(await accept(token)).toMatchObject({
    status: 201,
    body: { email: 'guest@example.com', role: 'operator' },
  });
  expect((await accept(token)).body['code']).toBe('invitation_not_valid');
  const again = await post(admin, '/v1/people/invitations', { email: 'guest@example.com', role: 'viewer' });
  expect(again.body['code']).toBe('person_is_member');
  await tab.call('POST', '/auth/sign-in/email', {
    email: 'guest@example.com',
    password: 'long enough for it',
  });
  expect((await tab.call('GET', '/v1/withdrawals')).body['code']).toBe('second_factor_required');

  const other = await post(admin, '/v1/people/invitations', { email: 'late@example.com', role: 'viewer' });
  const renewed = await post(admin, '/v1/people/invitations', { email: 'late@example.com', role: 'viewer' });
  expect((await accept(String(other.body['token']))).body['code']).toBe('invitation_not_valid');
  const revoked = await post(admin, `/v1/people/invitations/${renewed.body['id']}/revoke`);
  expect(revoked.body['state']).toBe('revoked');
  expect((await accept(String(renewed.body['token']))).body['code']).toBe('invitation_not_valid');
});

test('a role changes from the next call on, and a member who is removed is out at once', async () => {
  const person = await world.makePerson('viewer', 'moving@example.com');
  const id = toPublicId('person', person.personId);
  const tab = await world.signIn(person);
  expect((await tab.call('GET', '/v1/people')).status).toBe(403);
  expect((await post(admin, `/v1/people/${id}/role`, { role: 'admin' })).status).toBe(200);
  expect((await tab.call('GET', '/v1/people')).status).toBe(200);
  const removed = await post(admin, `/v1/people/${id}/remove`);
  expect([removed.status, removed.body['removedAt']]).toEqual([200, expect.any(String)]);
  expect((await tab.call('GET', '/v1/me')).status).toBe(401);
  const { email, password } = person;
  const back = await world.openTab().call('POST', '/auth/sign-in/email', { email, password });
  expect([back.status, back.body['code']]).toEqual([401, 'sign_in_failed']);
  const activity = await admin.call('GET', `/v1/people/${adminId}/activity?limit=2`);
  const entries = activity.body['data'] as { action: string }[];
  expect(entries.map(({ action }) => action)).toContain('person_membership.update');
  expect(activity.body['nextCursor']).not.toBeNull();
});

test('nobody changes their own role, and an organisation keeps an administrator', async () => {
  const own = await post(admin, `/v1/people/${adminId}/role`, { role: 'viewer' });
  expect([own.status, own.body['code']]).toEqual([409, 'own_membership']);
  const { id: organisationId } = await world.access.createOrganisation('with one administrator');
  const key = await world.access.createApiKey({
    organisationId,
    name: 'people',
    network: 'test',
    scopes: ['people:read', 'people:write', 'viewer', ...scopesOfRole.viewer],
  });
  const only = await world.makePerson('admin', 'only@example.com', organisationId);
  const program = world.openTab();
  const auth = { authorization: `Bearer ${key.token}` };
  const change = (path: string, body?: unknown) =>
    program.call('POST', `/v1/people/${toPublicId('person', only.personId)}/${path}`, body, {
      ...auth,
      ...keyed(),
    });
  expect((await change('role', { role: 'viewer' })).body['code']).toBe('last_admin');
  expect((await change('remove')).body['code']).toBe('last_admin');
  // A program gives no more than it has, and nobody reaches into another organisation.
  const more = await program.call(
    'POST',
    '/v1/people/invitations',
    { email: 'a@example.com', role: 'admin' },
    { ...auth, ...keyed() },
  );
  expect(more.body['code']).toBe('scope_not_grantable');
  const foreign = await post(admin, `/v1/people/${toPublicId('person', only.personId)}/remove`);
  expect([foreign.status, foreign.body['code']]).toEqual([404, 'person_not_found']);
  expect((await admin.call('GET', `/v1/people/${toPublicId('person', only.personId)}/activity`)).status).toBe(
    404,
  );
});

test('a key is told once, carries no vote, and is revoked at once', async () => {
  const headers = keyed();
  const ask = { name: 'job', scopes: ['withdrawals:read'], ipAllowList: ['127.0.0.0/8', '10.0.0.0/8'] };
  const made = await admin.call('POST', '/v1/api-keys', ask, headers);
  const repeated = await admin.call('POST', '/v1/api-keys', ask, headers);
  expect([repeated.body['id'], repeated.body['token']]).toEqual([made.body['id'], null]);
  const program = { authorization: `Bearer ${made.body['token']}` };
  const me = await world.openTab().call('GET', '/v1/me', undefined, program);
  expect(me.body).toMatchObject({ kind: 'apiKey', id: made.body['id'] });
  const vote = await post(admin, '/v1/api-keys', { name: 'x', scopes: ['approvals:write'] });
  expect([vote.status, vote.body['code']]).toEqual([403, 'scope_not_grantable']);
  const bad = await post(admin, '/v1/api-keys', { ...ask, ipAllowList: ['somewhere'] });
  expect([bad.status, bad.body['code']]).toEqual([422, 'validation_failed']);
  const listed = (await admin.call('GET', '/v1/api-keys')).body['data'] as { id: string }[];
  expect(listed.map(({ id }) => id)).toEqual([made.body['id']]);
  expect((await post(admin, `/v1/api-keys/${made.body['id']}/revoke`)).status).toBe(200);
  expect((await world.openTab().call('GET', '/v1/me', undefined, program)).status).toBe(401);
});
