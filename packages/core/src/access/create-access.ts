import { createHash, randomBytes } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import type { Database } from '@naru/db/database.ts';
import type { Clock } from '@naru/kit/clock.ts';
import { newUuid } from '@naru/kit/ids.ts';
import type { Invalidations } from '../invalidation/invalidations.ts';
import type { Access } from './access.service.ts';
import { insertApiKey, insertOrganisation, markRevoked, readApiKey } from './access.store.ts';

/** How long an answer about a key is believed; a revoked key works for at most this long where nobody is told. */
const CACHE_MS = 5_000;
/** Keys remembered at once; unknown ones are remembered too, so that guessing does not reach the database. */
const CACHE_ENTRIES_MAX = 10_000;
const TOKEN_PATTERN = /^nk_(test|live)_[A-Za-z0-9_-]{43}$/;
export const REQUESTS_PER_MINUTE_DEFAULT = 6_000;
/** `nk_test_` and four characters: enough to tell keys apart, no help to a guesser. */
const PREFIX_LENGTH = 12;

type Known = Awaited<ReturnType<typeof readApiKey>>;

export function createAccess(deps: { db: Database; clock: Clock; invalidations?: Invalidations }): Access {
  const cache = new Map<string, { readAtMs: number; known: Promise<Known> }>();

  deps.invalidations?.subscribe('access', () => cache.clear());

  function lookUp(token: string): Promise<Known> {
    const hash = hashToken(token);
    const name = hash.toString('base64');
    const nowMs = deps.clock.monotonicMs();
    const cached = cache.get(name);
    if (cached !== undefined && nowMs - cached.readAtMs < CACHE_MS) return cached.known;
    const known = readApiKey(deps.db, hash);
    const entry = { readAtMs: nowMs, known };
    known.catch(() => {
      if (cache.get(name) === entry) cache.delete(name);
    });
    cache.delete(name);
    cache.set(name, entry);
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
      await insertOrganisation(deps.db, { id, name });
      return { id };
    },
    async createApiKey(input) {
      const { token, prefix, hash } = newToken(input.network);
      const id = newUuid();
      await insertApiKey(deps.db, {
        id,
        organisationId: input.organisationId,
        name: input.name,
        network: input.network,
        prefix,
        hash,
        scopes: input.scopes,
        holder: input.holder === undefined ? null : normaliseHolder(input.holder),
        ipAllowList: input.ipAllowList ?? null,
        requestsPerMinuteMax: input.requestsPerMinuteMax ?? REQUESTS_PER_MINUTE_DEFAULT,
        expiresAt: input.expiresAt ?? null,
      });
      // A token that was tried before it existed is remembered as unknown.
      deps.invalidations?.publish('access');
      return { id, token, prefix };
    },
    async revokeApiKey(organisationId, id) {
      const revoked = await markRevoked(deps.db, organisationId, id);
      cache.clear();
      deps.invalidations?.publish('access');
      return revoked;
    },
  };
}

/** Told once: only its hash is kept, and a beginning that people tell keys apart by. */
export type NewToken = { token: string; prefix: string; hash: Buffer };

export function newToken(network: 'test' | 'live'): NewToken {
  const token = `nk_${network}_${randomBytes(32).toString('base64url')}`;
  return { token, prefix: token.slice(0, PREFIX_LENGTH), hash: hashToken(token) };
}

/** "Kim " and "kim" are one person. */
export function normaliseHolder(text: string): string {
  return text.trim().toLowerCase();
}

/** A plain SHA-256 is enough: the token is 256 random bits, there is nothing to guess with a dictionary. */
function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
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
