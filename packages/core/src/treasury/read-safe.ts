import type { Hex } from '@naru/kit/hex.ts';
import { maxUnits, minUnits } from '@naru/kit/money.ts';
import { hashSafeDomain } from '@naru/safe/safe-transaction.ts';
import type { Chain } from '../chain/chain.ts';
import type { ChainPort, SafeState } from '../chain-tx/ports.ts';

export type SafeReading = {
  /** EIP-55. */
  owners: Hex[];
  threshold: number;
  /** The Safe's next transaction, newest, and after `finalBlock`. */
  nonce: bigint;
  finalNonce: bigint;
  finalBlock: bigint;
};

export type SafeAnswer =
  | { kind: 'read'; reading: SafeReading }
  /** No Safe answers at the address. */
  | { kind: 'absent' }
  /** It hashes its transactions in another way: a Safe before version 1.3.0. */
  | { kind: 'unsupported' }
  /** The providers say different things. */
  | { kind: 'disagreed' };

/**
 * The Safe as two providers (where two are configured) agree on it, at one block that both have. Its nonce at final depth
 * is the newest one less its transactions since: nodes have thrown the state of final blocks away on chains where those
 * are far behind, and keep the logs.
 */
export async function readSafe(port: ChainPort, chain: Chain, safe: Hex): Promise<SafeAnswer> {
  const providers = Math.min(2, port.providerCount);
  const block = (await port.heads(providers)).reduce(minUnits);
  const finalBlock = maxUnits(block - BigInt(chain.confirmations) + 1n, 0n);
  const states = await port.safeState(safe, finalBlock + 1n, block, providers);
  const [state = null] = states;
  if (states.some((one) => textOf(one) !== textOf(state))) return { kind: 'disagreed' };
  if (state === null) return { kind: 'absent' };
  if (state.domainSeparator !== hashSafeDomain({ evmChainId: chain.evmChainId, safe }))
    return { kind: 'unsupported' };
  const { owners, threshold, nonce } = state;
  const finalNonce = nonce - BigInt(state.executions);
  if (finalNonce < 0n) return { kind: 'disagreed' };
  return { kind: 'read', reading: { owners, threshold, nonce, finalNonce, finalBlock } };
}

function textOf(state: SafeState | null): string {
  if (state === null) return '';
  const { owners, threshold, nonce, executions, domainSeparator, blockHash } = state;
  return [[...owners].sort().join(), threshold, nonce, executions, domainSeparator, blockHash].join(' ');
}
