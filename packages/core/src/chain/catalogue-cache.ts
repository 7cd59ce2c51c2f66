import type { Database } from '@naru/db/database.ts';
import type { Clock } from '@naru/kit/clock.ts';
import type { Invalidations } from '../invalidation/invalidations.ts';
import { readCatalogue } from './chain.store.ts';
import type { Catalogue } from './chain.ts';

/** How old the answer may be: an operator's change reaches every instance within this time, and at once where it is published. */
const AGE_MS_MAX = 1_000;

/** Chains and assets for the hot path. Concurrent readers share one query; a failed refresh fails its readers. */
export function createCatalogueCache(deps: {
  db: Database;
  clock: Clock;
  invalidations?: Invalidations | undefined;
}): () => Promise<Catalogue> {
  let readAtMs = Number.NEGATIVE_INFINITY;
  let current: Promise<Catalogue> | null = null;
  deps.invalidations?.subscribe('catalogue', () => {
    current = null;
  });
  return () => {
    if (current === null || deps.clock.monotonicMs() - readAtMs > AGE_MS_MAX) {
      readAtMs = deps.clock.monotonicMs();
      const reading = readCatalogue(deps.db);
      reading.catch(() => {
        if (current === reading) current = null;
      });
      current = reading;
    }
    return current;
  };
}
