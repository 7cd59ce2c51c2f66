import type { Chain } from '@naru/core/chain/chain.ts';
import { type ProviderHealth, sayGone, sayPresent } from '@naru/core/overview/fleet.store.ts';
import { PRESENCE_MS, REQUESTS_WINDOW_MS } from '@naru/core/overview/overview.limits.ts';
import type { Database } from '@naru/db/database.ts';
import type { RpcObserver } from '@naru/evm/rpc/rpc-observer.ts';
import type { RpcPool } from '@naru/evm/rpc/rpc-pool.ts';
import type { NamedWork } from './roles.ts';

/** Parts of the window that fall out of it one after the other. */
const WINDOW_PARTS = 6;

type Counts = { requests: number; failures: number };

/** How many requests a provider got in about the last minute, and how many had no usable answer. */
export type RequestCounts = {
  observerOf(chainId: string): RpcObserver;
  of(chainId: string, provider: string): Counts;
};

export function createRequestCounts(nowMs: () => number = () => performance.now()): RequestCounts {
  const parts = new Map<number, Map<string, Counts>>();
  const partNow = () => Math.floor(nowMs() / (REQUESTS_WINDOW_MS / WINDOW_PARTS));
  const keyOf = (chainId: string, provider: string) => `${chainId} ${provider}`;

  return {
    observerOf: (chainId) => (event) => {
      if (event.kind !== 'request') return;
      const now = partNow();
      const part = parts.get(now) ?? new Map<string, Counts>();
      parts.set(now, part);
      const key = keyOf(chainId, event.provider);
      const counts = part.get(key) ?? { requests: 0, failures: 0 };
      part.set(key, counts);
      counts.requests += 1;
      // An error that the node answered with is an answer: a revert, say.
      if (event.outcome !== 'ok' && event.outcome !== 'rpc_error') counts.failures += 1;
    },
    of(chainId, provider) {
      const sum = { requests: 0, failures: 0 };
      for (const [at, part] of parts) {
        if (at <= partNow() - WINDOW_PARTS) parts.delete(at);
        else {
          const counts = part.get(keyOf(chainId, provider));
          sum.requests += counts?.requests ?? 0;
          sum.failures += counts?.failures ?? 0;
        }
      }
      return sum;
    },
  };
}

/** One that was never asked is neither up nor down: as long as nothing is known of it, nothing is said. */
function isJudged(one: ReturnType<RpcPool['health']>['providers'][number]): boolean {
  return one.usable || one.headBlockNumber !== null || one.lastProblem !== null;
}

/** Tells the database every few seconds that this process runs and how its nodes are, so that any API can show it. */
export function presenceWork(
  deps: { db: Database; counts: RequestCounts },
  of: { owner: string; instance: string; roles: readonly string[] },
  chains: readonly { chain: Chain; pool: Pick<RpcPool, 'health'> }[],
): NamedWork & { pollMs: number; end: () => Promise<void> } {
  const startedAt = new Date();
  return {
    name: 'presence',
    pollMs: PRESENCE_MS,
    work: async () => {
      const providers = chains.flatMap(({ chain, pool }) =>
        pool
          .health()
          .providers.filter(isJudged)
          .map(
            (one): ProviderHealth => ({
              chainId: chain.id,
              provider: one.provider,
              usable: one.usable,
              breaker: one.breaker,
              headNumber: one.headBlockNumber,
              lagBlocks: one.lagBlocks,
              latencyMs: one.latencyMsEwma,
              ...deps.counts.of(chain.id, one.provider),
              problem: one.lagging ? `is ${one.lagBlocks} blocks behind` : one.lastProblem,
            }),
          ),
      );
      await sayPresent(deps.db, { ...of, startedAt }, providers);
      return false;
    },
    end: () => sayGone(deps.db, of.owner),
  };
}
