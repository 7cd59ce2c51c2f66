import type { Clock } from '@naru/kit/clock.ts';
import { errorText } from '@naru/kit/errors.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { parseQuantity } from '../quantity.ts';
import type { JsonRpcClient, RpcAnswer, RpcCall } from './json-rpc-client.ts';
import {
  createProviderHealth,
  type HealthLimits,
  type HealthSnapshot,
  type ProviderHealth,
  type Standing,
} from './provider-health.ts';
import { classifyReadError } from './rpc-error-class.ts';
import { RpcDecodeError, RpcResponseError, RpcTransportError, WrongChainError } from './rpc-errors.ts';
import type { RpcEvent, RpcObserver } from './rpc-observer.ts';

/** One provider of a pool: its client, its health, and the check it must pass before it is used. */
export type RpcProvider = {
  readonly label: string;
  standing(): Standing;
  snapshot(): HealthSnapshot;
  /**
   * The calls in as few HTTP requests as the batch limit allows, one after the other. Checks the provider first when that
   * is due. Rejects with `RpcTransportError`, or with `RpcResponseError` when a whole batch was refused.
   */
  call(calls: readonly RpcCall[]): Promise<RpcAnswer[]>;
  /** Asks for chain id and head. Rejects when the provider fails or serves another chain. Concurrent calls share one. */
  check(): Promise<void>;
  /** Measures the lag anew, against heads that were named after this provider's own. */
  compareHead(): void;
  close(): void;
};

type ProviderDeps = {
  client: JsonRpcClient;
  clock: Clock;
  random: () => number;
  logger: Logger;
  observe: RpcObserver;
  /** The best head that any provider of the chain has named lately. */
  bestHead: () => bigint | null;
};

export function createRpcProvider(
  deps: ProviderDeps,
  config: { chainId: number; batchSizeMax: number; healthLimits: HealthLimits },
): RpcProvider {
  const { client, observe } = deps;
  const label = client.label;
  const logger = deps.logger.child({ provider: label, chainId: config.chainId });
  const health = createProviderHealth({
    clock: deps.clock,
    random: deps.random,
    limits: config.healthLimits,
    onBreakerChange(state, problem) {
      observe({ kind: 'breaker', provider: label, state });
      if (state === 'open') logger.warn({ problem }, 'RPC provider taken out of use for a while');
      if (state === 'closed') logger.info('RPC provider back in use');
    },
  });
  const exchange = createExchange(deps, health);
  let checkUnderWay: Promise<void> | null = null;

  async function runCheck(): Promise<void> {
    health.checkStarted();
    const [answer] = await exchange(CHECK_CALLS);
    const chainId = answer?.ok === true ? parseQuantity(answer.result) : null;
    if (chainId === null) {
      const problem = answer?.ok === false ? errorText(answer.error) : 'eth_chainId is no number';
      health.failed(problem);
      throw new RpcDecodeError(`${label}: cannot tell its chain: ${problem}`);
    }
    if (chainId !== BigInt(config.chainId)) {
      health.servesWrongChain(Number(chainId), config.chainId);
      observe({ kind: 'wrong_chain', provider: label, chainId: Number(chainId) });
      const text = `serves chain ${chainId}, not ${config.chainId}; correct its URL in the configuration`;
      logger.error(`RPC provider ${text}`);
      throw new WrongChainError(`${label}: ${text}`);
    }
    health.checkPassed();
  }

  function check(): Promise<void> {
    checkUnderWay ??= runCheck().finally(() => {
      checkUnderWay = null;
    });
    return checkUnderWay;
  }

  return {
    label,
    standing: health.standing,
    snapshot: health.snapshot,
    check,
    compareHead() {
      const { headBlockNumber } = health.snapshot();
      if (headBlockNumber !== null) health.headSeen(headBlockNumber, deps.bestHead() ?? headBlockNumber);
    },
    async call(calls) {
      if (health.standing().use !== 'ready') await check();
      const answers: RpcAnswer[] = [];
      for (let start = 0; start < calls.length; start += config.batchSizeMax) {
        answers.push(...(await exchange(calls.slice(start, start + config.batchSizeMax))));
      }
      return answers;
    },
    close: client.close,
  };
}

const CHECK_CALLS: readonly RpcCall[] = [
  { method: 'eth_chainId', params: [] },
  { method: 'eth_blockNumber', params: [] },
];

/** One HTTP request: sent, measured, reported, and what it tells about the provider noted. */
function createExchange({ client, clock, observe, bestHead }: ProviderDeps, health: ProviderHealth) {
  const provider = client.label;

  function noteHeads(calls: readonly RpcCall[], answers: readonly RpcAnswer[]): void {
    answers.forEach((answer, index) => {
      const blockNumber = answer.ok ? headIn(calls[index], answer.result) : null;
      if (blockNumber === null) return;
      health.headSeen(blockNumber, bestHead() ?? blockNumber);
      observe({ kind: 'head', provider, blockNumber, lagBlocks: health.snapshot().lagBlocks ?? 0n });
    });
  }

  return async function exchange(calls: readonly RpcCall[]): Promise<RpcAnswer[]> {
    const startedAtMs = clock.monotonicMs();
    const report = (outcome: Extract<RpcEvent, { kind: 'request' }>['outcome']) => {
      const durationMs = clock.monotonicMs() - startedAtMs;
      const method = calls.length === 1 ? (calls[0]?.method ?? 'batch') : 'batch';
      observe({ kind: 'request', provider, method, callCount: calls.length, durationMs, outcome });
      return durationMs;
    };
    try {
      const answers = await send(client, calls);
      const durationMs = report(answers.every(({ ok }) => ok) ? 'ok' : 'rpc_error');
      if (answers.some(isRateLimit)) health.failed('rate limited');
      else health.succeeded(durationMs);
      noteHeads(calls, answers);
      return answers;
    } catch (error) {
      if (error instanceof RpcTransportError) {
        report(error.failure);
        if (error.failure !== 'closed') health.failed(error.message);
      } else if (error instanceof RpcResponseError) {
        report('rpc_error');
        health.failed(error.message);
      }
      throw error;
    }
  };
}

function isRateLimit(answer: RpcAnswer): boolean {
  return !answer.ok && classifyReadError(answer.error) === 'rate_limited';
}

/** One call goes out as a plain request: not every gateway takes batches, and none charges less for a batch of one. */
async function send(client: JsonRpcClient, calls: readonly RpcCall[]): Promise<RpcAnswer[]> {
  const [only] = calls;
  if (only === undefined || calls.length > 1) return client.requestBatch(calls);
  try {
    return [{ ok: true, result: await client.request(only.method, only.params) }];
  } catch (error) {
    if (error instanceof RpcResponseError) return [{ ok: false, error }];
    throw error;
  }
}

/** The head's number, when this answer tells it in passing. */
function headIn(call: RpcCall | undefined, result: unknown): bigint | null {
  if (call?.method === 'eth_blockNumber') return parseQuantity(result);
  const isLatestBlock = call?.method === 'eth_getBlockByNumber' && call.params[0] === 'latest';
  if (!isLatestBlock || typeof result !== 'object' || result === null || !('number' in result)) return null;
  return parseQuantity(result.number);
}
