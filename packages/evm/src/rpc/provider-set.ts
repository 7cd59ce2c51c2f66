import { assert } from '@naru/kit/assert.ts';
import { parseRpcUrl } from './http-endpoint.ts';
import { createJsonRpcClient } from './json-rpc-client.ts';
import { HEALTH_LIMITS } from './provider-health.ts';
import type { RpcObserver } from './rpc-observer.ts';
import type { RpcPoolConfig, RpcPoolHealth } from './rpc-pool.ts';
import { createRpcProvider, type RpcProvider } from './rpc-provider.ts';

/** The providers of one chain, and which of them may be asked now. */
export type ProviderSet = {
  readonly count: number;
  /** Those that may be asked, in the order of asking; and why the others may not. */
  candidates(freshness: 'head' | 'history'): { queue: RpcProvider[]; skipped: ProviderProblem[] };
  isLagging(provider: RpcProvider): boolean;
  /** Checks those that are due. Never rejects: health holds what went wrong. */
  probe(): Promise<void>;
  health(): RpcPoolHealth;
  close(): void;
};

export type ProviderProblem = { provider: string; problem: string };

const LAG_BLOCKS_MAX = 5; // about a minute on Ethereum, ten seconds on Polygon
const BATCH_SIZE_MAX = 100;
/** For how long a head counts as the best one: a provider that named an absurd head and died must not shut out the rest. */
const HEAD_MEMORY_MS = 60_000;

export function createProviderSet(config: RpcPoolConfig, observe: RpcObserver): ProviderSet {
  assert(config.providers.length > 0, `chain ${config.chainId}: no RPC provider is configured`);
  const lagBlocksMax = BigInt(config.lagBlocksMax ?? LAG_BLOCKS_MAX);
  const providers = createProviders(config, observe, bestHead);
  let closed = false;

  function bestHead(): bigint | null {
    let best: bigint | null = null;
    const oldestMs = config.clock.monotonicMs() - HEAD_MEMORY_MS;
    for (const provider of providers) {
      const { headBlockNumber, headSeenAtMs } = provider.snapshot();
      if (headBlockNumber === null || headSeenAtMs === null || headSeenAtMs < oldestMs) continue;
      if (best === null || headBlockNumber > best) best = headBlockNumber;
    }
    return best;
  }

  const isLagging = (provider: RpcProvider) => (provider.snapshot().lagBlocks ?? 0n) > lagBlocksMax;

  return {
    count: providers.length,
    isLagging,
    candidates(freshness) {
      if (closed) return { queue: [], skipped: [{ provider: 'pool', problem: 'is closed' }] };
      const ready: RpcProvider[] = [];
      const unchecked: RpcProvider[] = [];
      const skipped: ProviderProblem[] = [];
      for (const provider of providers) {
        const standing = provider.standing();
        if (standing.use === 'no') skipped.push({ provider: provider.label, problem: standing.why });
        else if (standing.use === 'after_check') unchecked.push(provider);
        else if (freshness === 'head' && isLagging(provider)) skipped.push(laggingProblem(provider));
        else ready.push(provider);
      }
      return { queue: [...ready, ...unchecked], skipped };
    },
    async probe() {
      const due = closed ? [] : providers.filter((provider) => provider.standing().use !== 'no');
      const checks = await Promise.allSettled(due.map((provider) => provider.check()));
      // The first to answer was measured before the others' heads were known.
      due.forEach((provider, index) => {
        if (checks[index]?.status === 'fulfilled') provider.compareHead();
      });
    },
    health() {
      const all = providers.map((provider) => {
        const lagging = isLagging(provider);
        const usable = !closed && provider.standing().use === 'ready' && !lagging;
        return { provider: provider.label, ...provider.snapshot(), usable, lagging };
      });
      const usableCount = all.filter(({ usable }) => usable).length;
      return { chainId: config.chainId, bestHead: bestHead(), usableCount, providers: all };
    },
    close() {
      closed = true;
      for (const provider of providers) provider.close();
    },
  };
}

export function laggingProblem(provider: RpcProvider): ProviderProblem {
  return { provider: provider.label, problem: `is ${provider.snapshot().lagBlocks} blocks behind` };
}

function createProviders(
  config: RpcPoolConfig,
  observe: RpcObserver,
  bestHead: () => bigint | null,
): RpcProvider[] {
  const { chainId, clock, logger, timeoutMs } = config;
  return withUniqueLabels(config.providers).map(({ url, label }) =>
    createRpcProvider(
      {
        client: createJsonRpcClient({ url, label, timeoutMs }),
        clock,
        random: config.random ?? Math.random,
        logger,
        observe,
        bestHead,
      },
      {
        chainId,
        batchSizeMax: config.batchSizeMax ?? BATCH_SIZE_MAX,
        healthLimits: config.healthLimits ?? HEALTH_LIMITS,
      },
    ),
  );
}

/** Two keys at one host get different labels; two providers of one label would be one line in every metric. */
function withUniqueLabels(providers: RpcPoolConfig['providers']): { url: string; label: string }[] {
  const taken = new Set<string>();
  return providers.map(({ url, label }) => {
    assert(label === undefined || !taken.has(label), `two RPC providers are labelled ${label}`);
    const base = label ?? parseRpcUrl(url).host;
    let unique = base;
    for (let number = 2; taken.has(unique); number++) unique = `${base}#${number}`;
    taken.add(unique);
    return { url, label: unique };
  });
}
