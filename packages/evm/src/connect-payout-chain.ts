import type { Clock } from '@naru/kit/clock.ts';
import type { Hex } from '@naru/kit/hex.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { FeePolicy } from './fees.ts';
import { createPayoutChain } from './payout-chain.ts';
import type { RpcObserver } from './rpc/rpc-observer.ts';
import { createRpcPool, type RpcPool } from './rpc/rpc-pool.ts';

/** What a connection needs to know of a chain; the database's row has all of it. */
export type ConnectableChain = {
  evmChainId: bigint;
  gasModel: 'eip1559' | 'legacy';
  feePerGasWeiMax: bigint;
  tipPerGasWeiMin: bigint;
  payoutContract: Hex;
};

export type PayoutChain = ReturnType<typeof createPayoutChain>;

/** Opens the providers of a chain, the first in the list preferred. Close the pool when done. */
export function connectPayoutChain(
  chain: ConnectableChain,
  options: {
    urls: readonly string[];
    timeoutMs: number;
    clock: Clock;
    logger: Logger;
    observer?: RpcObserver;
  },
): { port: PayoutChain; pool: RpcPool } {
  const pool = createRpcPool({
    chainId: Number(chain.evmChainId),
    providers: options.urls.map((url) => ({ url })),
    timeoutMs: options.timeoutMs,
    clock: options.clock,
    logger: options.logger,
    ...(options.observer === undefined ? {} : { observer: options.observer }),
  });
  return {
    pool,
    port: createPayoutChain(pool, { payoutContract: chain.payoutContract, feePolicy: feePolicyOf(chain) }),
  };
}

/** The fee rules that follow from a chain's definition. */
function feePolicyOf(chain: ConnectableChain): FeePolicy {
  const leastWei = chain.tipPerGasWeiMin > 0n ? chain.tipPerGasWeiMin : 1n;
  return {
    gasModel: chain.gasModel,
    feeCapWeiMax: chain.feePerGasWeiMax,
    feeCapWeiMin: leastWei,
    priorityFeeWeiMin: leastWei,
    // Twice the base fee outlasts five full blocks in a row.
    baseFeeHeadroomPercent: 200,
    rewardPercentile: 50,
    historyBlocks: 10,
  };
}
