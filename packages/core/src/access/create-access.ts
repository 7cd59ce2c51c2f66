import { createHash, randomBytes } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import type { Database } from '@naru/db/database.ts';
import type { Clock } from '@naru/kit/clock.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import type { Access } from './access.service.ts';
import type { Caller } from './access.ts';

/** How long an answer about a key is believed; a revoked key works for at most this long. */
const CACHE_MS = 5_000;
/** Keys remembered at once; unknown ones are remembered too, so that guessing does not reach the database. */
const CACHE_ENTRIES_MAX = 10_000;
const TOKEN_PATTERN = /^nk_(test|live)_[A-Za-z0-9_-]{43}$/;
const REQUESTS_PER_MINUTE_DEFAULT = 6_000;
/** `nk_test_` and four characters: enough to tell keys apart, no help to a guesser. */
const PREFIX_LENGTH = 12;

type Known = { caller: Caller; ipAllowList: string[] | null } | null;

export function createAccess(deps: { db: Database; clock: Clock }): Access {
  const cache = new Map<string, { readAtMs: number; known: Promise<Known> }>();

  function lookUp(token: string): Promise<Known> {
    const hash = hashToken(token);
    const name = hash.toString('base64');
    const nowMs = deps.clock.monotonicMs();
    const cached = cache.get(name);
    if (cached !== undefined && nowMs - cached.readAtMs < CACHE_MS) return cached.known;
    const known = readKey(deps.db, hash);
    known.catch(() => cache.delete(name));
    cache.delete(name);
    cache.set(name, { readAtMs: nowMs, known });
    if (cache.size > CACHE_ENTRIES_MAX) {
      const oldest = cache.keys().next();
      if (!oldest.done) cache.delete(oldest.value);
    }
    return known;
  }

  return {
    async authenticate(token, remoteAddress) {
      if (!TOKEN_PATTERN.test(token)) return { refused: 'unknown' };
      const known = await lookUp(token);
      if (known === null) return { refused: 'unknown' };
      if (known.ipAllowList !== null && !isAllowed(known.ipAllowList, remoteAddress))
        return { refused: 'ip_not_allowed' };
      return { caller: known.caller };
    },
    async createOrganisation(name) {
      const id = newUuid();
      await sql`INSERT INTO organisation (id, name) VALUES (${id}, ${name})`.execute(deps.db);
      return { id };
    },
    async createApiKey(input) {
      const token = `nk_${input.network}_${randomBytes(32).toString('base64url')}`;
      const id = newUuid();
      const prefix = token.slice(0, PREFIX_LENGTH);
      await sql`
        INSERT INTO api_key (id, organisation_id, name, network, prefix, key_hash, scopes, ip_allow_list,
                             requests_per_minute_max, expires_at)
        VALUES (${id}, ${input.organisationId}, ${input.name}, ${input.network}, ${prefix}, ${hashToken(token)},
                ${input.scopes}::text[], ${input.ipAllowList ?? null}::cidr[],
                ${input.requestsPerMinuteMax ?? REQUESTS_PER_MINUTE_DEFAULT}, ${input.expiresAt ?? null})`.execute(
        deps.db,
      );
      return { id, token, prefix };
    },
    async revokeApiKey(organisationId, id) {
      const { numAffectedRows } = await sql`
        UPDATE api_key SET revoked_at = now()
         WHERE id = ${id} AND organisation_id = ${organisationId} AND revoked_at IS NULL`.execute(deps.db);
      cache.clear();
      return numAffectedRows === 1n;
    },
  };
}

/** A plain SHA-256 is enough: the token is 256 random bits, there is nothing to guess with a dictionary. */
function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

async function readKey(db: Database, hash: Buffer): Promise<Known> {
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

function isAllowed(ranges: readonly string[], remoteAddress: string): boolean {
  const address = remoteAddress.startsWith('::ffff:') ? remoteAddress.slice(7) : remoteAddress;
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  for (const range of ranges) {
    const [base = '', bits = ''] = range.split('/');
    list.addSubnet(base, Number(bits), isIP(base) === 6 ? 'ipv6' : 'ipv4');
  }
  return isIP(address) !== 0 && list.check(address, family);
}
