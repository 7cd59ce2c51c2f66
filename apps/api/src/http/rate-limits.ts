import rateLimit from '@fastify/rate-limit';
import { assertPresent } from '@naru/kit/assert.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError } from './problem-error.ts';

/** Whose requests are counted together. `none` is for probes. */
export type RateLimitRule = 'per_key' | 'per_address' | 'none';

const WINDOW_MS = 60_000;
/** Documents and pages without a key: enough for people and their tools. */
const PUBLIC_REQUESTS_MAX = 600;
/** Wrong keys from one address in a window: a person who mistypes needs fewer, a guesser gains nothing. */
const FAILED_AUTHENTICATIONS_MAX = 60;
/** Keys or addresses counted at once; beyond it the ones longest unseen are forgotten. About 10 MB. */
const COUNTED_MAX = 50_000;

export type RateLimits = {
  /** Counts one request, tells where the caller stands (`RateLimit` headers), throws `rate_limited` beyond. */
  count(rule: RateLimitRule, request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /**
   * Counts a failed authentication, throws `rate_limited` beyond. Valid keys are not asked: one broken client must not
   * lock out its neighbours behind the same address.
   */
  countFailedAuthentication(request: FastifyRequest, reply: FastifyReply): Promise<void>;
};

type Standing = Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>>;

/** Counts a name over all instances; null where it cannot, or takes too long. */
export type SharedCount = (
  name: string,
  windowMs: number,
) => Promise<{ current: number; ttlMs: number } | null>;

/**
 * Limits over all instances where there is a shared count that answers, and of this process otherwise. This process
 * always counts too: when the shared count is lost, a caller goes on where it stood here.
 */
export async function createRateLimits(
  app: FastifyInstance,
  shared: SharedCount | null = null,
): Promise<RateLimits> {
  await app.register(rateLimit, { global: false });
  // `cache` is the store's; the plugin hands it on, though its types do not name it.
  const common = { timeWindow: WINDOW_MS, cache: COUNTED_MAX };
  const counters = {
    per_key: app.createRateLimit({
      ...common,
      keyGenerator: (request) => assertPresent(request.caller, 'caller').apiKeyId,
      max: (request) => assertPresent(request.caller, 'caller').requestsPerMinuteMax,
    }),
    per_address: app.createRateLimit({ ...common, max: PUBLIC_REQUESTS_MAX }),
  };
  const failures = app.createRateLimit({ ...common, max: FAILED_AUTHENTICATIONS_MAX });
  return {
    async count(rule, request, reply) {
      if (rule === 'none') return;
      const policy = rule === 'per_key' ? 'key' : 'address';
      tell(reply, policy, await overAll(shared, policy, await counters[rule](request)));
    },
    async countFailedAuthentication(request, reply) {
      const policy = 'failed-authentications';
      tell(reply, policy, await overAll(shared, policy, await failures(request)));
    },
  };
}

async function overAll(shared: SharedCount | null, policy: string, own: Standing): Promise<Standing> {
  if (shared === null || own.isAllowed) return own;
  const counted = await shared(`naru:rate:${policy}:${own.key}`, WINDOW_MS);
  if (counted === null) return own;
  const { current, ttlMs } = counted;
  const ttlInSeconds = Math.ceil(ttlMs / 1_000);
  const remaining = Math.max(0, own.max - current);
  const standing = { ...own, remaining, ttl: ttlMs, ttlInSeconds, isExceeded: current > own.max };
  // A shared count that forgot everything must not open the gate again to whoever went beyond here.
  return own.isExceeded && !standing.isExceeded ? own : standing;
}

/** Source: draft-ietf-httpapi-ratelimit-headers-10 (`RateLimit-Policy`: quota and window, `RateLimit`: rest and seconds). */
function tell(reply: FastifyReply, policy: string, standing: Standing): void {
  if (standing.isAllowed) return;
  const { max, remaining, ttlInSeconds, isExceeded } = standing;
  reply.header('ratelimit-policy', `"${policy}";q=${max};w=${WINDOW_MS / 1_000}`);
  reply.header('ratelimit', `"${policy}";r=${remaining};t=${ttlInSeconds}`);
  if (!isExceeded) return;
  throw new ProblemError('rate_limited', { headers: { 'retry-after': String(Math.max(1, ttlInSeconds)) } });
}
