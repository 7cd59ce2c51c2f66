import type { Caller } from './access.ts';

export type NewApiKey = { id: string; token: string; prefix: string };

/** Organisations and their machine keys. */
export type Access = {
  /** Null for a key that is unknown, expired or revoked. Answers are cached for a few seconds, revocation included. */
  authenticate(
    token: string,
    remoteAddress: string,
  ): Promise<{ caller: Caller } | { refused: 'unknown' | 'ip_not_allowed' }>;
  createOrganisation(name: string): Promise<{ id: string }>;
  /** The token is in this answer and nowhere else: only its SHA-256 is stored. */
  createApiKey(input: {
    organisationId: string;
    name: string;
    network: 'test' | 'live';
    scopes: string[];
    /** The person or system behind the key; needed for keys that vote. Two keys of one holder are one voter. */
    holder?: string;
    ipAllowList?: string[];
    requestsPerMinuteMax?: number;
    expiresAt?: Date;
  }): Promise<NewApiKey>;
  revokeApiKey(organisationId: string, id: string): Promise<boolean>;
};
