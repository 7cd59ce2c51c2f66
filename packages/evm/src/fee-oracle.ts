import { computeFees, type FeeMarket, type FeePolicy, type FeeQuote } from './fees.ts';
import { toQuantity } from './quantity.ts';
import type { RpcAnswer } from './rpc/json-rpc-client.ts';
import { RpcDecodeError } from './rpc/rpc-errors.ts';
import { type RpcPool, resultOf } from './rpc/rpc-pool.ts';
import { decodeShape, feeHistoryShape, quantity } from './rpc-shapes.ts';

/** What to offer now. Rejects as reads of the pool do; a market above the ceiling is an answer, not an error. */
export async function quoteFees(pool: RpcPool, policy: FeePolicy): Promise<FeeQuote> {
  return computeFees(await readFeeMarket(pool, policy), policy);
}

/**
 * From `eth_feeHistory` (execution-apis, https://ethereum.github.io/execution-apis/): its list of base fees is one longer
 * than the blocks and ends with the next block's. Chains of the legacy model that do not know the method are asked for
 * `eth_gasPrice`.
 */
export async function readFeeMarket(pool: RpcPool, policy: FeePolicy): Promise<FeeMarket> {
  const feeHistory = {
    method: 'eth_feeHistory',
    params: [toQuantity(policy.historyBlocks), 'latest', [policy.rewardPercentile]],
  };
  if (policy.gasModel === 'eip1559') {
    return pool.readDecoded([feeHistory], ([answer]) => decodeFeeHistory(resultOf(answer)));
  }
  const gasPrice = { method: 'eth_gasPrice', params: [] };
  return pool.readDecoded([feeHistory, gasPrice], ([history, price]) => {
    if (!isUnsupported(history)) return decodeFeeHistory(resultOf(history));
    return { baseFeeWei: 0n, priorityFeeWei: decodeShape(quantity, resultOf(price), 'eth_gasPrice') };
  });
}

const METHOD_NOT_FOUND = -32601; // JSON-RPC 2.0
const METHOD_NOT_SUPPORTED = -32004; // EIP-1474

function isUnsupported(answer: RpcAnswer | undefined): boolean {
  if (answer === undefined || answer.ok) return false;
  const { code } = answer.error;
  return code === METHOD_NOT_FOUND || code === METHOD_NOT_SUPPORTED;
}

function decodeFeeHistory(result: unknown): FeeMarket {
  const { baseFeePerGas, reward, gasUsedRatio } = decodeShape(feeHistoryShape, result, 'eth_feeHistory');
  const baseFeeWei = baseFeePerGas.at(-1);
  if (baseFeeWei === undefined || baseFeePerGas.length !== gasUsedRatio.length + 1) {
    throw new RpcDecodeError('eth_feeHistory lacks the base fee of the next block');
  }
  // An empty block pays no tips, which says nothing about what a tip costs.
  const rewardsWei = (reward ?? []).flatMap((percentiles, index) =>
    (gasUsedRatio[index] ?? 0) > 0 ? percentiles.slice(0, 1) : [],
  );
  return { baseFeeWei, priorityFeeWei: medianOf(rewardsWei) };
}

/** The lower middle of an even count; 0 of none. */
export function medianOf(values: readonly bigint[]): bigint {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted[(sorted.length - 1) >> 1] ?? 0n;
}
