import type { Redis } from './connect-redis.ts';

/** No secret and no content: the name of what changed, and nothing else, goes over this channel. */
const CHANNEL = 'naru:invalidations';

/**
 * Topics published to every process of a deployment. What this process publishes, it drops at once, whether Redis is
 * there or not; after a gap everything is dropped, since somebody may have said something meanwhile.
 */
export function createRedisInvalidations<Topic extends string>(
  redis: Redis,
): { publish(topic: Topic): void; subscribe(topic: Topic, drop: () => void): void } {
  const drops = new Map<string, (() => void)[]>();
  const dropAll = (topic: string) => {
    for (const drop of drops.get(topic) ?? []) drop();
  };
  redis.subscribe(CHANNEL, dropAll, () => {
    for (const topic of drops.keys()) dropAll(topic);
  });
  return {
    publish(topic) {
      dropAll(topic);
      redis.publish(CHANNEL, topic);
    },
    subscribe(topic, drop) {
      drops.set(topic, [...(drops.get(topic) ?? []), drop]);
    },
  };
}
