import type { BetterAuthOptions } from 'better-auth';

const at = { createdAt: 'created_at', updatedAt: 'updated_at' } as const;
const owner = { userId: 'person_id' } as const;

/** Where better-auth's models are in our schema (packages/db/migrations/0023_person.sql). */
export const tables = {
  user: {
    modelName: 'person',
    fields: { emailVerified: 'email_verified', ...at },
  },
  session: {
    modelName: 'person_session',
    fields: {
      ...owner,
      ...at,
      expiresAt: 'expires_at',
      ipAddress: 'ip_address',
      userAgent: 'user_agent',
    },
    additionalFields: {
      provenAt: { type: 'date', required: false, input: false, fieldName: 'proven_at' },
    },
  },
  account: {
    modelName: 'person_account',
    fields: {
      ...owner,
      ...at,
      accountId: 'account_id',
      providerId: 'provider_id',
      accessToken: 'access_token',
      refreshToken: 'refresh_token',
      idToken: 'id_token',
      accessTokenExpiresAt: 'access_token_expires_at',
      refreshTokenExpiresAt: 'refresh_token_expires_at',
    },
  },
  verification: {
    modelName: 'person_verification',
    fields: { ...at, expiresAt: 'expires_at' },
  },
  rateLimit: {
    modelName: 'person_rate_limit',
    fields: { lastRequest: 'last_request' },
  },
} as const satisfies Partial<Record<keyof BetterAuthOptions, unknown>>;

export const twoFactorSchema = {
  user: { fields: { twoFactorEnabled: 'two_factor_enabled' } },
  twoFactor: {
    modelName: 'person_two_factor',
    fields: {
      ...owner,
      backupCodes: 'backup_codes',
      failedVerificationCount: 'failed_verification_count',
      lockedUntil: 'locked_until',
    },
  },
} as const;

export const passkeySchema = {
  passkey: {
    modelName: 'person_passkey',
    fields: {
      ...owner,
      publicKey: 'public_key',
      credentialID: 'credential_id',
      deviceType: 'device_type',
      backedUp: 'backed_up',
      createdAt: 'created_at',
    },
  },
} as const;
