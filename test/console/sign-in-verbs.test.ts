import { common } from '@naru/console/i18n/common.ts';
import { addressBookTexts } from '@naru/console/views/address-book/address-book.texts.ts';
import { apiKeyTexts } from '@naru/console/views/api-keys/api-key.texts.ts';
import { meTexts } from '@naru/console/views/me/me.texts.ts';
import { totpOf, unusedTotp } from '@naru/testkit/authenticator.ts';
import type { Role } from '@naru/wire/role.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Desk, LOOKS, rowOf } from '../support/desk.ts';
import { doorWords, enterCode, enterPassword, newBrowser, signIn } from '../support/front-door.ts';
import { randomAddress } from '../support/payouts.ts';
import { startStack } from '../support/stack.ts';
import { type Stage, setStage } from '../support/stage.ts';

/** How people sign in and look after their accounts. */
let stage: Stage;
/** An administrator, in Korean at a desk and in English on a phone. */
let korean: Desk;
let english: Desk;
beforeAll(async () => {
  stage = await setStage(await startStack({ accounts: 1 }));
  [korean, english] = await stage.sitAsAdmins();
});
afterAll(() => stage?.stop());

/** More than twenty proofs a minute come from this address; what happens then is shown by the tests of the API. */
beforeEach(async () => {
  await sql`DELETE FROM person_rate_limit`.execute(stage.stack.database.db);
});

async function actsOf(role: Role): Promise<string[]> {
  const { rows } = await sql<{ action: string }>`
    SELECT a.action FROM audit_event a JOIN person p ON a.subject = 'person ' || p.id
     WHERE p.email = ${stage.shown.people[role].email} ORDER BY a.position`.execute(stage.stack.database.db);
  return rows.map(({ action }) => action);
}

/** As if everybody had proven their second factor six minutes ago, at every process. */
async function letProofsAge(): Promise<void> {
  await sql`UPDATE person_session SET proven_at = now() - interval '6 minutes'`.execute(
    stage.stack.database.db,
  );
  await fetch(`${stage.shown.api.url}/auth/sign-out`, {
    method: 'POST',
    headers: { origin: stage.shown.url },
  });
}

describe('signing in', () => {
  test('tells a wrong password and a wrong code, takes each code once, and signing out is the end of it', {
    timeout: 300_000,
  }, async () => {
    const { operator } = stage.shown.people;
    const context = await newBrowser(stage.shown, LOOKS[1]);
    const page = await context.newPage();
    await page.goto(`${stage.shown.url}/me`);
    await english.inspect(page);
    await enterPassword(page, 'en', { ...operator, password: 'not the password' });
    await page.getByRole('alert').getByText('The e-mail address or the password is not right').waitFor();
    await enterPassword(page, 'en', operator);
    await enterCode(page, 'en', '000000');
    await page.getByRole('alert').getByText('That code is not right').waitFor();
    await english.inspect(page);
    const code = await unusedTotp(operator.totpSecret);
    await enterCode(page, 'en', code);
    await page.waitForURL(`${stage.shown.url}/me`);

    // Whoever looked over the shoulder comes too late.
    const other = await newBrowser(stage.shown, LOOKS[0]);
    const thief = await other.newPage();
    await thief.goto(`${stage.shown.url}/me`);
    await enterPassword(thief, 'ko', operator);
    await enterCode(thief, 'ko', code);
    await thief.getByRole('alert').getByText('이미 쓴 인증번호예요').waitFor();
    await other.close();

    await page.getByRole('button', { name: doorWords.en.account }).click();
    await page.getByRole('menuitem', { name: doorWords.en.signOut, exact: true }).click();
    await page.waitForURL(/sign-in/);
    await page.goto(`${stage.shown.url}/withdrawals`);
    await page.waitForURL(/sign-in\?back=%2Fwithdrawals/);
    expect((await actsOf('operator')).slice(-2)).toEqual(['person.sign_in', 'person.sign_out']);
    await context.close();
  });

  test('with a recovery code works once, and new codes make the old ones worthless', {
    timeout: 300_000,
  }, async () => {
    const words = korean.words(meTexts);
    const { operator } = stage.shown.people;
    const { context, page } = await signIn(stage.shown, LOOKS[0], 'operator');
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
      const browser = await newBrowser(stage.shown, LOOKS[0]);
      const door = await browser.newPage();
      await door.goto(`${stage.shown.url}/me`);
      await enterPassword(door, 'ko', operator);
      await door.getByRole('button', { name: doorWords.ko.noApp }).click();
      await door.getByLabel(doorWords.ko.recovery).fill(codes[0] ?? '');
      await door.getByRole('button', { name: doorWords.ko.verify, exact: true }).click();
      if (isFirst) await door.waitForURL(`${stage.shown.url}/me`);
      else await door.getByRole('alert').getByText('복구 코드는 한 번만').waitFor();
      await browser.close();
    }
    expect(await actsOf('operator')).toContain('person.recovery_codes_renewed');
  });

  test('is locked after five wrong passwords, and says for how long, to whoever knows the right one too', {
    timeout: 300_000,
  }, async () => {
    const { auditor } = stage.shown.people;
    const context = await newBrowser(stage.shown, LOOKS[0]);
    const page = await context.newPage();
    await page.goto(`${stage.shown.url}/me`);
    for (let times = 0; times < 5; times++) {
      await enterPassword(page, 'ko', { ...auditor, password: `wrong number ${times}` });
      await page.getByRole('alert').getByText('이메일이나 비밀번호가 맞지 않아요').waitFor();
    }
    await enterPassword(page, 'ko', auditor);
    await page.getByRole('alert').getByText('15분 뒤에 다시 시도해 주세요').waitFor();
    await korean.inspect(page);
    await context.close();
    const other = await newBrowser(stage.shown, LOOKS[1]);
    const door = await other.newPage();
    await door.goto(`${stage.shown.url}/me`);
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
    const { viewer } = stage.shown.people;
    const laptop = await signIn(stage.shown, LOOKS[1], 'viewer');
    const phone = await signIn(stage.shown, LOOKS[0], 'viewer');
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
        FROM person WHERE email = ${viewer.email}`.execute(stage.stack.database.db);
    await page.reload();
    await page.getByText('Firefox · Windows').waitFor();
    await page.getByRole('button', { name: words.endOthers }).click();
    await page.getByText(words.othersEnded).waitFor();
    await page.getByText('Firefox · Windows').waitFor({ state: 'detached' });

    const other = await signIn(stage.shown, LOOKS[0], 'viewer');
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
    await page.goto(`${stage.shown.url}/withdrawals`);
    await page.getByRole('heading', { level: 1, name: 'Withdrawals' }).waitFor();
    await other.page.reload();
    await other.page.waitForURL(/sign-in/);
    await enterPassword(other.page, 'ko', { ...viewer, password: 'another one, long enough' });
    await other.page.getByLabel(doorWords.ko.code).waitFor();
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
    const { operator } = stage.shown.people;
    const { context, page } = await signIn(stage.shown, LOOKS[1], 'operator');
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
    const browser = await newBrowser(stage.shown, LOOKS[1]);
    const door = await browser.newPage();
    await door.goto(`${stage.shown.url}/me`);
    await enterPassword(door, 'en', operator);
    await enterCode(door, 'en', totpOf(before));
    await door.getByRole('alert').getByText('That code is not right').waitFor();
    await enterCode(door, 'en', await unusedTotp(secret));
    await door.waitForURL(`${stage.shown.url}/me`);
    await browser.close();
  });

  test('has a passkey that signs in, proves a command, and is removed', { timeout: 300_000 }, async () => {
    const words = korean.words(meTexts);
    const { context, page } = await signIn(stage.shown, LOOKS[0], 'operator');
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

    await page.getByRole('button', { name: doorWords.ko.account }).click();
    await page.getByRole('menuitem', { name: doorWords.ko.signOut, exact: true }).click();
    await page.waitForURL(/sign-in/);
    await page.getByRole('button', { name: '패스키로 로그인하기' }).click();
    await page.getByRole('heading', { level: 1, name: '개요' }).waitFor();

    await letProofsAge();
    const book = korean.words(addressBookTexts);
    await page.goto(`${stage.shown.url}/address-book`);
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

    await page.goto(`${stage.shown.url}/me`);
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
  expect(stage.wrong()).toEqual([]);
});
