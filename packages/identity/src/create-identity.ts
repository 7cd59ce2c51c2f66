import { passkey } from '@better-auth/passkey';
import {
  FAILED_SIGN_INS_MAX,
  LOCK_MS,
  PASSWORD_LENGTH_MAX,
  PASSWORD_LENGTH_MIN,
  SESSION_SECONDS_MAX,
} from '@naru/core/person/person.limits.ts';
import type { Database } from '@naru/db/database.ts';
import { errorText } from '@naru/kit/errors.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { betterAuth } from 'better-auth';
import { APIError } from 'better-auth/api';
import { twoFactor } from 'better-auth/plugins/two-factor';
import {
  RATE_CALLS_MAX,
  RATE_PROOFS_MAX,
  RATE_WINDOW_SECONDS,
  RECOVERY_CODE_LENGTH,
  RECOVERY_CODES,
  SECOND_FACTOR_SECONDS_MAX,
} from './identity.limits.ts';
import { createHooks, IP_HEADER } from './identity-hooks.ts';
import { passkeySchema, tables, twoFactorSchema } from './identity-options.ts';
import type { IdentitySettings } from './identity-settings.ts';
import { COOKIE_PREFIX, readSessionToken } from './read-session-token.ts';

export const AUTH_PATH = '/auth';

/** What is served of better-auth, and nothing else: nobody signs up, and no e-mail changes. */
const SERVED: Readonly<Record<string, 'GET' | 'POST'>> = {
  '/sign-in/email': 'POST',
  '/sign-out': 'POST',
  '/get-session': 'GET',
  '/list-sessions': 'GET',
  '/revoke-session': 'POST',
  '/revoke-other-sessions': 'POST',
  '/revoke-sessions': 'POST',
  '/change-password': 'POST',
  '/two-factor/enable': 'POST',
  '/two-factor/disable': 'POST',
  '/two-factor/verify-totp': 'POST',
  '/two-factor/verify-backup-code': 'POST',
  '/two-factor/generate-backup-codes': 'POST',
  '/passkey/generate-register-options': 'GET',
  '/passkey/verify-registration': 'POST',
  '/passkey/generate-authenticate-options': 'GET',
  '/passkey/verify-authentication': 'POST',
  '/passkey/list-user-passkeys': 'GET',
  '/passkey/delete-passkey': 'POST',
  '/passkey/update-passkey': 'POST',
};

export type Identity = {
  /** Whether this is a call of ours, and with which method. */
  methodOf(path: string): 'GET' | 'POST' | null;
  /** `Request` in, `Response` out, as the Fetch standard has them. */
  handle(request: Request): Promise<Response>;
  /** The token of the session in a `Cookie` header; null when there is none that we have signed. */
  sessionTokenOf(cookieHeader: string | undefined): string | null;
  isTrustedOrigin(origin: string): boolean;
};

/** Signing in, by better-auth over our own tables. It calls nobody: no telemetry, no mail, no other provider. */
export function createIdentity(
  deps: { db: Database; onError: (message: string) => void },
  settings: IdentitySettings,
): Identity {
  const [consoleUrl] = settings.origins;
  const isSecure = consoleUrl.startsWith('https://');
  const proofs = { window: RATE_WINDOW_SECONDS, max: RATE_PROOFS_MAX };
  const auth = betterAuth({
    appName: 'Naru',
    baseURL: consoleUrl,
    basePath: AUTH_PATH,
    secret: settings.secret.reveal(),
    trustedOrigins: [...settings.origins],
    database: { db: deps.db, type: 'postgres' },
    telemetry: { enabled: false },
    logger: {
      level: 'error',
      log: (_level, message) => deps.onError(message),
    },
    // Refusals are answers; what is none is told like every other bug.
    onAPIError: {
      onError: (error) => {
        if (!(error instanceof APIError)) deps.onError(errorText(error));
      },
    },
    user: tables.user,
    session: {
      ...tables.session,
      expiresIn: SESSION_SECONDS_MAX,
      disableSessionRefresh: true,
      // What is fresh is our own question: when a second factor was proven.
      freshAge: 0,
      cookieCache: { enabled: false },
    },
    account: { ...tables.account, accountLinking: { enabled: false } },
    verification: tables.verification,
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LENGTH_MIN,
      maxPasswordLength: PASSWORD_LENGTH_MAX,
    },
    rateLimit: {
      ...tables.rateLimit,
      enabled: true,
      storage: 'database',
      window: RATE_WINDOW_SECONDS,
      max: RATE_CALLS_MAX,
      customRules: {
        '/sign-in/*': proofs,
        '/two-factor/*': proofs,
        '/passkey/*': proofs,
        '/change-password': proofs,
      },
    },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: isSecure,
      defaultCookieAttributes: { sameSite: 'strict', httpOnly: true },
      ipAddress: { ipAddressHeaders: [IP_HEADER] },
      database: { generateId: () => newUuid() },
    },
    ...createHooks(deps),
    plugins: [
      twoFactor({
        issuer: 'Naru',
        schema: twoFactorSchema,
        twoFactorCookieMaxAge: SECOND_FACTOR_SECONDS_MAX,
        backupCodeOptions: { amount: RECOVERY_CODES, length: RECOVERY_CODE_LENGTH },
        accountLockout: {
          enabled: true,
          maxFailedAttempts: FAILED_SIGN_INS_MAX,
          durationSeconds: LOCK_MS / 1_000,
        },
      }),
      passkey({
        rpID: new URL(consoleUrl).hostname,
        rpName: 'Naru',
        origin: [...settings.origins],
        schema: passkeySchema,
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
        registration: {
          afterVerification: async ({ verification }) => requireUser(verification.registrationInfo),
        },
        authentication: {
          afterVerification: async ({ verification }) => requireUser(verification.authenticationInfo),
        },
      }),
    ],
  });
  return {
    methodOf: (path) => SERVED[path.slice(AUTH_PATH.length)] ?? null,
    handle: (request) => auth.handler(request),
    sessionTokenOf: (header) => readSessionToken(header, { secret: settings.secret, isSecure }),
    isTrustedOrigin: (origin) => settings.origins.includes(origin),
  };
}

/** A passkey that did not ask for a finger, a face or a PIN is one factor, not two. */
function requireUser(info: { userVerified: boolean } | undefined): void {
  if (info?.userVerified !== true)
    throw new APIError('UNAUTHORIZED', {
      code: 'AUTHENTICATION_FAILED',
      message: 'the passkey has not verified its user',
    });
}
