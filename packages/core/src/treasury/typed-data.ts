import { typedDataOf } from '@naru/safe/safe-transaction.ts';
import { safeTransactionOf } from '@naru/safe/safe-transfer.ts';
import type { Proposal } from './treasury.ts';

/** What an owner's wallet shows and signs, as JSON text for `eth_signTypedData_v4`. Its hash is the proposal's. */
export function typedDataTextOf(
  proposal: Pick<Proposal, 'evmChainId' | 'safe' | 'asset' | 'to' | 'amount' | 'safeNonce'>,
): string {
  const { evmChainId, safe, asset, to, amount, safeNonce } = proposal;
  const transaction = safeTransactionOf({ token: asset?.token ?? null, to, amount, nonce: safeNonce });
  return typedDataOf({ evmChainId, safe }, transaction);
}
