import { AuthError } from '../app/auth.ts';
import { defineTexts, type Locale } from './locale.ts';

const texts = defineTexts({
  ko: {
    credentials: '이메일이나 비밀번호가 맞지 않아요. 다시 확인해 주세요.',
    code: '인증번호가 달라요. 앱에 지금 보이는 숫자 6자리를 입력해 주세요.',
    recovery: '복구 코드가 맞지 않아요. 한 번 쓴 코드는 다시 쓸 수 없어요.',
    locked: '여러 번 틀려서 잠시 잠갔어요. 15분 뒤에 다시 시도하거나 관리자에게 초기화를 요청하세요.',
    limited: (seconds: string) => `너무 많이 시도했어요. ${seconds}초 뒤에 다시 시도해 주세요.`,
    expired: '시간이 지나 처음부터 다시 로그인해야 해요.',
    passkey: '패스키를 확인하지 못했어요. 이 기기에 등록한 패스키인지 확인해 주세요.',
    password: '비밀번호는 12자 이상이어야 해요.',
    unreachable: '서버에 연결하지 못했어요. 네트워크를 확인하고 다시 시도해 주세요.',
    other: '처리하지 못했어요. 다시 시도해 주세요.',
  },
  en: {
    credentials: 'The e-mail address or the password is not right. Check both.',
    code: 'That code is not right. Enter the six digits that your app shows now.',
    recovery: 'That recovery code is not right. Each works once.',
    locked:
      'Locked for a while after too many wrong tries. Try again in 15 minutes, or ask an administrator to reset it.',
    limited: (seconds) => `Too many tries. Try again in ${seconds} seconds.`,
    expired: 'Too much time has passed. Sign in from the beginning.',
    passkey: 'The passkey could not be verified. Check that it is one of this device.',
    password: 'A password has 12 characters or more.',
    unreachable: 'The server cannot be reached. Check the network and try again.',
    other: 'That did not work. Try again.',
  },
});

/** What to tell a person of a failed sign-in: never which of two was wrong, always what to do. */
export function authErrorText(error: unknown, locale: Locale): string {
  const words = texts[locale];
  if (!(error instanceof AuthError))
    return error instanceof Error && error.name === 'NotAllowedError' ? words.passkey : words.other;
  if (error.code === 'unreachable') return words.unreachable;
  if (error.code === 'rate_limited') return words.limited(String(error.retryAfterSeconds ?? 60));
  if (/LOCK|TOO_MANY/i.test(error.code)) return words.locked;
  if (/BACKUP_CODE/i.test(error.code)) return words.recovery;
  if (/INVALID_CODE|INVALID_TWO_FACTOR_CODE|OTP/i.test(error.code)) return words.code;
  if (/TWO_FACTOR_COOKIE|EXPIRED/i.test(error.code)) return words.expired;
  if (/INVALID_EMAIL_OR_PASSWORD|INVALID_PASSWORD|INVALID_EMAIL/i.test(error.code)) return words.credentials;
  if (/PASSWORD_TOO/i.test(error.code)) return words.password;
  if (/AUTHENTICATION_FAILED|PASSKEY|CHALLENGE/i.test(error.code)) return words.passkey;
  return error.message === '' ? words.other : error.message;
}
