import type { Deposit, DepositAddress } from '@naru/core/deposit/deposit.ts';
import type { Deposits } from '@naru/core/deposit/deposits.ts';
import { newUuid } from '@naru/kit/ids.ts';

/** A stand-in for the core, for tests of the edge alone: every new address has been paid once, below the minimum. */
export function createInMemoryDeposits(): Deposits {
  const addresses = new Map<string, DepositAddress>();
  const deposits = new Map<string, Deposit>();
  const own = <T extends { organisationId: string }>(rows: ReadonlyMap<string, T>, organisationId: string) =>
    [...rows.values()].filter((row) => row.organisationId === organisationId).reverse();

  return {
    async createAddress({ organisationId }, _key, { chain, label, takesCoin }) {
      const value: DepositAddress = {
        id: newUuid(),
        organisationId,
        chainId: chain,
        factory: `0x${'fa'.repeat(20)}`,
        address: `0x${'ad'.repeat(20)}`,
        label,
        takesCoin,
        state: 'OPEN',
        createdAt: new Date(),
      };
      addresses.set(value.id, value);
      const deposit = depositAt(value);
      deposits.set(deposit.id, deposit);
      return { kind: 'done', value, replayed: false };
    },
    getAny: async (id) => deposits.get(id) ?? null,
    getAddress: async ({ organisationId }, id) =>
      own(addresses, organisationId).find((row) => row.id === id) ?? null,
    listAddresses: async ({ organisationId }) => ({ data: own(addresses, organisationId), next: null }),
    get: async ({ organisationId }, id) => own(deposits, organisationId).find((row) => row.id === id) ?? null,
    list: async ({ organisationId }) => ({ data: own(deposits, organisationId), next: null }),
    listAll: async () => ({ data: [...deposits.values()], next: null }),
    async credit(id) {
      const deposit = deposits.get(id);
      if (deposit === undefined) {
        const refusal = {
          code: 'deposit_not_found',
          message: 'There is no such deposit.',
          retryable: false,
        } as const;
        return { kind: 'refused', replayed: false, refusal };
      }
      const value: Deposit = {
        ...deposit,
        state: 'CREDITED',
        uncreditedReason: null,
        creditedAt: new Date(),
      };
      deposits.set(id, value);
      return { kind: 'done', value, replayed: deposit.state === 'CREDITED' };
    },
  };
}

function depositAt(address: DepositAddress): Deposit {
  return {
    id: newUuid(),
    organisationId: address.organisationId,
    chain: address.chainId,
    addressId: address.id,
    address: address.address,
    asset: 'USDC',
    decimals: 6,
    token: `0x${'5d'.repeat(20)}`,
    amount: 12_500_000n,
    from: `0x${'ab'.repeat(20)}`,
    transactionHash: `0x${'5b'.repeat(32)}`,
    logIndex: 3,
    blockNumber: 12n,
    state: 'UNCREDITED',
    uncreditedReason: 'below_minimum',
    depth: 2n,
    confirmationsNeeded: 2,
    detectedAt: new Date(),
    creditedAt: null,
    position: 1n,
  };
}
