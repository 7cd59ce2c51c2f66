import type { Queryable, Tx } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { sql } from 'kysely';
import type { Caller } from './access.ts';

export async function insertOrganisation(
  db: Queryable,
  organisation: { id: string; name: string },
): Promise<void> {
  await sql`INSERT INTO organisation (id, name) VALUES (${organisation.id}, ${organisation.name})`.execute(
    db,
  );
}

export async function organisationExists(db: Queryable, id: string): Promise<boolean> {
  const { rows } = await sql`SELECT 1 FROM organisation WHERE id = ${id}`.execute(db);
  return rows.length > 0;
}

export async function readOrganisationName(db: Queryable, id: string): Promise<string> {
  const { rows } = await sql<{ name: string }>`SELECT name FROM organisation WHERE id = ${id}`.execute(db);
  return assertPresent(rows[0], `organisation ${id}`).name;
}

export type NewApiKeyRow = {
  id: string;
  organisationId: string;
  name: string;
  network: 'test' | 'live';
  prefix: string;
  hash: Buffer;
  scopes: readonly string[];
  /** As `normaliseHolder` writes it. */
  holder: string | null;
  ipAllowList: readonly string[] | null;
  requestsPerMinuteMax: number;
  expiresAt: Date | null;
};

export async function insertApiKey(db: Queryable, key: NewApiKeyRow): Promise<void> {
  await sql`
    INSERT INTO api_key (id, organisation_id, name, network, prefix, key_hash, scopes, holder,
                         ip_allow_list, requests_per_minute_max, expires_at)
    VALUES (${key.id}, ${key.organisationId}, ${key.name}, ${key.network}, ${key.prefix}, ${key.hash},
            ${key.scopes}::text[], ${key.holder}, ${key.ipAllowList}::cidr[], ${key.requestsPerMinuteMax},
            ${key.expiresAt})`.execute(db);
}

export async function markRevoked(db: Queryable, organisationId: string, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE api_key SET revoked_at = now()
     WHERE id = ${id} AND organisation_id = ${organisationId} AND revoked_at IS NULL`.execute(db);
  return numAffectedRows === 1n;
}

/** As `markRevoked`, but not of a key that stands for a person: that ends with the membership. */
export async function revokeProgramKey(tx: Tx, organisationId: string, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE api_key SET revoked_at = now()
     WHERE id = ${id} AND organisation_id = ${organisationId} AND person_id IS NULL
       AND revoked_at IS NULL`.execute(tx);
  return numAffectedRows === 1n;
}

/** The key with this hash, if it may be used now. */
export async function readApiKey(
  db: Queryable,
  hash: Buffer,
): Promise<{ caller: Caller; ipAllowList: string[] | null } | null> {
  const { rows } = await sql<{
    id: string;
    organisationId: string;
    network: 'test' | 'live';
    scopes: string[];
    requestsPerMinuteMax: number;
    ipAllowList: string[] | null;
  }>`
    SELECT id, organisation_id AS "organisationId", network, scopes,
           requests_per_minute_max AS "requestsPerMinuteMax", ip_allow_list::text[] AS "ipAllowList"
      FROM api_key
     WHERE key_hash = ${hash} AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`.execute(
    db,
  );
  const key = rows[0];
  if (key === undefined) return null;
  const { id, organisationId, network, scopes, requestsPerMinuteMax, ipAllowList } = key;
  return { caller: { apiKeyId: id, organisationId, network, scopes, requestsPerMinuteMax }, ipAllowList };
}

/** The person or system behind each of these keys, of those that have one; by the key's UUID. */
export async function readHolders(db: Queryable, apiKeyIds: readonly string[]): Promise<Map<string, string>> {
  if (apiKeyIds.length === 0) return new Map();
  const { rows } = await sql<{ id: string; holder: string }>`
    SELECT id, holder FROM api_key WHERE id = ANY (${apiKeyIds}::uuid[]) AND holder IS NOT NULL`.execute(db);
  return new Map(rows.map(({ id, holder }) => [id, holder]));
}
