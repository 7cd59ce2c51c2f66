import { createLocalInvalidations, type Invalidations } from '@naru/core/invalidation/invalidations.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { Secret } from '@naru/kit/secret.ts';
import type { ReadinessCheck } from '@naru/ops/ops-server.ts';
import type { Redis } from '@naru/redis/connect-redis.ts';
import type { SharedCount } from './http/rate-limits.ts';

/** What instances of the API share over Redis, where there is one. All of it can be lost at any time. */
export type Shared = {
  redis: Redis | null;
  count: SharedCount | null;
  invalidations: Invalidations;
  readiness: Record<string, ReadinessCheck>;
  close(): Promise<void>;
};

export async function connectShared(
  deps: { log: Logger; callTimeoutMs?: number },
  redisUrl: Secret | null,
): Promise<Shared> {
  if (redisUrl === null)
    return {
      redis: null,
      count: null,
      invalidations: createLocalInvalidations(),
      readiness: {},
      close: async () => undefined,
    };
  // Only then: a deployment without Redis does not even load its client.
  const { connectRedis } = await import('@naru/redis/connect-redis.ts');
  const { createRedisInvalidations } = await import('@naru/redis/redis-invalidations.ts');
  const redis = connectRedis({
    url: redisUrl,
    ...(deps.callTimeoutMs === undefined ? {} : { callTimeoutMs: deps.callTimeoutMs }),
    onProblem(problem) {
      if (problem === null) deps.log.info('Redis answers');
      else
        deps.log.warn({ reason: problem }, 'Redis is away: limits, caches and streams are our own for now');
    },
  });
  return {
    redis,
    count: redis.count,
    invalidations: createRedisInvalidations(redis),
    readiness: {
      redis: async () => {
        const problem = redis.problem();
        return problem === null
          ? { ok: true }
          : { ok: true, degraded: `Redis is away (${problem}): limits, caches and streams are our own` };
      },
    },
    close: redis.close,
  };
}
