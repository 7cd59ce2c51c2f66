import { newUuid } from '@naru/kit/ids.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chainDefinitions } from '../chain/chain.definitions.ts';
import type { Asset, Chain } from '../chain/chain.ts';
import { defaultOperation } from '../chain/chain-operation.ts';
import { AMOUNT_MAX } from '../withdrawal/withdrawal.limits.ts';
import type { CoinWorth } from './coin-worth.ts';
import { feeHoldId } from './fee-hold.ts';
import {
  computeFee,
  decideFee,
  type FeeBook,
  type FeeSchedule,
  type FeeTerms,
  noFees,
} from './withdrawal-fee.ts';

const free: FeeTerms = { flat: 0n, basisPoints: 0, gasPercent: 0, feeMin: 0n, feeMax: null };

describe('what a fee comes to', () => {
  test.each<[string, Partial<FeeTerms>, amount: bigint, gas: bigint, fee: bigint]>([
    ['nothing', {}, 1_000n, 5n, 0n],
    ['flat', { flat: 30n }, 1_000n, 5n, 30n],
    ['a tenth of a percent, rounded up', { basisPoints: 10 }, 1_001n, 5n, 2n],
    ['the cost of its gas and a half, rounded up', { gasPercent: 150 }, 1_000n, 5n, 8n],
    ['all together', { flat: 30n, basisPoints: 100, gasPercent: 100 }, 1_000n, 5n, 45n],
    ['no less than', { basisPoints: 10, feeMin: 7n }, 1_000n, 0n, 7n],
    ['no more than', { flat: 100n, feeMax: 40n }, 1_000n, 0n, 40n],
  ])('%s', (_name, terms, amount, gas, fee) => {
    expect(computeFee({ ...free, ...terms }, amount, gas)).toBe(fee);
  });

  test('is never less than its parts, less than one unit more for each, and within its bounds', () => {
    const units = fc.bigInt({ min: 0n, max: 10n ** 30n });
    fc.assert(
      fc.property(
        units,
        units,
        fc.record({
          flat: units,
          basisPoints: fc.nat(10_000),
          gasPercent: fc.nat(1_000),
          feeMin: fc.bigInt({ min: 0n, max: 10n ** 6n }),
        }),
        (amount, gas, parts) => {
          const fee = computeFee({ ...parts, feeMax: null }, amount, gas);
          const exact =
            1_000_000n * parts.flat +
            100n * amount * BigInt(parts.basisPoints) +
            10_000n * gas * BigInt(parts.gasPercent);
          if (fee > parts.feeMin) expect(fee * 1_000_000n).toBeLessThan(exact + 2_000_000n);
          expect(fee * 1_000_000n).toBeGreaterThanOrEqual(exact);
          expect(fee).toBeGreaterThanOrEqual(parts.feeMin);
          expect(fee).toBeLessThanOrEqual(AMOUNT_MAX);
        },
      ),
    );
  });
});

describe('whose schedule counts', () => {
  const [definition] = chainDefinitions;
  if (definition === undefined) throw new Error('no chain');
  const chain: Chain = {
    ...definition,
    payoutContract: null,
    depositFactory: null,
    enabled: true,
    operation: defaultOperation,
  };
  const coin = { id: 'localhost:ETH', chainId: 'localhost', address: null, gasPerItem: 50_000n } as Asset;
  const token: Asset = { ...coin, id: 'localhost:USDC', code: 'USDC', address: '0x70', unitsPerCoin: null };
  const schedule = (changes: Partial<FeeSchedule>): FeeSchedule => ({
    ...free,
    id: newUuid(),
    assetId: 'localhost:USDC',
    organisationId: null,
    version: 1,
    ended: false,
    actor: 'me',
    reason: 'why',
    at: new Date(),
    ...changes,
  });
  const bookOf = (schedules: FeeSchedule[], weiPerGas?: bigint, worth?: CoinWorth): FeeBook => ({
    schedules: new Map(
      schedules.map((one) => [
        one.organisationId === null ? one.assetId : `${one.assetId}/${one.organisationId}`,
        one,
      ]),
    ),
    gasPrices: new Map(weiPerGas === undefined ? [] : [['localhost', weiPerGas]]),
    coinWorth: new Map(worth === undefined ? [] : [[token.id, worth]]),
  });
  const decide = (book: FeeBook, asset = token, organisationId = 'me') =>
    decideFee(book, { chain, asset, organisationId, amount: 1_000n });

  test("an organisation's own, until it ends; then everybody's; else nothing is charged", () => {
    const common = schedule({ flat: 5n });
    const own = schedule({ flat: 3n, organisationId: 'me' });
    expect(decide(noFees)).toEqual({ kind: 'known', fee: 0n, scheduleId: null });
    expect(decide(bookOf([common, own]))).toMatchObject({ fee: 3n, scheduleId: own.id });
    expect(decide(bookOf([common, own]), token, 'another')).toMatchObject({ fee: 5n, scheduleId: common.id });
    expect(decide(bookOf([common, { ...own, ended: true }]))).toMatchObject({ fee: 5n });
    expect(decide(bookOf([{ ...common, ended: true }]))).toMatchObject({ fee: 0n, scheduleId: null });
  });

  test('by gas: in the coin as it is, in a token at what the coin is worth; unknown is unknown', () => {
    const byGas = { ...schedule({ gasPercent: 100 }) };
    const forCoin = { ...byGas, assetId: coin.id };
    expect(decide(bookOf([forCoin], 2n), coin)).toMatchObject({ fee: 100_000n });
    expect(decide(bookOf([forCoin]), coin)).toMatchObject({ kind: 'unknown' });
    expect(decide(bookOf([byGas], 2n))).toMatchObject({ kind: 'unknown' });
    const why = 'the last rate ETH/USD is too old';
    expect(decide(bookOf([byGas], 2n, { kind: 'unknown', why }))).toEqual({
      kind: 'unknown',
      why: `what ETH is worth in USDC is not known at the moment: ${why}`,
    });
    // 2,000 USDC a coin: 10^14 wei of gas are 0.2 USDC.
    const worth = { kind: 'fixed', numerator: 2_000_000_000n, denominator: 1n, why } as const;
    expect(decide(bookOf([byGas], 2_000_000_000n, worth))).toMatchObject({ fee: 200_000n });
    expect(decide(bookOf([byGas], 1n, worth))).toMatchObject({ fee: 1n });
  });
});

test('the id of a fee’s hold is one of its own, and the same each time', () => {
  const id = newUuid();
  expect(feeHoldId(id)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-/);
  expect(feeHoldId(id)).not.toBe(id);
  expect(feeHoldId(id).replace(/^(.{14})8/, '$17')).toBe(id);
});
