import type { ProblemCode } from '@naru/wire/problem-catalogue.ts';

/** What better-auth refuses (its codes, 1.7) and our hooks do, as problems that a person can read. */
const BY_CODE: Readonly<Record<string, ProblemCode>> = {
  INVALID_EMAIL_OR_PASSWORD: 'sign_in_failed',
  INVALID_EMAIL: 'sign_in_failed',
  INVALID_CODE: 'second_factor_wrong',
  INVALID_BACKUP_CODE: 'second_factor_wrong',
  CODE_USED: 'second_factor_used',
  INVALID_TWO_FACTOR_COOKIE: 'sign_in_expired',
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: 'sign_in_expired',
  ACCOUNT_TEMPORARILY_LOCKED: 'account_locked',
  ACCOUNT_LOCKED: 'account_locked',
  INVALID_PASSWORD: 'password_wrong',
  PASSWORD_TOO_SHORT: 'password_refused',
  PASSWORD_TOO_LONG: 'password_refused',
  STEP_UP_REQUIRED: 'step_up_required',
  TOTP_NOT_ENABLED: 'second_factor_missing',
  BACKUP_CODES_NOT_ENABLED: 'second_factor_missing',
  TWO_FACTOR_NOT_ENABLED: 'second_factor_missing',
  TOTP_ALREADY_ENABLED: 'second_factor_exists',
  PASSKEY_NOT_FOUND: 'passkey_refused',
  AUTHENTICATION_FAILED: 'passkey_refused',
  CHALLENGE_NOT_FOUND: 'passkey_refused',
  FAILED_TO_VERIFY_REGISTRATION: 'passkey_refused',
  PREVIOUSLY_REGISTERED: 'passkey_refused',
  YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY: 'passkey_refused',
};

/** The problem that tells an answer of better-auth which is no success. */
export function authProblemOf(status: number, code: string | null): ProblemCode {
  const known = code === null ? undefined : BY_CODE[code];
  if (known !== undefined) return known;
  if (status === 429) return 'rate_limited';
  if (status === 401) return 'unauthenticated';
  if (status === 404) return 'not_found';
  return status >= 500 ? 'internal' : 'bad_request';
}
