import type { Hex } from '@naru/kit/hex.ts';
import { encodeFunctionData, erc20Abi, getAddress } from 'viem';
import type { SafeTransaction } from './safe-transaction.ts';

/**
 * A Safe pays an amount of a token, or of the coin (`token` null). Nothing of the coin to itself uses a nonce up: what
 * else was signed for it can then never be executed.
 */
export type SafeTransfer = { token: Hex | null; to: Hex; amount: bigint; nonce: bigint };

export function safeTransactionOf({ token, to, amount, nonce }: SafeTransfer): SafeTransaction {
  if (token === null) return { to: getAddress(to.toLowerCase()), valueWei: amount, data: '0x', nonce };
  const data = encodeFunctionData({
    abi: erc20Abi,
    functionName: 'transfer',
    args: [getAddress(to.toLowerCase()), amount],
  });
  return { to: getAddress(token.toLowerCase()), valueWei: 0n, data, nonce };
}
