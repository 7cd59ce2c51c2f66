import { AuthError } from '../app/auth.ts';
import { defineTexts, type Locale } from './locale.ts';

const texts = defineTexts({
  ko: {
    locked: (minutes: string) =>
      `여러 번 틀려서 잠시 잠갔어요. ${minutes}분 뒤에 다시 시도해 주세요. 본인이 아니라면 관리자에게 알려 주세요.`,
    limited: (seconds: string) => `너무 많이 시도했어요. ${seconds}초 뒤에 다시 시도해 주세요.`,
    code: '인증번호가 달라요. 앱에 지금 보이는 숫자 6자리를 입력해 주세요. 복구 코드는 한 번만 쓸 수 있어요.',
    codeUsed: '이미 쓴 인증번호예요. 앱의 숫자가 바뀔 때까지(최대 30초) 기다렸다가 새 숫자를 입력해 주세요.',
    credentials: '이메일이나 비밀번호가 맞지 않아요. 두 가지를 확인하고 다시 입력해 주세요.',
    expired: '시간이 지났거나 여러 번 틀려서 처음부터 다시 로그인해야 해요.',
    passkey: '패스키를 확인하지 못했어요. 이 기기에 등록한 패스키인지 확인하고 다시 해 주세요.',
    passkeyKnown: '이 기기는 이미 등록되어 있어요.',
    password: '지금 비밀번호가 맞지 않아요. 바뀐 것은 없어요.',
    refused: '비밀번호는 12자에서 128자 사이여야 해요. 바뀐 것은 없어요.',
    proof: '2단계 인증으로 한 번 더 확인해야 해요. 바뀐 것은 없어요.',
    unreachable: '서버에 연결하지 못했어요. 네트워크를 확인하고 다시 시도해 주세요.',
    other: '처리하지 못했어요. 다시 시도해 주세요.',
  },
  en: {
    locked: (minutes) =>
      `Locked for a while after too many wrong tries. Try again in ${minutes} minutes. If it was not you, tell an administrator.`,
    limited: (seconds) => `Too many tries. Try again in ${seconds} seconds.`,
    code: 'That code is not right. Enter the six digits that your app shows now; a recovery code works once.',
    codeUsed: 'That code was used already. Wait until the app shows the next one, half a minute at most.',
    credentials: 'The e-mail address or the password is not right. Check both and enter them again.',
    expired: 'Too long ago, or too many wrong codes. Sign in from the beginning.',
    passkey: 'The passkey could not be verified. Check that it is one of this device, and do it again.',
    passkeyKnown: 'This device is a passkey already.',
    password: 'That is not your present password. Nothing was changed.',
    refused: 'A password has 12 to 128 characters. Nothing was changed.',
    proof: 'It needs a second factor once more. Nothing was changed.',
    unreachable: 'The server cannot be reached. Check the network and try again.',
    other: 'That did not work. Try again.',
  },
});

/** Problems of /auth that a person meets often, in fewer words than the API has for programs. */
const known = {
  sign_in_failed: 'credentials',
  sign_in_expired: 'expired',
  second_factor_wrong: 'code',
  second_factor_used: 'codeUsed',
  password_wrong: 'password',
  password_refused: 'refused',
  passkey_refused: 'passkey',
  step_up_required: 'proof',
  unreachable: 'unreachable',
} as const;

/** What to tell a person of a failed sign-in: never which of two was wrong, always what to do. */
export function authErrorText(error: unknown, locale: Locale): string {
  const words = texts[locale];
  if (!(error instanceof AuthError)) {
    // What the browser says of a passkey: it was not shown, or is there already.
    const name = error instanceof Error ? error.name : '';
    if (name === 'InvalidStateError') return words.passkeyKnown;
    return name === 'NotAllowedError' || name === 'AbortError' ? words.passkey : words.other;
  }
  const { code, retryAfterSeconds, title, message } = error;
  if (code === 'account_locked') return words.locked(String(Math.ceil((retryAfterSeconds ?? 900) / 60)));
  if (code === 'rate_limited') return words.limited(String(retryAfterSeconds ?? 60));
  if (code in known) return words[known[code as keyof typeof known]];
  return title === '' ? words.other : `${title}. ${message}`;
}
