import { createLocalInvalidations, type Invalidations } from '@naru/core/invalidation/invalidations.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { readRedisUrl } from '@naru/redis/redis-settings.ts';
import type { CliContext } from './context.ts';

/**
 * Runs `work`, which changes what running processes keep in memory, and has them told where NARU_REDIS_URL says how.
 * A Redis that is away costs a warning: each process is right again by itself within seconds.
 */
export async function withInvalidations<T>(
  context: CliContext,
  work: (invalidations: Invalidations) => Promise<T>,
): Promise<T> {
  const { url, problems } = readRedisUrl(context.config.environment);
  if (problems.length > 0) throw new CodedError('bad_redis_url', problems.join('; '));
  if (url === null) return await work(createLocalInvalidations());
  const { connectRedis } = await import('@naru/redis/connect-redis.ts');
  const { createRedisInvalidations } = await import('@naru/redis/redis-invalidations.ts');
  const redis = connectRedis({ url, onProblem: () => undefined });
  try {
    const isThere = await redis.ready();
    const result = await work(createRedisInvalidations(redis));
    if (!isThere)
      context.output.warn(
        `Redis did not answer (${redis.problem()}): running processes notice the change by themselves, within 5 seconds.`,
      );
    return result;
  } finally {
    await redis.close();
  }
}
