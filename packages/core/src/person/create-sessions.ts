import type { Database } from '@naru/db/database.ts';
import type { Clock } from '@naru/kit/clock.ts';
import type { Invalidations } from '../invalidation/invalidations.ts';
import { SESSION_CACHE_ENTRIES_MAX, SESSION_CACHE_MS } from './person.limits.ts';
import type { SignedIn } from './person.ts';
import { readSignedIn } from './session.store.ts';

export type Sessions = {
  /** Null: there is no such session, it has ended, or the person is no member any more. Cached for a few seconds. */
  find(token: string): Promise<SignedIn | null>;
  /** The same out of the database: before somebody is refused for what another process may have seen. */
  findNow(token: string): Promise<SignedIn | null>;
};

export function createSessions(deps: {
  db: Database;
  clock: Clock;
  invalidations?: Invalidations;
}): Sessions {
  const cache = new Map<string, { readAtMs: number; known: Promise<SignedIn | null> }>();
  deps.invalidations?.subscribe('access', () => cache.clear());

  function findNow(token: string): Promise<SignedIn | null> {
    const known = readSignedIn(deps.db, token);
    const entry = { readAtMs: deps.clock.monotonicMs(), known };
    known.catch(() => {
      if (cache.get(token) === entry) cache.delete(token);
    });
    cache.delete(token);
    cache.set(token, entry);
    if (cache.size > SESSION_CACHE_ENTRIES_MAX) {
      const oldest = cache.keys().next();
      if (!oldest.done) cache.delete(oldest.value);
    }
    return known;
  }

  return {
    findNow,
    find(token) {
      const cached = cache.get(token);
      const isFresh = cached !== undefined && deps.clock.monotonicMs() - cached.readAtMs < SESSION_CACHE_MS;
      return isFresh ? cached.known : findNow(token);
    },
  };
}
