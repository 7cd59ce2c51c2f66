import { assert } from '@naru/kit/assert.ts';
import type { Clock } from '@naru/kit/clock.ts';
import { errorText } from '@naru/kit/errors.ts';
import type { Hex } from '@naru/kit/hex.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { keccak256 } from 'viem/utils';
import {
  classifySendAnswer,
  classifySendError,
  mergeSendOutcomes,
  type SendOutcome,
} from '../send-outcome.ts';
import type { RpcAnswer, RpcCall } from './json-rpc-client.ts';
import type { HealthLimits, HealthSnapshot } from './provider-health.ts';
import { createProviderSet, laggingProblem, type ProviderSet } from './provider-set.ts';
import { isWorthAnotherProvider } from './rpc-error-class.ts';
import { RpcUnavailableError } from './rpc-errors.ts';
import { guardObserver, type RpcObserver } from './rpc-observer.ts';
import type { RpcProvider } from './rpc-provider.ts';

/**
 * The providers of one chain, in order of preference. See README.md for how one is chosen.
 *
 * Every read rejects with `RpcUnavailableError` when no provider could answer, or with the node's `RpcResponseError` when
 * the answer is definitive (a revert, a range that is too large, invalid parameters).
 */
export type RpcPool = {
  readonly chainId: number;
  readonly providerCount: number;
  read(method: string, params: readonly unknown[], options?: ReadOptions): Promise<unknown>;
  /** All calls are answered by the same provider. A call that failed definitively stands in the list as it is. */
  readBatch(calls: readonly RpcCall[], options?: ReadOptions): Promise<RpcAnswer[]>;
  /**
   * As `readBatch`, with the meaning of the answers: `decode` may throw `RpcDecodeError`, or let an answer's
   * `RpcResponseError` out, and the next provider is asked where that is worth it.
   */
  readDecoded<T>(calls: readonly RpcCall[], decode: AnswerDecoder<T>, options?: ReadOptions): Promise<T>;
  /**
   * The same read from `count` different providers, answers side by side, unjudged. Rejects when fewer could answer.
   * A definitive error of any provider is thrown.
   */
  readFromEach<T>(
    count: number,
    calls: readonly RpcCall[],
    decode: AnswerDecoder<T>,
    options?: ReadOptions,
  ): Promise<ProviderAnswer<T>[]>;
  /** Never rejects. Sends the same bytes to one provider after the other until the matter is settled; see send-outcome.ts. */
  sendRawTransaction(raw: Hex): Promise<SendOutcome>;
  /** Checks every provider that is due: chain id, head, lag. Runs by itself every `probeIntervalMs`. Never rejects. */
  probe(): Promise<void>;
  health(): RpcPoolHealth;
  /** Requests under way fail at once. */
  close(): void;
};

export type AnswerDecoder<T> = (answers: readonly RpcAnswer[], provider: string) => T;
export type ProviderAnswer<T> = { provider: string; value: T };

/**
 * `head` (default): the answer depends on how far the node is, as all reads "at latest" do; a provider that lags is not
 * asked. `history`: about a given block, transaction or hash, where "not there" is an answer the caller can bear.
 */
export type ReadOptions = { freshness?: 'head' | 'history' };

export type RpcPoolConfig = {
  chainId: number;
  /** In order of preference. `label` (default: the URL's host) names the provider everywhere. */
  providers: readonly { url: string; label?: string }[];
  /** For one HTTP request. */
  timeoutMs: number;
  clock: Clock;
  logger: Logger;
  observer?: RpcObserver;
  /** For the jitter of cooldowns. */
  random?: () => number;
  /** Blocks behind the best head from which on a provider is not asked about the head. Default 5. */
  lagBlocksMax?: number;
  /** Calls in one HTTP request. Default 100, which every public provider takes. */
  batchSizeMax?: number;
  /** Default 5 s; null: only when `probe` is called. */
  probeIntervalMs?: number | null;
  healthLimits?: HealthLimits;
};

export type RpcPoolHealth = {
  chainId: number;
  bestHead: bigint | null;
  /** Providers that a read of the head may use now. Zero: not ready. */
  usableCount: number;
  providers: (HealthSnapshot & { provider: string; usable: boolean; lagging: boolean })[];
};

const PROBE_INTERVAL_MS = 5_000;

export function createRpcPool(config: RpcPoolConfig): RpcPool {
  const observe = guardObserver(config.observer, config.logger);
  const providers = createProviderSet(config, observe);
  const readFromEach: RpcPool['readFromEach'] = (count, calls, decode, options) =>
    readFromProviders({ chainId: config.chainId, providers }, count, calls, decode, options ?? {});

  async function readDecoded<T>(
    calls: readonly RpcCall[],
    decode: AnswerDecoder<T>,
    options?: ReadOptions,
  ): Promise<T> {
    const [answer] = await readFromEach(1, calls, decode, options);
    assert(answer !== undefined, 'a read that succeeded has an answer');
    return answer.value;
  }

  const probeIntervalMs = config.probeIntervalMs === undefined ? PROBE_INTERVAL_MS : config.probeIntervalMs;
  const timer = probeIntervalMs === null ? null : setInterval(() => void providers.probe(), probeIntervalMs);
  timer?.unref();
  if (timer !== null) void providers.probe();

  return {
    chainId: config.chainId,
    providerCount: providers.count,
    read: (method, params, options) =>
      readDecoded([{ method, params }], ([answer]) => resultOf(answer), options),
    readBatch: (calls, options) => readDecoded(calls, requireNoTrouble, options),
    readDecoded,
    readFromEach,
    async sendRawTransaction(raw) {
      const outcome = await sendToProviders({ providers, logger: config.logger }, raw);
      observe({ kind: 'send', outcome: outcome.kind });
      return outcome;
    },
    probe: providers.probe,
    health: providers.health,
    close() {
      if (timer !== null) clearInterval(timer);
      providers.close();
    },
  };
}

async function readFromProviders<T>(
  deps: { chainId: number; providers: ProviderSet },
  count: number,
  calls: readonly RpcCall[],
  decode: AnswerDecoder<T>,
  { freshness = 'head' }: ReadOptions,
): Promise<ProviderAnswer<T>[]> {
  assert(count >= 1, `a read needs at least one provider, not ${count}`);
  const { chainId, providers } = deps;
  const { queue, skipped: problems } = providers.candidates(freshness);
  let lastError: unknown;

  /** Takes providers from the common queue until one answers; null when none is left. */
  async function nextAnswer(): Promise<ProviderAnswer<T> | null> {
    for (let provider = queue.shift(); provider !== undefined; provider = queue.shift()) {
      try {
        if (provider.standing().use !== 'ready') await provider.check();
        // Known only after the check, which asks for the head.
        if (freshness === 'head' && providers.isLagging(provider)) {
          problems.push(laggingProblem(provider));
          continue;
        }
        const answers = await provider.call(calls);
        return { provider: provider.label, value: decode(answers, provider.label) };
      } catch (error) {
        if (!isWorthAnotherProvider(error)) throw error;
        lastError = error;
        problems.push({ provider: provider.label, problem: errorText(error) });
      }
    }
    return null;
  }

  const answers = await Promise.all(Array.from({ length: count }, nextAnswer));
  const found = answers.filter((answer) => answer !== null);
  if (found.length === count) return found;
  const what = `${describeCalls(calls)} needs ${count} of ${providers.count} providers and has ${found.length}`;
  throw new RpcUnavailableError(chainId, what, problems, lastError);
}

async function sendToProviders(
  deps: { providers: ProviderSet; logger: Logger },
  raw: Hex,
): Promise<SendOutcome> {
  const { providers, logger } = deps;
  const expectedHash = keccak256(raw);
  const { queue, skipped } = providers.candidates('history');
  // A node that lags may know neither our funds nor our nonce: it is asked, but last.
  const upToDate = queue.filter((provider) => !providers.isLagging(provider));
  const outcomes: SendOutcome[] = [];
  for (const provider of [...upToDate, ...queue.filter(providers.isLagging)]) {
    const outcome = await sendTo(provider, raw, expectedHash);
    logger.debug({ provider: provider.label, hash: expectedHash, outcome }, 'raw transaction sent');
    outcomes.push(outcome);
    if (outcome.kind === 'accepted' || outcome.kind === 'nonce_consumed') break;
  }
  if (outcomes.length === 0) {
    const reasons = skipped.map(({ provider, problem }) => `${provider}: ${problem}`).join('; ');
    return { kind: 'unknown', reason: `no provider could be asked: ${reasons}` };
  }
  return mergeSendOutcomes(outcomes);
}

async function sendTo(provider: RpcProvider, raw: Hex, expectedHash: Hex): Promise<SendOutcome> {
  try {
    const [answer] = await provider.call([{ method: 'eth_sendRawTransaction', params: [raw] }]);
    return classifySendAnswer(resultOf(answer), expectedHash);
  } catch (error) {
    return classifySendError(error);
  }
}

/** The answer's result, or its error thrown. */
export function resultOf(answer: RpcAnswer | undefined): unknown {
  assert(answer !== undefined, 'each call has an answer');
  if (!answer.ok) throw answer.error;
  return answer.result;
}

function requireNoTrouble(answers: readonly RpcAnswer[]): RpcAnswer[] {
  for (const answer of answers) {
    if (!answer.ok && isWorthAnotherProvider(answer.error)) throw answer.error;
  }
  return [...answers];
}

function describeCalls(calls: readonly RpcCall[]): string {
  const methods = [...new Set(calls.map(({ method }) => method))].join(', ');
  return calls.length === 1 ? methods : `${methods} (${calls.length} calls)`;
}
