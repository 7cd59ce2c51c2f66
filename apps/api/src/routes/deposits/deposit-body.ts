import type { Deposit, DepositAddress } from '@naru/core/deposit/deposit.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';
import type { AdminDepositBody, DepositAddressBody, DepositBody } from '@naru/wire/deposit.ts';
import { toSafeNumber } from '../to-body.ts';

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

export function toAdminDepositBody(deposit: Deposit): AdminDepositBody {
  return { ...toDepositBody(deposit), organisationId: toPublicId('organisation', deposit.organisationId) };
}

export function toAddressBody(address: DepositAddress): DepositAddressBody {
  return {
    id: toPublicId('depositAddress', address.id),
    object: 'deposit_address',
    chain: address.chainId,
    address: address.address,
    label: address.label,
    coin: address.takesCoin,
    coinReady: address.state === 'DEPLOYED',
    createdAt: address.createdAt.toISOString(),
  };
}
