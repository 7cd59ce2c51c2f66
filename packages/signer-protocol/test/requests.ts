import type { Hex } from '@naru/kit/hex.ts';
import { newUuid } from '@naru/kit/ids.ts';
import fc from 'fast-check';
import { AMOUNT_MAX } from '../src/limits.ts';
import type { SignRequest } from '../src/schema.ts';

/** Requests for tests: fixed ones to change by hand, arbitrary ones for properties. */

const hexDigits = fc.constantFrom(...'0123456789abcdef');
const arbitraryAddress = fc
  .array(hexDigits, { minLength: 40, maxLength: 40 })
  .map((digits): Hex => `0x${digits.join('')}`);
const arbitrarySalt = fc
  .array(hexDigits, { minLength: 64, maxLength: 64 })
  .map((digits): Hex => `0x${digits.join('')}`);
const arbitraryGas = fc.bigInt({ min: 21_000n, max: 32_000_000n });
const arbitraryUuid = fc.uuid({ version: 7 });

const arbitraryFees: fc.Arbitrary<SignRequest['fees']> = fc.oneof(
  fc
    .tuple(fc.bigInt({ min: 1n, max: 10n ** 12n }), fc.bigInt({ min: 0n, max: 10n ** 12n }))
    .map(([feeAboveTip, tip]) => ({
      kind: 'eip1559' as const,
      maxFeePerGasWei: tip + feeAboveTip,
      maxPriorityFeePerGasWei: tip,
    })),
  fc.record({ kind: fc.constant('legacy' as const), gasPriceWei: fc.bigInt({ min: 1n, max: 10n ** 12n }) }),
);

export const arbitraryItems = fc.uniqueArray(
  fc.record({ id: arbitraryUuid, to: arbitraryAddress, amount: fc.bigInt({ min: 1n, max: AMOUNT_MAX }) }),
  { minLength: 1, maxLength: 20, selector: (item) => item.id },
);

const arbitraryIntent: fc.Arbitrary<SignRequest['intent']> = fc.oneof(
  fc.record({
    kind: fc.constant('payout' as const),
    contract: arbitraryAddress,
    batchId: arbitraryUuid,
    token: fc.option(arbitraryAddress),
    gasPerItem: arbitraryGas,
    items: arbitraryItems,
  }),
  fc.record({ kind: fc.constant('approve' as const), token: arbitraryAddress, spender: arbitraryAddress }),
  fc.record({
    kind: fc.constant('sweep' as const),
    factory: arbitraryAddress,
    token: fc.option(arbitraryAddress),
    salts: fc.array(arbitrarySalt, { minLength: 1, maxLength: 20 }),
  }),
  fc.constant({ kind: 'cancel' as const }),
);

export const arbitraryRequest: fc.Arbitrary<SignRequest> = fc.record({
  requestId: arbitraryUuid,
  chainId: fc.integer({ min: 1, max: 2 ** 40 }),
  from: arbitraryAddress,
  nonce: fc.integer({ min: 0, max: 2 ** 40 }),
  gas: arbitraryGas,
  fees: arbitraryFees,
  intent: arbitraryIntent,
});

/** A payout of 5 and 7 units of a token on the local chain. */
export function payoutRequest(overrides: Partial<SignRequest> = {}): SignRequest {
  return {
    requestId: newUuid(),
    chainId: 31337,
    from: `0x${'11'.repeat(20)}`,
    nonce: 0,
    gas: 1_000_000n,
    fees: { kind: 'eip1559', maxFeePerGasWei: 2_000_000_000n, maxPriorityFeePerGasWei: 1n },
    intent: {
      kind: 'payout',
      contract: `0x${'c0'.repeat(20)}`,
      batchId: newUuid(),
      token: `0x${'70'.repeat(20)}`,
      gasPerItem: 100_000n,
      items: [
        { id: newUuid(), to: `0x${'a1'.repeat(20)}`, amount: 5n },
        { id: newUuid(), to: `0x${'a2'.repeat(20)}`, amount: 7n },
      ],
    },
    ...overrides,
  };
}
