import type { Chain } from '@naru/core/chain/chain.ts';
import type { ChainPort } from '@naru/core/chain-tx/ports.ts';
import type { FeePolicy } from '@naru/evm/fees.ts';
import { createPayoutChain } from '@naru/evm/payout-chain.ts';
import type { RpcObserver } from '@naru/evm/rpc/rpc-observer.ts';
import { createRpcPool, type RpcPool } from '@naru/evm/rpc/rpc-pool.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { systemClock } from '@naru/kit/clock.ts';
import type { Logger } from '@naru/kit/logger.ts';

export type ConnectedChain = { chain: Chain; port: ChainPort; pool: RpcPool };

/** The fee rules that follow from a chain's definition. */
export function feePolicyOf(chain: Chain): FeePolicy {
  return {
    gasModel: chain.gasModel,
    feeCapWeiMax: chain.feePerGasWeiMax,
    feeCapWeiMin: chain.tipPerGasWeiMin > 0n ? chain.tipPerGasWeiMin : 1n,
    priorityFeeWeiMin: chain.tipPerGasWeiMin > 0n ? chain.tipPerGasWeiMin : 1n,
    // Twice the base fee outlasts five full blocks in a row.
    baseFeeHeadroomPercent: 200,
    rewardPercentile: 50,
    historyBlocks: 10,
  };
}

/** Opens the providers of a chain. Nothing is asked of them before the first use. */
export function connectChain(
  chain: Chain,
  options: { urls: readonly string[]; timeoutMs: number; logger: Logger; observer?: RpcObserver },
): ConnectedChain {
  const pool = createRpcPool({
    chainId: Number(chain.evmChainId),
    providers: options.urls.map((url) => ({ url })),
    timeoutMs: options.timeoutMs,
    clock: systemClock,
    logger: options.logger,
    ...(options.observer === undefined ? {} : { observer: options.observer }),
  });
  const port = createPayoutChain(pool, {
    payoutContract: assertPresent(chain.payoutContract, `payout contract of ${chain.id}`),
    feePolicy: feePolicyOf(chain),
  });
  return { chain, port, pool };
}
