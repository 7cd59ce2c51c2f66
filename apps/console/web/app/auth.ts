import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import { preferences } from './preferences.ts';

/**
 * Signing in: the calls of `/auth` (docs/people.md), which set the session's cookie. Everything else goes through the
 * client of the API.
 */
export class AuthError extends Error {
  override readonly name = 'AuthError';
  /** Of the problem, as `sign_in_failed`; `unreachable` when there was no answer. */
  readonly code: string;
  /** What is the matter, in the language of the page; '' when there was no answer. */
  readonly title: string;
  /** Seconds until it is worth trying again; null: no need to wait. */
  readonly retryAfterSeconds: number | null;

  constructor(code: string, message: string, title = '', retryAfterSeconds: number | null = null) {
    super(message);
    this.code = code;
    this.title = title;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

async function call<Answer>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`/auth${path}`, {
    method,
    headers: {
      accept: 'application/json',
      'accept-language': preferences().locale,
      ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
    },
    ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
  }).catch((error: unknown) => {
    throw new AuthError('unreachable', error instanceof Error ? error.message : String(error));
  });
  const text = await response.text();
  const answer = text === '' ? null : parse(text);
  if (response.ok) return answer as Answer;
  const problem = (answer ?? {}) as { code?: string; title?: string; detail?: string };
  const wait = Number(response.headers.get('retry-after') ?? Number.NaN);
  throw new AuthError(
    problem.code ?? `http_${response.status}`,
    problem.detail ?? '',
    problem.title ?? '',
    Number.isFinite(wait) ? wait : null,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export async function signInWithPassword(email: string, password: string): Promise<'done' | 'second-factor'> {
  const answer = await call<{ twoFactorRedirect?: boolean }>('POST', '/sign-in/email', { email, password });
  return answer.twoFactorRedirect === true ? 'second-factor' : 'done';
}

/** The second step of signing in, and the proof that a command may ask for. */
export async function verifyTotp(code: string): Promise<void> {
  await call('POST', '/two-factor/verify-totp', { code });
}

export async function verifyRecoveryCode(code: string): Promise<void> {
  await call('POST', '/two-factor/verify-backup-code', { code });
}

/** A passkey is both factors. Also proves a session that is open already. */
export async function signInWithPasskey(): Promise<void> {
  const optionsJSON = await call<PublicKeyCredentialRequestOptionsJSON>(
    'GET',
    '/passkey/generate-authenticate-options',
  );
  const { startAuthentication } = await import('@simplewebauthn/browser');
  const response = await startAuthentication({ optionsJSON });
  await call('POST', '/passkey/verify-authentication', { response });
}

export async function addPasskey(name: string): Promise<void> {
  const optionsJSON = await call<PublicKeyCredentialCreationOptionsJSON>(
    'GET',
    `/passkey/generate-register-options?name=${encodeURIComponent(name)}`,
  );
  const { startRegistration } = await import('@simplewebauthn/browser');
  const response = await startRegistration({ optionsJSON });
  await call('POST', '/passkey/verify-registration', { response, name });
}

export type Passkey = { id: string; name: string | null; createdAt: string };
export async function listPasskeys(): Promise<Passkey[]> {
  return await call('GET', '/passkey/list-user-passkeys');
}

export async function deletePasskey(id: string): Promise<void> {
  await call('POST', '/passkey/delete-passkey', { id });
}

/** The secret for an authenticator app, and codes for the day it is lost. Counts once a code was verified. */
export async function beginTotp(password: string): Promise<{ totpURI: string; backupCodes: string[] }> {
  return await call('POST', '/two-factor/enable', { password });
}

/** The authenticator app counts no more; its recovery codes neither. */
export async function removeTotp(password: string): Promise<void> {
  await call('POST', '/two-factor/disable', { password });
}

export async function newRecoveryCodes(password: string): Promise<string[]> {
  return (await call<{ backupCodes: string[] }>('POST', '/two-factor/generate-backup-codes', { password }))
    .backupCodes;
}

export type Session = {
  id: string;
  token: string;
  createdAt: string;
  expiresAt: string;
  ipAddress: string | null;
  userAgent: string | null;
};
export async function listSessions(): Promise<Session[]> {
  return await call('GET', '/list-sessions');
}

export async function revokeSession(token: string): Promise<void> {
  await call('POST', '/revoke-session', { token });
}

export async function revokeOtherSessions(): Promise<void> {
  await call('POST', '/revoke-other-sessions');
}

export async function changePassword(currentPassword: string, newPassword: string): Promise<void> {
  await call('POST', '/change-password', { currentPassword, newPassword, revokeOtherSessions: true });
}

export async function signOut(): Promise<void> {
  await call('POST', '/sign-out');
}
