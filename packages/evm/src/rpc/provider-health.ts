import type { Clock } from '@naru/kit/clock.ts';
import { backoffMs } from '@naru/kit/retry.ts';

/**
 * What is known about one provider, and whether to use it. No I/O: time and chance come from outside.
 *
 *            failureCountToOpen failures in a row
 *   closed ────────────────────────────────────────▶ open
 *      ▲                                              │ cooldown over, and somebody asks
 *      │ check passed                                 ▼
 *      └───────────────────────────────────────── half-open ── check failed ──▶ open, longer
 *
 * The check is one request for chain id and head (rpc-provider.ts). It is also what a provider must pass before its first
 * use: it starts closed, but unchecked.
 */
export type BreakerState = 'closed' | 'open' | 'half_open';

export type HealthLimits = {
  /** Transport failures in a row after which a provider gets no more requests. */
  failureCountToOpen: number;
  /** First cooldown of an opened breaker; doubles with every failed check. */
  cooldownMsBase: number;
  cooldownMsMax: number;
};

export const HEALTH_LIMITS: HealthLimits = {
  failureCountToOpen: 3,
  cooldownMsBase: 1_000,
  cooldownMsMax: 60_000,
};

const LATENCY_WEIGHT = 0.2; // of the newest sample in the moving average: about the last ten requests count

export type Standing =
  /** Checked and closed. */
  | { use: 'ready' }
  /** May be used once its check has passed. */
  | { use: 'after_check' }
  | { use: 'no'; why: string };

export type HealthSnapshot = {
  breaker: BreakerState;
  chain: 'unchecked' | 'confirmed' | 'wrong';
  consecutiveFailures: number;
  /** Until the next check may run; 0 unless open. */
  cooldownMsLeft: number;
  /** Exponentially weighted; null before the first answer. */
  latencyMsEwma: number | null;
  /** Highest block this provider has named lately; null before the first. */
  headBlockNumber: bigint | null;
  /** Monotonic time of that observation. */
  headSeenAtMs: number | null;
  /** Blocks behind the best head known when its own head was last seen; null before that. */
  lagBlocks: bigint | null;
  lastProblem: string | null;
};

export type ProviderHealth = {
  standing(): Standing;
  snapshot(): HealthSnapshot;
  /** An exchange that brought an answer, of whatever content. */
  succeeded(durationMs: number): void;
  /** A transport failure or a rate limit. */
  failed(problem: string): void;
  checkStarted(): void;
  checkPassed(): void;
  /** The provider serves another chain. It is not used until a check has passed; checks come after growing cooldowns. */
  servesWrongChain(chainId: number, expectedChainId: number): void;
  headSeen(blockNumber: bigint, bestBlockNumber: bigint): void;
};

export function createProviderHealth(deps: {
  clock: Clock;
  random: () => number;
  limits: HealthLimits;
  onBreakerChange: (state: BreakerState, problem: string | null) => void;
}): ProviderHealth {
  const { clock, limits } = deps;
  let breaker: BreakerState = 'closed';
  let chain: HealthSnapshot['chain'] = 'unchecked';
  let consecutiveFailures = 0;
  let openings = 0;
  let openUntilMs = 0;
  let latencyMsEwma: number | null = null;
  let head: { blockNumber: bigint; seenAtMs: number; lagBlocks: bigint } | null = null;
  let lastProblem: string | null = null;

  function moveTo(state: BreakerState): void {
    if (state === breaker) return;
    breaker = state;
    deps.onBreakerChange(state, lastProblem);
  }

  function open(cooldownMs: number): void {
    openUntilMs = clock.monotonicMs() + cooldownMs;
    // Whatever was wrong with it, the URL may lead somewhere else afterwards.
    if (chain === 'confirmed') chain = 'unchecked';
    moveTo('open');
  }

  /** Longer each time, until a check has passed. */
  function rest(): void {
    openings += 1;
    const { cooldownMsBase: baseMs, cooldownMsMax: maxMs } = limits;
    open(backoffMs(openings, { baseMs, maxMs, random: deps.random }));
  }

  const cooldownMsLeft = () => (breaker === 'open' ? Math.max(0, openUntilMs - clock.monotonicMs()) : 0);

  return {
    standing() {
      if (breaker === 'open' && cooldownMsLeft() > 0) {
        const what = chain === 'wrong' ? 'not used' : 'resting after failures';
        return {
          use: 'no',
          why: `${what} (${lastProblem}); next check in ${Math.ceil(cooldownMsLeft())} ms`,
        };
      }
      return breaker === 'closed' && chain === 'confirmed' ? { use: 'ready' } : { use: 'after_check' };
    },
    snapshot: () => ({
      breaker,
      chain,
      consecutiveFailures,
      cooldownMsLeft: cooldownMsLeft(),
      latencyMsEwma,
      headBlockNumber: head?.blockNumber ?? null,
      headSeenAtMs: head?.seenAtMs ?? null,
      lagBlocks: head?.lagBlocks ?? null,
      lastProblem,
    }),
    succeeded(durationMs) {
      latencyMsEwma =
        latencyMsEwma === null ? durationMs : latencyMsEwma + LATENCY_WEIGHT * (durationMs - latencyMsEwma);
      consecutiveFailures = 0;
    },
    failed(problem) {
      lastProblem = problem;
      consecutiveFailures += 1;
      // Requests that were under way when it opened fail late; they must not lengthen the cooldown.
      if (breaker === 'open') return;
      if (breaker === 'closed' && consecutiveFailures < limits.failureCountToOpen) return;
      rest();
    },
    checkStarted() {
      if (breaker === 'open') moveTo('half_open');
    },
    checkPassed() {
      chain = 'confirmed';
      openings = 0;
      consecutiveFailures = 0;
      lastProblem = null;
      moveTo('closed');
    },
    servesWrongChain(chainId, expectedChainId) {
      chain = 'wrong';
      lastProblem = `serves chain ${chainId}, not ${expectedChainId}`;
      rest();
    },
    headSeen(blockNumber, bestBlockNumber) {
      const lagBlocks = bestBlockNumber > blockNumber ? bestBlockNumber - blockNumber : 0n;
      head = { blockNumber, seenAtMs: clock.monotonicMs(), lagBlocks };
    },
  };
}
