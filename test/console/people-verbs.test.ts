import { roleNames } from '@naru/console/i18n/role-names.ts';
import { apiKeyTexts } from '@naru/console/views/api-keys/api-key.texts.ts';
import { peopleTexts } from '@naru/console/views/people/people.texts.ts';
import { createNaru } from '@naru/sdk/create-naru.ts';
import { unusedTotp } from '@naru/testkit/authenticator.ts';
import type { ApiKeyBody, InvitationBody, PersonBody } from '@naru/wire/person.ts';
import { roles } from '@naru/wire/role.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { choose } from '../support/choose.ts';
import { type Desk, LOOKS, rowOf } from '../support/desk.ts';
import { enterCode, enterPassword, newBrowser, signIn } from '../support/front-door.ts';
import { eventually, startStack } from '../support/stack.ts';
import { type Stage, setStage } from '../support/stage.ts';

/** Who works here, and with which keys. */
let stage: Stage;
/** An administrator, in Korean at a desk and in English on a phone. */
let korean: Desk;
let english: Desk;
beforeAll(async () => {
  stage = await setStage(await startStack({ accounts: 1 }));
  [korean, english] = await stage.sitAsAdmins();
});
afterAll(() => stage?.stop());

/** What the machine says, to the administrator. */
async function read<Data>(path: string): Promise<Data[]> {
  const answer = await korean.context.request.get(`${stage.shown.url}/api${path}`);
  return ((await answer.json()) as { data: Data[] }).data;
}

describe('people', () => {
  test('are invited, join by the link once, set up a second factor, and are what the role says', {
    timeout: 300_000,
  }, async () => {
    const words = korean.words(peopleTexts);
    const names = korean.words(roleNames);
    const page = await korean.open('/people');
    let link = '';
    await korean.carryOut(page, {
      open: page.getByRole('button', { name: words.invite, exact: true }),
      title: words.inviteTitle,
      async fill(dialog) {
        await dialog.getByRole('button', { name: words.invite, exact: true }).click();
        await dialog.getByText(words.inviteProblem).waitFor();
        await dialog.getByLabel(words.email).fill('guest@example.com');
        await choose(dialog, words.role, names.operator);
        await dialog.getByText(words.operatorMeans).waitFor();
      },
      verb: words.invite,
    });
    const told = page.getByRole('dialog', { name: words.linkTitle });
    link =
      (await told
        .getByText(/invitation#token=/)
        .first()
        .textContent()) ?? '';
    await korean.inspect(page, '[role=dialog]');
    await told.getByRole('button', { name: '닫기', exact: true }).last().click();
    await page.getByRole('link', { name: words.invitations }).click();
    await rowOf(page, 'guest@example.com').getByText(words.waiting).waitFor();

    const guest = await newBrowser(stage.shown, LOOKS[1]);
    const door = await guest.newPage();
    await door.goto(link);
    await door.getByLabel('Name').fill('Guest');
    await door.getByLabel('Password').fill('a password of a guest');
    await english.inspect(door);
    await door.getByRole('button', { name: 'Accept the invitation' }).click();
    await door.getByRole('button', { name: 'Go to sign in' }).click();
    await enterPassword(door, 'en', { email: 'guest@example.com', password: 'a password of a guest' });
    await door.getByRole('heading', { name: 'Turn on a second factor' }).waitFor();
    await door.getByRole('button', { name: 'Connect an authenticator app' }).click();
    await door.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
    await english.inspect(door);
    const secret = ((await door.locator('main').textContent()) ?? '').match(/[A-Z2-7]{52}/)?.[0] ?? '';
    await door.getByRole('button', { name: 'I have kept them. Enter a code' }).click();
    await enterCode(door, 'en', await unusedTotp(secret));
    await door.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    // What the role may not do is not offered, and refused.
    expect(await door.locator('nav a[href="/people"]').count()).toBe(0);
    const refused = await door.request.post(`${stage.shown.url}/api/v1/people/invitations`, {
      headers: { origin: stage.shown.url, 'idempotency-key': 'guest-invites' },
      data: { email: 'other@example.com', role: 'admin' },
    });
    expect(refused.status()).toBe(403);

    // The link was for one.
    const second = await newBrowser(stage.shown, LOOKS[0]);
    const late = await second.newPage();
    await late.goto(link);
    await late.getByLabel('이름').fill('늦은 사람');
    await late.getByLabel('비밀번호').fill('a password of another');
    await late.getByRole('button', { name: '초대 수락하기' }).click();
    await late.getByRole('alert').getByText(/초대/).first().waitFor();
    await second.close();

    const members = await read<PersonBody>('/v1/people');
    expect(members.find(({ email }) => email === 'guest@example.com')).toMatchObject({
      role: 'operator',
      secondFactor: { totp: true },
    });
    await guest.close();
    await page.close();
  });

  test('are given another role, and removed, and it holds at their next step; nobody does it to themselves', {
    timeout: 300_000,
  }, async () => {
    const words = english.words(peopleTexts);
    const names = english.words(roleNames);
    const approver = await signIn(stage.shown, LOOKS[0], 'approver');
    const { email } = stage.shown.people.approver;
    const page = await english.open('/people');
    await rowOf(page, email).getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: 'The approver' }).waitFor();
    await english.inspect(page);
    await english.carryOut(page, {
      open: page.getByRole('button', { name: words.changeRole, exact: true }),
      title: words.changeRoleTitle('The approver'),
      async fill(dialog) {
        // The same role is no change.
        await dialog.getByRole('button', { name: words.changeRole, exact: true }).click();
        await dialog.getByRole('alert').getByText(words.sameRole).waitFor();
        await choose(dialog, words.newRole, names.viewer);
      },
      verb: words.changeRole,
    });
    await page.getByText(words.roleChanged).waitFor();
    await page.getByRole('main').getByText(names.viewer).first().waitFor();
    expect((await read<PersonBody>('/v1/people')).find((one) => one.email === email)?.role).toBe('viewer');
    await approver.page.reload();
    await approver.page.getByText('열람자').first().waitFor();

    await english.carryOut(page, {
      open: page.getByRole('button', { name: words.remove, exact: true }),
      title: words.removeTitle('The approver'),
      verb: words.remove,
    });
    // Whoever has left is not in the list that the page goes back to.
    await page.waitForURL(`${stage.shown.url}/people`);
    await rowOf(page, email).waitFor({ state: 'detached' });
    await approver.page.reload();
    await approver.page.waitForURL(/sign-in/);
    await enterPassword(approver.page, 'ko', stage.shown.people.approver);
    await approver.page.getByRole('alert').getByText('이메일이나 비밀번호가 맞지 않아요').waitFor();
    await approver.context.close();

    await rowOf(page, stage.shown.people.admin.email).getByRole('link').click();
    await page.getByText(words.ownMembership).waitFor();
    expect(await page.getByRole('button', { name: words.remove, exact: true }).isDisabled()).toBe(true);
    await page.close();
  });

  test('who were invited by mistake are not let in, and the matrix says what each role may', {
    timeout: 300_000,
  }, async () => {
    const words = english.words(peopleTexts);
    const page = await english.open('/people/invitations');
    await english.carryOut(page, {
      open: page.getByRole('button', { name: words.invite, exact: true }),
      title: words.inviteTitle,
      fill: (dialog) => dialog.getByLabel(words.email).fill('mistake@example.com'),
      verb: words.invite,
    });
    const told = page.getByRole('dialog', { name: words.linkTitle });
    const link =
      (await told
        .getByText(/invitation#token=/)
        .first()
        .textContent()) ?? '';
    await told.getByRole('button', { name: 'Close', exact: true }).last().click();
    await english.carryOut(page, {
      open: rowOf(page, 'mistake@example.com').getByRole('button', { name: words.revoke, exact: true }),
      title: words.revokeTitle('mistake@example.com'),
      verb: words.revoke,
    });
    await rowOf(page, 'mistake@example.com').getByText(words.revoked).waitFor();
    const invitations = await read<InvitationBody>('/v1/people/invitations');
    expect(invitations.find((one) => one.email === 'mistake@example.com')?.state).toBe('revoked');
    const guest = await newBrowser(stage.shown, LOOKS[1]);
    const door = await guest.newPage();
    await door.goto(link);
    await door.getByLabel('Name').fill('Nobody');
    await door.getByLabel('Password').fill('a password of nobody');
    await door.getByRole('button', { name: 'Accept the invitation' }).click();
    await door.getByRole('alert').first().waitFor();
    await guest.close();

    await page.getByRole('link', { name: words.roles }).click();
    for (const role of roles)
      await page.getByRole('columnheader', { name: english.words(roleNames)[role] }).waitFor();
    const votes = page.getByRole('row').filter({ hasText: 'approvals:write' });
    expect(await votes.getByText(words.yes, { exact: true }).count()).toBe(1);
    await english.inspect(page);
    await page.close();
  });
});

describe('an API key', () => {
  test.each([0, 1])(
    'is made with its secret shown once, and revoked (look %i)',
    {
      timeout: 300_000,
    },
    async (index) => {
      const desk = index === 0 ? korean : english;
      const words = desk.words(apiKeyTexts);
      const name = `payroll-${index}`;
      const page = await desk.open('/api-keys');
      await desk.carryOut(page, {
        open: page.getByRole('button', { name: words.create, exact: true }),
        title: words.createTitle,
        async fill(dialog) {
          await dialog.getByRole('button', { name: words.create, exact: true }).click();
          await dialog.getByRole('alert').getByText(words.nameProblem).waitFor();
          await dialog.getByLabel(words.name).fill(name);
          await dialog.getByText(words.scopesProblem).first().waitFor();
          await dialog
            .getByRole('checkbox', { name: index === 0 ? '출금 보기' : 'See withdrawals' })
            .check({ force: true });
          // No address at all is refused by the API, and mended in place.
          await dialog.getByLabel(words.ipAllowList).fill('10.0.0.0/99');
          await dialog.getByRole('button', { name: words.create, exact: true }).click();
          await dialog.getByRole('alert').first().waitFor();
          await dialog.getByLabel(words.ipAllowList).fill('127.0.0.1, 10.0.0.0/16');
        },
        verb: words.create,
      });
      const told = page.getByRole('dialog', { name: words.tokenTitle });
      const token = (await told.getByText(/^nk_/).first().textContent()) ?? '';
      await desk.inspect(page, '[role=dialog]');
      await told
        .getByRole('button', { name: index === 0 ? '닫기' : 'Close', exact: true })
        .last()
        .click();
      const program = createNaru({ baseUrl: stage.shown.api.url, apiKey: token });
      expect(await program.me()).toMatchObject({ kind: 'apiKey', scopes: ['withdrawals:read'] });
      expect(await page.getByText(token).count()).toBe(0);

      await desk.carryOut(page, {
        open: rowOf(page, name).getByRole('button', { name: words.revoke, exact: true }),
        title: words.revokeTitle(name),
        verb: words.revoke,
      });
      await rowOf(page, name).getByText(words.revoked).first().waitFor();
      await eventually('the key opens nothing', async () =>
        program.me().then(
          () => null,
          () => true,
        ),
      );
      await page.close();
    },
  );

  test('whose answer was lost is made once, and its page says that it cannot be shown', {
    timeout: 300_000,
  }, async () => {
    const words = korean.words(apiKeyTexts);
    const page = await korean.open('/api-keys');
    await page.route('**/api/v1/api-keys', async (route) => {
      if (route.request().method() !== 'POST') return await route.continue();
      await route.fetch();
      await route.abort();
      await page.unroute('**/api/v1/api-keys');
    });
    await korean.carryOut(page, {
      open: page.getByRole('button', { name: words.create, exact: true }),
      title: words.createTitle,
      async fill(dialog) {
        await dialog.getByLabel(words.name).fill('lost');
        await dialog.getByRole('checkbox', { name: '출금 보기' }).check({ force: true });
      },
      verb: words.create,
    });
    await page.getByRole('dialog', { name: words.tokenTitle }).getByText(words.tokenLost).waitFor();
    const keys = (await read<ApiKeyBody>('/v1/api-keys')).filter(({ name }) => name === 'lost');
    expect(keys).toHaveLength(1);
    await page.close();
  });
});
test('nothing went wrong in any page of it', () => {
  expect(stage.wrong()).toEqual([]);
});
