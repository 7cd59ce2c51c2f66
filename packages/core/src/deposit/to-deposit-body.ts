import { toPublicId } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';
import { toSafeNumber } from '@naru/kit/safe-number.ts';
import type { DepositBody } from '@naru/wire/deposit.ts';
import type { Deposit } from './deposit.ts';

/** A deposit as its organisation sees it: the same by the API and in an event. */
export function toDepositBody(deposit: Deposit): DepositBody {
  return {
    id: toPublicId('deposit', deposit.id),
    object: 'deposit',
    state: deposit.state,
    chain: deposit.chain,
    asset: deposit.asset,
    token: deposit.token,
    amount: formatAmount(deposit.amount, deposit.decimals ?? 0),
    addressId: toPublicId('depositAddress', deposit.addressId),
    address: deposit.address,
    from: deposit.from,
    transactionHash: deposit.transactionHash,
    logIndex: deposit.logIndex,
    blockNumber: toSafeNumber(deposit.blockNumber),
    depth: deposit.depth === null ? null : toSafeNumber(deposit.depth),
    requiredDepth: deposit.confirmationsNeeded,
    uncreditedReason: deposit.uncreditedReason,
    detectedAt: deposit.detectedAt.toISOString(),
    creditedAt: deposit.creditedAt?.toISOString() ?? null,
  };
}
