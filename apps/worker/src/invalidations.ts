import type { Invalidations } from '@naru/core/invalidation/invalidations.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { ReadinessCheck } from '@naru/ops/ops-server.ts';
import type { Config } from './config.ts';

export type ConnectedInvalidations = {
  invalidations?: Invalidations;
  readiness: Record<string, ReadinessCheck>;
  close(): Promise<void>;
};

/** Hears over Redis that a chain or an asset was changed; without it, what is kept is a second old at most. */
export async function connectInvalidations(config: Config, logger: Logger): Promise<ConnectedInvalidations> {
  if (config.redisUrl === null) return { readiness: {}, close: async () => undefined };
  // Only then: a deployment without Redis does not even load its client.
  const { connectRedis } = await import('@naru/redis/connect-redis.ts');
  const { createRedisInvalidations } = await import('@naru/redis/redis-invalidations.ts');
  const redis = connectRedis({
    url: config.redisUrl,
    onProblem(problem) {
      if (problem === null) logger.info('Redis answers');
      else logger.warn({ reason: problem }, 'Redis is away: changes are noticed within a second');
    },
  });
  return {
    invalidations: createRedisInvalidations(redis),
    readiness: {
      redis: async () => {
        const problem = redis.problem();
        return problem === null ? { ok: true } : { ok: true, degraded: `Redis is away (${problem})` };
      },
    },
    close: redis.close,
  };
}
