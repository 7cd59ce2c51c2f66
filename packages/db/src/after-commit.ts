import type { Database, Queryable, Tx } from './database.ts';

/** Carries a wake-up to other processes. Must neither throw nor wait: whoever calls it has just committed. */
export type Announce = (channel: string) => void;

/** `collected`: what a transaction announces once it has committed; null outside of one. */
type Scope = { announce: Announce; collected: Set<string> | null };

const scopes = new WeakMap<Queryable, Scope>();

/** From now on, wake-ups of this database leave through `announce`, after the commit of the transaction that asks. */
export function announceThrough(db: Database, announce: Announce): void {
  scopes.set(db, { announce, collected: null });
}

/**
 * Announces `channel` when the surrounding transaction has committed, or at once outside of one; several times in a
 * transaction are one. False when this database has no carrier of its own, and the caller has to say it in SQL.
 */
export function announceAfterCommit(db: Queryable, channel: string): boolean {
  const scope = scopes.get(db);
  if (scope === undefined) return false;
  if (scope.collected === null) scope.announce(channel);
  else scope.collected.add(channel);
  return true;
}

/** Collects what a new transaction announces. The result, called after its commit and only then, lets it go. */
export function collectAnnouncements(db: Database, tx: Tx): () => void {
  const outer = scopes.get(db);
  if (outer === undefined) return () => undefined;
  const collected = new Set<string>();
  scopes.set(tx, { announce: outer.announce, collected });
  return () => {
    for (const channel of collected) outer.announce(channel);
  };
}
