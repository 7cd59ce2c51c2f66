/** What a process keeps in memory of the database, and somebody may change. */
export const invalidationTopics = ['access', 'catalogue'] as const;
export type InvalidationTopic = (typeof invalidationTopics)[number];

/**
 * Tells every process that what it keeps may be out of date. Best effort: each of these caches also has an age limit,
 * and is right again within it when nobody was told.
 */
export type Invalidations = {
  /** After the commit of the change. Never throws, never waits. */
  publish(topic: InvalidationTopic): void;
  /** `drop` is called for each change that somebody publishes, and whenever some may have been missed. */
  subscribe(topic: InvalidationTopic, drop: () => void): void;
};

/** Of one process that stands alone: what it changes itself, it drops itself. */
export function createLocalInvalidations(): Invalidations {
  const drops = new Map<InvalidationTopic, (() => void)[]>();
  return {
    publish(topic) {
      for (const drop of drops.get(topic) ?? []) drop();
    },
    subscribe(topic, drop) {
      drops.set(topic, [...(drops.get(topic) ?? []), drop]);
    },
  };
}
