import { unusedTotp } from '@naru/testkit/authenticator.ts';
import type { Role } from '@naru/wire/role.ts';
import type { Browser, BrowserContext, Page } from 'playwright-core';

export type Look = { locale: 'ko' | 'en'; theme: 'light' | 'dark'; size: 'desktop' | 'phone' };
export const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;

/** What a person reads who is not signed in yet, or signs out. */
export const doorWords = {
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

type Person = { email: string; password: string; totpSecret: string };
type Place = { browser: Browser; url: string; people: Readonly<Record<Role, Person>> };

/** A browser that nobody has used. */
export async function newBrowser(place: Pick<Place, 'browser'>, look: Look): Promise<BrowserContext> {
  const { locale, theme, size } = look;
  const context = await place.browser.newContext({
    viewport: SIZES[size],
    locale: locale === 'ko' ? 'ko-KR' : 'en-US',
    timezoneId: 'America/New_York', // times are Korea's wherever one sits
    reducedMotion: 'reduce', // a browser that draws every frame by itself needs a core for what glides and pulses
  });
  await context.addInitScript(setPreferences, JSON.stringify({ locale, theme, density: 'roomy' }));
  return context;
}

/** Runs in each page before its own scripts; the empty one that a tab begins with has nothing to keep anything in. */
function setPreferences(text: string): void {
  try {
    localStorage.setItem('naru.preferences', text);
  } catch {
    // The empty one.
  }
}

export async function enterPassword(
  page: Page,
  locale: Look['locale'],
  person: Pick<Person, 'email' | 'password'>,
): Promise<void> {
  const words = doorWords[locale];
  await page.getByLabel(words.email).fill(person.email);
  await page.getByLabel(words.password).fill(person.password);
  await page.getByRole('button', { name: words.signIn, exact: true }).click();
}

export async function enterCode(page: Page, locale: Look['locale'], code: string): Promise<void> {
  const words = doorWords[locale];
  await page.getByLabel(words.code).fill(code);
  await page.getByRole('button', { name: words.verify, exact: true }).click();
}

/** With password and code, in a browser of its own. */
export async function signIn(
  place: Place,
  look: Look,
  role: Role,
  password = place.people[role].password,
): Promise<{ context: BrowserContext; page: Page }> {
  const context = await newBrowser(place, look);
  const page = await context.newPage();
  await page.goto(`${place.url}/me`);
  await enterPassword(page, look.locale, { ...place.people[role], password });
  await enterCode(page, look.locale, await unusedTotp(place.people[role].totpSecret));
  await page.waitForURL(`${place.url}/me`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return { context, page };
}
