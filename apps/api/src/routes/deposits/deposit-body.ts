import type { Deposit, DepositAddress } from '@naru/core/deposit/deposit.ts';
import { toDepositBody } from '@naru/core/deposit/to-deposit-body.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import type { AdminDepositBody, DepositAddressBody } from '@naru/wire/deposit.ts';

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
