import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { medianOf } from './fee-oracle.ts';
import { bumpFees, computeFees, type FeePolicy, type Fees } from './fees.ts';

const GWEI = 10n ** 9n;
const policy: FeePolicy = {
  gasModel: 'eip1559',
  feeCapWeiMax: 500n * GWEI,
  feeCapWeiMin: 0n,
  priorityFeeWeiMin: 1n * GWEI,
  baseFeeHeadroomPercent: 200,
  rewardPercentile: 50,
  historyBlocks: 10,
};

const wei = fc.bigInt({ min: 0n, max: 10n ** 13n });
const anyPolicy = fc
  .record({
    gasModel: fc.constantFrom('eip1559' as const, 'legacy' as const),
    cap: fc.bigInt({ min: 1n, max: 10n ** 13n }),
    floorShare: fc.bigInt({ min: 0n, max: 100n }),
    priorityFeeWeiMin: fc.bigInt({ min: 0n, max: 10n ** 12n }),
    baseFeeHeadroomPercent: fc.integer({ min: 100, max: 400 }),
  })
  .map(
    ({ cap, floorShare, ...rest }): FeePolicy => ({
      ...policy,
      ...rest,
      feeCapWeiMax: cap,
      feeCapWeiMin: (cap * floorShare) / 100n,
    }),
  );

const feesOf = (gasModel: FeePolicy['gasModel']): fc.Arbitrary<Fees> =>
  gasModel === 'legacy'
    ? wei.map((gasPriceWei): Fees => ({ kind: 'legacy', gasPriceWei }))
    : fc.tuple(wei, wei).map(
        ([tipWei, restWei]): Fees => ({
          kind: 'eip1559',
          maxFeePerGasWei: tipWei + restWei,
          maxPriorityFeePerGasWei: tipWei,
        }),
      );

const fieldsOf = (fees: Fees): bigint[] =>
  fees.kind === 'legacy' ? [fees.gasPriceWei] : [fees.maxFeePerGasWei, fees.maxPriorityFeePerGasWei];

describe('a quote', () => {
  it('leaves headroom for the base fee and adds the tip', () => {
    expect(computeFees({ baseFeeWei: 30n * GWEI, priorityFeeWei: 2n * GWEI }, policy)).toEqual({
      kind: 'eip1559',
      maxFeePerGasWei: 62n * GWEI,
      maxPriorityFeePerGasWei: 2n * GWEI,
    });
  });

  it('gives up headroom under the ceiling, then tip, then says no', () => {
    const quoteAt = (baseFeeGwei: bigint) =>
      computeFees({ baseFeeWei: baseFeeGwei * GWEI, priorityFeeWei: 5n * GWEI }, policy);
    expect(quoteAt(300n)).toMatchObject({
      maxFeePerGasWei: 500n * GWEI,
      maxPriorityFeePerGasWei: 5n * GWEI,
    });
    expect(quoteAt(498n)).toMatchObject({
      maxFeePerGasWei: 500n * GWEI,
      maxPriorityFeePerGasWei: 2n * GWEI,
    });
    expect(quoteAt(500n)).toEqual({
      kind: 'ceiling_exceeded',
      baseFeeWei: 500n * GWEI,
      neededWei: 501n * GWEI,
      feeCapWeiMax: 500n * GWEI,
    });
  });

  it('stays between floor and ceiling and is taken by the next block, or says no', () => {
    fc.assert(
      fc.property(anyPolicy, wei, wei, (anyOne, baseFeeWei, priorityFeeWei) => {
        const quote = computeFees({ baseFeeWei, priorityFeeWei }, anyOne);
        if (quote.kind === 'ceiling_exceeded') {
          expect(quote.neededWei).toBeGreaterThan(anyOne.feeCapWeiMax);
          return;
        }
        const [maxFeeWei = 0n, tipWei = anyOne.priorityFeeWeiMin] = fieldsOf(quote);
        expect(maxFeeWei <= anyOne.feeCapWeiMax && maxFeeWei >= anyOne.feeCapWeiMin).toBe(true);
        expect(maxFeeWei).toBeGreaterThanOrEqual(baseFeeWei + tipWei);
        expect(tipWei).toBeGreaterThanOrEqual(anyOne.priorityFeeWeiMin);
      }),
    );
  });

  it('refuses a policy whose floor is above its ceiling', () => {
    expect(() =>
      computeFees({ baseFeeWei: 0n, priorityFeeWei: 0n }, { ...policy, feeCapWeiMin: 501n * GWEI }),
    ).toThrow('floor');
  });
});

describe('a bump', () => {
  /** geth's rule (core/txpool/legacypool/list.go): strictly more, and at least 10 % more, in each field. */
  const replaces = (before: Fees, after: Fees) => {
    const old = fieldsOf(before);
    return fieldsOf(after).every((now, index) => {
      const then = old[index] ?? 0n;
      return now > then && now >= (then * 110n) / 100n;
    });
  };
  const situation = anyPolicy.chain((anyOne) =>
    fc.record({
      policy: fc.constant(anyOne),
      previous: feesOf(anyOne.gasModel),
      quote: fc.option(feesOf(anyOne.gasModel)),
    }),
  );

  it('is taken as a replacement and stays under the ceiling, or says that it cannot', () => {
    fc.assert(
      fc.property(situation, ({ policy: anyOne, previous, quote }) => {
        const bump = bumpFees(previous, quote, anyOne);
        if (bump.kind === 'ceiling_reached') {
          expect(bump.neededWei).toBeGreaterThan(anyOne.feeCapWeiMax);
          return;
        }
        expect(replaces(previous, bump.fees)).toBe(true);
        const [maxFeeWei = 0n, tipWei = 0n] = fieldsOf(bump.fees);
        expect(maxFeeWei).toBeLessThanOrEqual(anyOne.feeCapWeiMax);
        expect(tipWei).toBeLessThanOrEqual(maxFeeWei);
      }),
    );
  });

  it('says no only when a least replacement would break the ceiling', () => {
    fc.assert(
      fc.property(situation, ({ policy: anyOne, previous, quote }) => {
        const [maxFeeWei = 0n] = fieldsOf(previous);
        const least = maxFeeWei * 9n <= maxFeeWei * 8n + 8n ? maxFeeWei + 1n : (maxFeeWei * 9n + 7n) / 8n;
        const isPossible = least <= anyOne.feeCapWeiMax;
        expect(bumpFees(previous, quote, anyOne).kind === 'bumped').toBe(isPossible);
      }),
    );
  });

  it('rounds up, and raises a tip of zero', () => {
    const previous: Fees = { kind: 'eip1559', maxFeePerGasWei: 9n, maxPriorityFeePerGasWei: 0n };
    expect(bumpFees(previous, null, policy)).toEqual({
      kind: 'bumped',
      fees: { kind: 'eip1559', maxFeePerGasWei: 11n, maxPriorityFeePerGasWei: 1n },
    });
  });

  it('follows a market that has risen by more', () => {
    const previous: Fees = { kind: 'legacy', gasPriceWei: 10n * GWEI };
    const quote: Fees = { kind: 'legacy', gasPriceWei: 40n * GWEI };
    expect(bumpFees(previous, quote, { ...policy, gasModel: 'legacy' })).toEqual({
      kind: 'bumped',
      fees: quote,
    });
  });

  it('can be repeated until the ceiling, and not for ever', () => {
    let fees: Fees = { kind: 'eip1559', maxFeePerGasWei: 30n * GWEI, maxPriorityFeePerGasWei: GWEI };
    let count = 0;
    for (
      let bump = bumpFees(fees, null, policy);
      bump.kind === 'bumped';
      bump = bumpFees(fees, null, policy)
    ) {
      fees = bump.fees;
      count += 1;
    }
    expect(count).toBe(23); // 30 gwei × 1.125^23 = 450 gwei, and one more would be above 500
  });

  it('does not change the type of a transaction', () => {
    expect(() => bumpFees({ kind: 'legacy', gasPriceWei: 1n }, null, policy)).toThrow('legacy');
  });
});

describe('the median tip', () => {
  it('is the lower middle, and zero of none', () => {
    expect(medianOf([])).toBe(0n);
    expect(medianOf([5n])).toBe(5n);
    expect(medianOf([9n, 1n, 5n])).toBe(5n);
    expect(medianOf([10n, 9n, 2n, 1n])).toBe(2n);
  });
});
