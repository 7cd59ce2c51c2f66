import { common } from '@naru/console/i18n/common.ts';
import { addressBookTexts } from '@naru/console/views/address-book/address-book.texts.ts';
import { apiKeyTexts } from '@naru/console/views/api-keys/api-key.texts.ts';
import { meTexts } from '@naru/console/views/me/me.texts.ts';
import { peopleTexts } from '@naru/console/views/people/people.texts.ts';
import { roleNames } from '@naru/console/views/people/role-names.ts';
import { createNaru } from '@naru/sdk/create-naru.ts';
import { totpOf, unusedTotp } from '@naru/testkit/authenticator.ts';
import type { ApiKeyBody, InvitationBody, PersonBody } from '@naru/wire/person.ts';
import { type Role, roles } from '@naru/wire/role.ts';
import { sql } from 'kysely';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Console, type Look, SIZES, setPreferences, startConsole } from '../support/console.ts';
import { type Desk, LOOKS, rowOf, sitDown } from '../support/desk.ts';
import { randomAddress } from '../support/payouts.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';

/** Who works here, with which keys, and how each of them signs in and looks after their account. */
let stack: Stack;
let shown: Console;
/** An administrator, in Korean at a desk and in English on a phone. */
let korean: Desk;
let english: Desk;
beforeAll(async () => {
  stack = await startStack({ accounts: 1 });
  shown = await startConsole(stack);
  korean = await sitDown(shown, 'admin', LOOKS[0]);
  english = await sitDown(shown, 'admin', LOOKS[1]);
});
afterAll(async () => {
  await shown?.stop();
  await stack?.stop();
});

const WORDS = {
  ko: {
    email: '이메일',
    password: '비밀번호',
    signIn: '로그인하기',
    code: '인증번호 6자리',
    verify: '인증하기',
    noApp: '인증 앱을 쓸 수 없어요',
    recovery: '복구 코드',
    account: /^내 계정/,
    signOut: '로그아웃',
  },
  en: {
    email: 'E-mail address',
    password: 'Password',
    signIn: 'Sign in',
    code: 'Six-digit code',
    verify: 'Verify',
    noApp: 'I cannot use the app',
    recovery: 'Recovery code',
    account: /^My account/,
    signOut: 'Sign out',
  },
} as const;

/** A browser that nobody has used. */
async function newBrowser({ locale, theme, size }: Look): Promise<BrowserContext> {
  const context = await shown.browser.newContext({
    viewport: SIZES[size],
    locale: locale === 'ko' ? 'ko-KR' : 'en-US',
  });
  const wanted = JSON.stringify({ locale, theme, density: 'roomy' });
  await context.addInitScript(setPreferences, wanted);
  return context;
}

async function enterPassword(page: Page, locale: 'ko' | 'en', person: { email: string; password: string }) {
  const words = WORDS[locale];
  await page.getByLabel(words.email).fill(person.email);
  await page.getByLabel(words.password).fill(person.password);
  await page.getByRole('button', { name: words.signIn, exact: true }).click();
}

async function enterCode(page: Page, locale: 'ko' | 'en', code: string) {
  const words = WORDS[locale];
  await page.getByLabel(words.code).fill(code);
  await page.getByRole('button', { name: words.verify, exact: true }).click();
}

async function signIn(look: Look, role: Role, password = shown.people[role].password) {
  const context = await newBrowser(look);
  const page = await context.newPage();
  await page.goto(`${shown.url}/me`);
  await enterPassword(page, look.locale, { ...shown.people[role], password });
  await enterCode(page, look.locale, await unusedTotp(shown.people[role].totpSecret));
  await page.waitForURL(`${shown.url}/me`);
  return { context, page };
}

/** What the machine says, to the administrator. */
async function read<Data>(path: string): Promise<Data[]> {
  const answer = await korean.context.request.get(`${shown.url}/api${path}`);
  return ((await answer.json()) as { data: Data[] }).data;
}

async function actsOf(role: Role): Promise<string[]> {
  const { rows } = await sql<{ action: string }>`
    SELECT a.action FROM audit_event a JOIN person p ON a.subject = 'person ' || p.id
     WHERE p.email = ${shown.people[role].email} ORDER BY a.position`.execute(stack.database.db);
  return rows.map(({ action }) => action);
}

/** As if everybody had proven their second factor six minutes ago, at every process. */
async function letProofsAge(): Promise<void> {
  await sql`UPDATE person_session SET proven_at = now() - interval '6 minutes'`.execute(stack.database.db);
  await fetch(`${shown.api.url}/auth/sign-out`, { method: 'POST', headers: { origin: shown.url } });
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
        await korean.choose(dialog, words.role, names.operator);
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

    const guest = await newBrowser(LOOKS[1]);
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
    const refused = await door.request.post(`${shown.url}/api/v1/people/invitations`, {
      headers: { origin: shown.url, 'idempotency-key': 'guest-invites' },
      data: { email: 'other@example.com', role: 'admin' },
    });
    expect(refused.status()).toBe(403);

    // The link was for one.
    const second = await newBrowser(LOOKS[0]);
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
    const approver = await signIn(LOOKS[0], 'approver');
    const { email } = shown.people.approver;
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
        await english.choose(dialog, words.newRole, names.viewer);
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
    await page.waitForURL(`${shown.url}/people`);
    await rowOf(page, email).waitFor({ state: 'detached' });
    await approver.page.reload();
    await approver.page.waitForURL(/sign-in/);
    await enterPassword(approver.page, 'ko', shown.people.approver);
    await approver.page.getByRole('alert').getByText('이메일이나 비밀번호가 맞지 않아요').waitFor();
    await approver.context.close();

    await rowOf(page, shown.people.admin.email).getByRole('link').click();
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
    const guest = await newBrowser(LOOKS[1]);
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
      const program = createNaru({ baseUrl: shown.api.url, apiKey: token });
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

describe('signing in', () => {
  test('tells a wrong password and a wrong code, takes each code once, and signing out is the end of it', {
    timeout: 300_000,
  }, async () => {
    const { operator } = shown.people;
    const context = await newBrowser(LOOKS[1]);
    const page = await context.newPage();
    await page.goto(`${shown.url}/me`);
    await english.inspect(page);
    await enterPassword(page, 'en', { ...operator, password: 'not the password' });
    await page.getByRole('alert').getByText('The e-mail address or the password is not right').waitFor();
    await enterPassword(page, 'en', operator);
    await enterCode(page, 'en', '000000');
    await page.getByRole('alert').getByText('That code is not right').waitFor();
    await english.inspect(page);
    const code = await unusedTotp(operator.totpSecret);
    await enterCode(page, 'en', code);
    await page.waitForURL(`${shown.url}/me`);

    // Whoever looked over the shoulder comes too late.
    const other = await newBrowser(LOOKS[0]);
    const thief = await other.newPage();
    await thief.goto(`${shown.url}/me`);
    await enterPassword(thief, 'ko', operator);
    await enterCode(thief, 'ko', code);
    await thief.getByRole('alert').getByText('이미 쓴 인증번호예요').waitFor();
    await other.close();

    await page.getByRole('button', { name: WORDS.en.account }).click();
    await page.getByRole('menuitem', { name: WORDS.en.signOut, exact: true }).click();
    await page.waitForURL(/sign-in/);
    await page.goto(`${shown.url}/withdrawals`);
    await page.waitForURL(/sign-in\?back=%2Fwithdrawals/);
    expect((await actsOf('operator')).slice(-2)).toEqual(['person.sign_in', 'person.sign_out']);
    await context.close();
  });

  test('with a recovery code works once, and new codes make the old ones worthless', {
    timeout: 300_000,
  }, async () => {
    const words = korean.words(meTexts);
    const { operator } = shown.people;
    const { context, page } = await signIn(LOOKS[0], 'operator');
    await page.getByRole('button', { name: words.newCodes }).click();
    const dialog = page.getByRole('dialog', { name: words.newCodes });
    await dialog.getByLabel(words.password).fill('not the password');
    await dialog.getByRole('button', { name: words.newCodesMake }).click();
    await dialog.getByText('지금 비밀번호가 맞지 않아요').waitFor();
    await dialog.getByLabel(words.password).fill(operator.password);
    await dialog.getByRole('button', { name: words.newCodesMake }).click();
    await dialog.getByRole('listitem').first().waitFor();
    await korean.inspect(page, '[role=dialog]');
    const codes = await dialog.getByRole('listitem').allTextContents();
    expect(codes).toHaveLength(10);
    await context.close();
    for (const isFirst of [true, false]) {
      const browser = await newBrowser(LOOKS[0]);
      const door = await browser.newPage();
      await door.goto(`${shown.url}/me`);
      await enterPassword(door, 'ko', operator);
      await door.getByRole('button', { name: WORDS.ko.noApp }).click();
      await door.getByLabel(WORDS.ko.recovery).fill(codes[0] ?? '');
      await door.getByRole('button', { name: WORDS.ko.verify, exact: true }).click();
      if (isFirst) await door.waitForURL(`${shown.url}/me`);
      else await door.getByRole('alert').getByText('복구 코드는 한 번만').waitFor();
      await browser.close();
    }
    expect(await actsOf('operator')).toContain('person.recovery_codes_renewed');
  });

  test('is locked after five wrong passwords, and says for how long, to whoever knows the right one too', {
    timeout: 300_000,
  }, async () => {
    const { auditor } = shown.people;
    const context = await newBrowser(LOOKS[0]);
    const page = await context.newPage();
    await page.goto(`${shown.url}/me`);
    for (let times = 0; times < 5; times++) {
      await enterPassword(page, 'ko', { ...auditor, password: `wrong number ${times}` });
      await page.getByRole('alert').getByText('이메일이나 비밀번호가 맞지 않아요').waitFor();
    }
    await enterPassword(page, 'ko', auditor);
    await page.getByRole('alert').getByText('15분 뒤에 다시 시도해 주세요').waitFor();
    await korean.inspect(page);
    await context.close();
    const other = await newBrowser(LOOKS[1]);
    const door = await other.newPage();
    await door.goto(`${shown.url}/me`);
    await enterPassword(door, 'en', auditor);
    await door.getByRole('alert').getByText('Try again in 15 minutes').waitFor();
    await other.close();
    expect(await actsOf('auditor')).toContain('person.locked');
  });
});

describe('an account', () => {
  test('gets another password and goes on, while its other devices are signed out', {
    timeout: 300_000,
  }, async () => {
    const words = english.words(meTexts);
    const { viewer } = shown.people;
    const laptop = await signIn(LOOKS[1], 'viewer');
    const phone = await signIn(LOOKS[0], 'viewer');
    const { page } = laptop;
    await page.reload();
    // One device is signed out from here, then all that there are besides.
    await page.getByRole('button', { name: words.end, exact: true }).click();
    await page.getByText(words.ended).waitFor();
    await phone.page.reload();
    await phone.page.waitForURL(/sign-in/);
    await phone.context.close();
    await sql`
      INSERT INTO person_session (id, person_id, token, expires_at, user_agent)
      SELECT gen_random_uuid(), id, 'left-behind', now() + interval '1 hour', 'Firefox on Windows'
        FROM person WHERE email = ${viewer.email}`.execute(stack.database.db);
    await page.reload();
    await page.getByText('Firefox · Windows').waitFor();
    await page.getByRole('button', { name: words.endOthers }).click();
    await page.getByText(words.othersEnded).waitFor();
    await page.getByText('Firefox · Windows').waitFor({ state: 'detached' });

    const other = await signIn(LOOKS[0], 'viewer');
    const change = async (current: string) => {
      await page.getByLabel(words.password, { exact: true }).fill(current);
      await page.getByLabel(words.passwordNew).fill('another one, long enough');
      await page.getByRole('button', { name: words.passwordChange }).click();
    };
    await change('not the password');
    await page.getByRole('alert').getByText('That is not your present password').waitFor();
    await change(viewer.password);
    await page.getByText(words.passwordDone).waitFor();
    // This device is still in, with its second factor, and knows itself in the list.
    await page.getByText(words.thisSession).waitFor();
    await page.goto(`${shown.url}/withdrawals`);
    await page.getByRole('heading', { level: 1, name: 'Withdrawals' }).waitFor();
    await other.page.reload();
    await other.page.waitForURL(/sign-in/);
    await enterPassword(other.page, 'ko', { ...viewer, password: 'another one, long enough' });
    await other.page.getByLabel(WORDS.ko.code).waitFor();
    await other.context.close();
    expect(await actsOf('viewer')).toEqual(
      expect.arrayContaining(['person.password_changed', 'person.sessions_ended']),
    );
    await laptop.context.close();
  });

  test('moves its authenticator to another device, which then is the one that counts', {
    timeout: 300_000,
  }, async () => {
    const words = english.words(meTexts);
    const { operator } = shown.people;
    const { context, page } = await signIn(LOOKS[1], 'operator');
    await page.getByRole('button', { name: words.totpAgain }).click();
    const dialog = page.getByRole('dialog', { name: words.totp });
    await dialog.getByText('stop working at once').waitFor();
    await dialog.getByLabel('Your password').fill(operator.password);
    await dialog.getByRole('button', { name: 'Connect an authenticator app' }).click();
    await dialog.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
    await english.inspect(page, '[role=dialog]');
    const secret = ((await dialog.textContent()) ?? '').match(/[A-Z2-7]{52}/)?.[0] ?? '';
    await dialog.getByRole('button', { name: 'I have kept them. Enter a code' }).click();
    await enterCode(page, 'en', await unusedTotp(secret));
    await page.getByText(words.totpDone).waitFor();
    await context.close();
    const before = operator.totpSecret;
    Object.assign(operator, { totpSecret: secret });
    const browser = await newBrowser(LOOKS[1]);
    const door = await browser.newPage();
    await door.goto(`${shown.url}/me`);
    await enterPassword(door, 'en', operator);
    await enterCode(door, 'en', totpOf(before));
    await door.getByRole('alert').getByText('That code is not right').waitFor();
    await enterCode(door, 'en', await unusedTotp(secret));
    await door.waitForURL(`${shown.url}/me`);
    await browser.close();
  });

  test('has a passkey that signs in, proves a command, and is removed', { timeout: 300_000 }, async () => {
    const words = korean.words(meTexts);
    const { context, page } = await signIn(LOOKS[0], 'operator');
    const browser = await context.newCDPSession(page);
    await browser.send('WebAuthn.enable');
    const { authenticatorId } = await browser.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: false,
        automaticPresenceSimulation: true,
      },
    });
    // Without a finger, a face or a PIN it is one factor, and none for us.
    await page.getByRole('button', { name: words.passkeyAdd }).click();
    await page.getByRole('alert').getByText('패스키를 확인하지 못했어요').waitFor();
    await browser.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
    await page.getByRole('button', { name: words.passkeyAdd }).click();
    await page.getByText(words.passkeyAdded).waitFor();
    await page.getByRole('button', { name: words.passkeyAdd }).click();
    await page.getByRole('alert').getByText('이미 등록되어 있어요').waitFor();
    await korean.inspect(page);

    await page.getByRole('button', { name: WORDS.ko.account }).click();
    await page.getByRole('menuitem', { name: WORDS.ko.signOut, exact: true }).click();
    await page.waitForURL(/sign-in/);
    await page.getByRole('button', { name: '패스키로 로그인하기' }).click();
    await page.getByRole('heading', { level: 1, name: '개요' }).waitFor();

    await letProofsAge();
    const book = korean.words(addressBookTexts);
    await page.goto(`${shown.url}/address-book`);
    await page.getByRole('button', { name: book.add, exact: true }).click();
    const dialog = page.getByRole('dialog', { name: book.add });
    await dialog.getByLabel(book.label).fill('by passkey');
    await dialog.getByLabel(book.address, { exact: true }).fill(randomAddress());
    await dialog.getByRole('button', { name: book.add, exact: true }).click();
    await dialog.getByText('본인인지 한 번 더 확인할게요').waitFor();
    await korean.inspect(page, '[role=dialog]');
    await dialog.getByRole('button', { name: '패스키로 확인하기' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await rowOf(page, 'by passkey').waitFor();

    await page.goto(`${shown.url}/me`);
    await page.getByRole('button', { name: words.remove, exact: true }).click();
    await page.getByText(words.passkeyRemoved).waitFor();
    await page.getByText(words.passkeysNone).waitFor();
    expect(await actsOf('operator')).toEqual(
      expect.arrayContaining(['person.second_factor_added', 'person.second_factor_removed']),
    );
    await context.close();
  });

  test('keeps its language, theme and density', { timeout: 300_000 }, async () => {
    const page = await korean.open('/api-keys');
    const kept = () => page.evaluate(() => localStorage.getItem('naru.preferences'));
    await page.getByRole('button', { name: korean.words(common).density }).click();
    await page.getByRole('button', { name: 'English로 보기' }).click();
    await page.getByRole('heading', { level: 1, name: apiKeyTexts.en.title }).waitFor();
    await page.getByRole('button', { name: 'Dark theme' }).click();
    await page.getByRole('button', { name: 'Light theme' }).waitFor();
    expect(JSON.parse((await kept()) ?? '{}')).toEqual({ locale: 'en', theme: 'dark', density: 'compact' });
    await page.close();
  });
});

test('nothing went wrong in any page of it', () => {
  expect([...korean.wrong, ...english.wrong]).toEqual([]);
});
