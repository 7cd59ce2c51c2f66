import { formatAmount } from '@naru/kit/money.ts';
import fc from 'fast-check';
import { getAddress } from 'viem';
import { describe, expect, test } from 'vitest';
import { chainDefinitions } from '../chain/chain.definitions.ts';
import type { Asset, Catalogue, Chain } from '../chain/chain.ts';
import { defaultOperation } from '../chain/chain-operation.ts';
import { noFees } from '../withdrawal-fee/withdrawal-fee.ts';
import { checkRequest } from './check-request.ts';
import { callerOf, PAYOUT_CONTRACT, RECIPIENT, requestOf, USDC, USDC_MINIMUM } from './withdrawal.fixture.ts';
import { AMOUNT_MAX } from './withdrawal.limits.ts';
import type { WithdrawalRequest } from './withdrawal.ts';

const chains = new Map<string, Chain>(
  chainDefinitions.map((definition) => [
    definition.id,
    {
      ...definition,
      payoutContract: PAYOUT_CONTRACT,
      depositFactory: null,
      enabled: definition.id !== 'bsc',
      operation: defaultOperation,
    },
  ]),
);
function asset(chainId: string, code: string, changes: Partial<Asset> = {}): Asset {
  return {
    id: `${chainId}:${code}`,
    chainId,
    code,
    symbol: code,
    address: USDC,
    decimals: 6,
    minimum: USDC_MINIMUM,
    maximum: null,
    unitsPerCoin: null,
    gasPerItem: 27_500n,
    transferGasMax: 100_000n,
    enabled: true,
    ...changes,
  };
}
const assets = new Map<string, Asset>(
  [
    asset('localhost', 'USDC'),
    asset('localhost', 'EURC', { enabled: false }),
    asset('localhost', 'ETH', { address: null, decimals: 18, minimum: 1n }),
    asset('localhost', 'WHOLE', { decimals: 0, minimum: 0n }),
    asset('polygon', 'USDC'),
    asset('polygon-amoy', 'USDC'),
    asset('bsc', 'USDC'),
  ].map((one) => [one.id, one]),
);
const OWN = '0x00000000000000000000000000000000000000aa';
const catalogue: Catalogue = {
  chains,
  assets,
  fees: noFees,
  ownAddresses: new Set([`localhost/${OWN}`]),
  depositChains: new Set(),
};
const testCaller = callerOf('00000000-0000-7000-8000-000000000001');
const liveCaller = callerOf('00000000-0000-7000-8000-000000000001', 'live');

function refusalOf(changes: Partial<WithdrawalRequest>, caller = testCaller) {
  const result = checkRequest(catalogue, caller, requestOf(changes));
  return result.ok ? null : result.refusal;
}
/** `/to address_zero` for each field problem. */
function problemsOf(changes: Partial<WithdrawalRequest>): string[] {
  return (refusalOf(changes)?.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`);
}

test('a request that everything is right with is accepted in its smallest unit', () => {
  expect(checkRequest(catalogue, testCaller, requestOf({ amount: '12.5' }))).toMatchObject({
    ok: true,
    value: {
      chain: { id: 'localhost' },
      asset: { id: 'localhost:USDC' },
      to: RECIPIENT,
      amount: 12_500_000n,
    },
  });
});

describe('chains', () => {
  test.each(['nowhere', '', 'LOCALHOST', '__proto__', 'bsc'])('"%s" is not available', (chain) => {
    for (const caller of [testCaller, liveCaller])
      expect(refusalOf({ chain }, caller)).toMatchObject({ code: 'chain_not_supported', retryable: false });
  });

  test('test keys reach local and test networks, live keys main networks, and nothing else', () => {
    const reach = (chain: string) =>
      [testCaller, liveCaller].map((caller) => refusalOf({ chain }, caller)?.code ?? 'ok');
    expect(reach('localhost')).toEqual(['ok', 'chain_not_supported']);
    expect(reach('polygon-amoy')).toEqual(['ok', 'chain_not_supported']);
    expect(reach('polygon')).toEqual(['chain_not_supported', 'ok']);
    expect(refusalOf({ chain: 'polygon' })?.message).toContain('test networks');
    expect(refusalOf({ chain: 'localhost' }, liveCaller)?.message).toContain('main networks');
  });
});

describe('assets', () => {
  test.each(['DOGE', '', 'usdc', 'EURC', 'constructor'])('"%s" cannot be withdrawn', (code) => {
    expect(refusalOf({ asset: code })).toMatchObject({ code: 'asset_not_supported', retryable: false });
  });

  test('an asset of another chain cannot be withdrawn on this one', () => {
    expect(refusalOf({ chain: 'polygon-amoy', asset: 'ETH' })?.code).toBe('asset_not_supported');
  });
});

describe('addresses', () => {
  /** From the examples of EIP-55, mixed case and all of one case. */
  const GOOD = [
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
    '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
    '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
    '0x52908400098527886E0F7030069857D2E4169EE7',
    '0x8617E340B3D01FA5F11F306F4090FD50E238070D',
    '0xde709f2102306220921060314715629080e2fb77',
    '0x27b1fdb04752bbc536007a920d24acb045561c26',
  ];

  test.each(GOOD)('%s is accepted with its checksum, in lower and in upper case', (address) => {
    for (const to of [address, address.toLowerCase(), `0x${address.slice(2).toUpperCase()}`])
      expect(checkRequest(catalogue, testCaller, requestOf({ to }))).toMatchObject({
        ok: true,
        value: { to: getAddress(address.toLowerCase()) },
      });
  });

  test('one letter in the wrong case is a wrong checksum, whichever it is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...GOOD.slice(0, 4)), fc.nat({ max: 39 }), (address, index) => {
        const digits = [...address.slice(2)];
        const digit = digits[index] ?? '';
        const flipped = digit === digit.toUpperCase() ? digit.toLowerCase() : digit.toUpperCase();
        fc.pre(flipped !== digit);
        digits[index] = flipped;
        expect(problemsOf({ to: `0x${digits.join('')}` })).toEqual(['/to address_checksum']);
      }),
    );
  });

  test.each([
    '',
    '0x',
    '5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed0',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg',
    ' 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed\n',
    'vitalik.eth',
  ])('%j is malformed', (to) => {
    expect(problemsOf({ to })).toEqual(['/to address_malformed']);
  });

  test('money that nobody could ever use is not sent: zero address, the token itself, the payout contract', () => {
    expect(problemsOf({ to: `0x${'0'.repeat(40)}` })).toEqual(['/to address_zero']);
    for (const to of [USDC, USDC.toLowerCase()]) expect(problemsOf({ to })).toEqual(['/to address_is_token']);
    for (const to of [PAYOUT_CONTRACT, PAYOUT_CONTRACT.toLowerCase()])
      expect(problemsOf({ to })).toEqual(['/to address_is_payout_contract']);
  });

  test('an address of ours is refused: it would move our own money in a circle', () => {
    expect(problemsOf({ to: OWN })).toEqual(['/to address_is_ours']);
  });

  test("another token's contract is an address like any other: it may be somebody's vault", () => {
    expect(problemsOf({ asset: 'ETH', to: USDC, amount: '1' })).toEqual([]);
  });
});

describe('amounts', () => {
  test.each([
    ['-1', 'amount_malformed'],
    ['1e6', 'amount_malformed'],
    ['1,5', 'amount_malformed'],
    ['', 'amount_malformed'],
    ['0', 'amount_not_positive'],
    ['0.000000', 'amount_not_positive'],
    ['0.0000001', 'amount_decimals'],
    ['1.0000000', 'amount_decimals'],
    ['0.000999', 'amount_below_minimum'],
    [formatAmount(AMOUNT_MAX + 1n, 6), 'amount_too_large'],
    ['9'.repeat(90), 'amount_too_large'],
  ])('"%s" is refused: %s', (amount, code) => {
    expect(problemsOf({ amount })).toEqual([`/amount ${code}`]);
  });

  test('the smallest and the largest amount are accepted', () => {
    expect(problemsOf({ amount: formatAmount(USDC_MINIMUM, 6) })).toEqual([]);
    expect(problemsOf({ amount: formatAmount(AMOUNT_MAX, 6) })).toEqual([]);
    expect(problemsOf({ asset: 'WHOLE', amount: '1' })).toEqual([]);
    expect(problemsOf({ asset: 'WHOLE', amount: '1.0' })).toEqual(['/amount amount_decimals']);
  });

  test('what was asked is what is reserved, to the last unit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: USDC_MINIMUM, max: AMOUNT_MAX }), (units) => {
        const result = checkRequest(catalogue, testCaller, requestOf({ amount: formatAmount(units, 6) }));
        expect(result.ok && result.value.amount).toBe(units);
      }),
    );
  });
});

test('all wrong fields are named at once', () => {
  const refusal = refusalOf({ to: '0x', amount: '0' });
  expect(refusal).toMatchObject({
    code: 'validation_failed',
    retryable: false,
    errors: [
      { pointer: '/to', code: 'address_malformed' },
      { pointer: '/amount', code: 'amount_not_positive' },
    ],
  });
  for (const { message } of refusal?.errors ?? []) expect(message).toMatch(/^[A-Z].*\.$/);
});

test('whatever text comes in, there is an answer', () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: 'binary-ascii' }));
  fc.assert(
    fc.property(fc.record({ to: text, amount: text, chain: text, asset: text }), (changes) => {
      expect(refusalOf(changes)).not.toBeNull();
      expect(refusalOf({ to: changes.to, amount: changes.amount })?.code).toBe('validation_failed');
    }),
  );
});
