import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chainDefinitions } from '../chain/chain.definitions.ts';
import type { Asset, Chain } from '../chain/chain.ts';
import { defaultOperation } from '../chain/chain-operation.ts';
import {
  type AccountState,
  batchGas,
  chooseAccount,
  itemsMax,
  lanes,
  shouldWait,
  takeCovered,
} from './planner.ts';

const chains: Chain[] = chainDefinitions.map((definition) => ({
  ...definition,
  payoutContract: '0x5FbDB2315678afecb367f032d93F642f64180aa3',
  depositFactory: null,
  enabled: true,
  operation: defaultOperation,
}));
const asset: Asset = {
  id: 'x:USDC',
  chainId: 'x',
  code: 'USDC',
  symbol: 'USDC',
  address: '0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359',
  decimals: 6,
  minimum: 1n,
  maximum: null,
  unitsPerCoin: null,
  gasPerItem: 27_500n,
  transferGasMax: 100_000n,
  enabled: true,
};

describe('batches', () => {
  test.each(chains)('on $id a full batch fits under the gas ceiling of a transaction', (chain) => {
    for (const lane of lanes) {
      const items = itemsMax(chain, asset, lane);
      expect(items).toBeGreaterThanOrEqual(1);
      expect(items).toBeLessThanOrEqual(chain.batchItemsMax);
      expect(batchGas(chain, asset, items)).toBeLessThanOrEqual(chain.txGasMax);
    }
  });

  test('an emergency is always paid alone', () => {
    for (const chain of chains) expect(itemsMax(chain, asset, 'EMERGENCY')).toBe(1);
  });

  test('an asset that needs too much gas for two is still paid one by one', () => {
    const [chain] = chains;
    if (chain === undefined) throw new Error('no chain');
    expect(itemsMax({ ...chain, txGasMax: 200_000n }, { ...asset, gasPerItem: 1_000_000n }, 'STANDARD')).toBe(
      1,
    );
  });

  test('only standard withdrawals wait for company, and not for long', () => {
    expect(shouldWait('STANDARD', { items: 1, oldestAgeMs: 0, moreComing: false }, 100)).toBe(true);
    expect(shouldWait('STANDARD', { items: 1, oldestAgeMs: 1_000, moreComing: false }, 100)).toBe(false);
    expect(shouldWait('STANDARD', { items: 100, oldestAgeMs: 0, moreComing: false }, 100)).toBe(false);
    expect(shouldWait('VIP', { items: 1, oldestAgeMs: 0, moreComing: false }, 100)).toBe(false);
    expect(shouldWait('STANDARD', { items: 1, oldestAgeMs: 1_000, moreComing: true }, 100)).toBe(true);
    expect(shouldWait('EMERGENCY', { items: 1, oldestAgeMs: 0, moreComing: false }, 1)).toBe(false);
  });
});

const account = fc.record({
  id: fc.uuid(),
  inFlight: fc.integer({ min: 0, max: 20 }),
  available: fc.bigInt({ min: -100n, max: 1_000n }),
});

describe('the account to pay from', () => {
  test('has a free slot and the money, and no other that has both is less busy', () => {
    fc.assert(
      fc.property(
        fc.array(account),
        fc.bigInt({ min: 1n, max: 1_000n }),
        fc.integer({ min: 1, max: 16 }),
        (accounts, amount, slots) => {
          const fits = (one: AccountState) => one.inFlight < slots && one.available >= amount;
          const chosen = chooseAccount(accounts, 'VIP', amount, slots);
          if (chosen === null) return !accounts.some(fits);
          return fits(chosen) && accounts.filter(fits).every((one) => one.inFlight >= chosen.inFlight);
        },
      ),
    );
  });

  test('standard withdrawals leave slots to urgent ones', () => {
    const busy = [{ id: 'a', inFlight: 14, available: 100n }];
    expect(chooseAccount(busy, 'STANDARD', 1n, 16)).toBeNull();
    expect(chooseAccount(busy, 'EMERGENCY', 1n, 16)).not.toBeNull();
  });
});

test('what is taken is covered, in order, and nothing that still fits is left out', () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: 1n, max: 100n })),
      fc.bigInt({ min: 0n, max: 500n }),
      (amounts, available) => {
        const items = amounts.map((amount, index) => ({ amount, index }));
        const taken = takeCovered(items, available);
        const sum = taken.reduce((total, { amount }) => total + amount, 0n);
        const ordered = taken.every(
          (item, place) => place === 0 || (taken[place - 1]?.index ?? -1) < item.index,
        );
        const left = items.filter((item) => !taken.includes(item));
        return sum <= available && ordered && left.every(({ amount }) => amount > available - sum);
      },
    ),
  );
});
