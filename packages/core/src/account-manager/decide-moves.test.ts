import { assertPresent } from '@naru/kit/assert.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chainDefinitions } from '../chain/chain.definitions.ts';
import type { Asset, Chain } from '../chain/chain.ts';
import { defaultOperation } from '../chain/chain-operation.ts';
import type { Levels } from './account-threshold.ts';
import { type AccountHoldings, decideMoves, type Move, type Reserves, subjectKey } from './decide-moves.ts';

const GWEI = 10n ** 9n;
const ETHER = 10n ** 18n;
const chain: Chain = {
  ...assertPresent(
    chainDefinitions.find(({ id }) => id === 'localhost'),
    'localhost',
  ),
  payoutContract: '0x00',
  depositFactory: null,
  enabled: true,
  operation: defaultOperation,
};
const asset = (code: string, address: `0x${string}` | null): Asset => ({
  id: `localhost:${code}`,
  chainId: 'localhost',
  code,
  symbol: code,
  address,
  decimals: address === null ? 18 : 6,
  minimum: 1n,
  maximum: null,
  unitsPerCoin: null,
  gasPerItem: 27_500n,
  transferGasMax: 100_000n,
  enabled: true,
});
const coin = asset('ETH', null);
const usdc = asset('USDC', '0x01');
const LEVELS: Levels = { low: 100n, target: 500n, high: 1_000n };
const GAS: Levels = { low: ETHER, target: 2n * ETHER, high: null };

type Given = Partial<Omit<AccountHoldings, 'holdings'>> & {
  usdc?: bigint;
  coinWei?: bigint;
  levels?: Levels | null;
  incoming?: bigint;
};

function account(id: string, given: Given = {}): AccountHoldings {
  const { usdc: units = 0n, coinWei = 50n * ETHER, levels = null, incoming = 0n, ...rest } = given;
  return {
    id,
    address: id,
    role: 'PAYOUT',
    state: 'ACTIVE',
    lacksGas: false,
    isDraining: false,
    openCount: 0,
    gasLevels: null,
    holdings: new Map([
      [coin.id, { available: coinWei, incoming: {}, levels: null }],
      [usdc.id, { available: units, incoming: incoming === 0n ? {} : { TOP_UP: incoming }, levels }],
    ]),
    ...rest,
  };
}

function reserves(accounts: readonly AccountHoldings[], given: Partial<Reserves> = {}): Reserves {
  return {
    chain,
    coin,
    assets: [coin, usdc],
    accounts,
    waiting: new Map(),
    feePerGasWei: GWEI,
    busy: new Set(),
    ...given,
  };
}

const shortly = (moves: readonly Move[]) =>
  moves.map(({ purpose, fromAccountId, toAccountId, amount }) => [
    purpose,
    fromAccountId,
    toAccountId,
    amount,
  ]);
const decide = (accounts: readonly AccountHoldings[], given: Partial<Reserves> = {}) =>
  shortly(decideMoves(reserves(accounts, given)).moves);
const waits = (total: bigint, largest: bigint, count = 1) => ({
  waiting: new Map([[usdc.id, { count, total, largest }]]),
});
const main = (units: bigint, given: Given = {}) => account('main', { role: 'MAIN', usdc: units, ...given });

describe('accounts that are low', () => {
  test('are all topped up to target, the emptiest first; one that is not low is left alone', () => {
    const accounts = [
      main(10_000n),
      account('a', { usdc: 99n, levels: LEVELS }),
      account('b', { usdc: 0n, levels: LEVELS }),
      account('c', { usdc: 100n, levels: LEVELS }),
    ];
    expect(decide(accounts)).toEqual([
      ['TOP_UP', 'main', 'b', 500n],
      ['TOP_UP', 'main', 'a', 401n],
    ]);
  });

  test('count what is under way to them, and wait while the same is open or has just failed', () => {
    expect(decide([main(10_000n), account('a', { incoming: 500n, levels: LEVELS })])).toEqual([]);
    const busy = new Set([subjectKey('a', usdc.id, 'TOP_UP')]);
    expect(decide([main(10_000n), account('a', { levels: LEVELS })], { busy })).toEqual([]);
  });

  test('share what the main account has, and get nothing that is not worth a transaction', () => {
    const accounts = [account('a', { levels: LEVELS }), account('b', { levels: LEVELS })];
    expect(decide([main(900n), ...accounts])).toEqual([
      ['TOP_UP', 'main', 'a', 500n],
      ['TOP_UP', 'main', 'b', 400n],
    ]);
    expect(decide([main(600n), ...accounts])).toEqual([['TOP_UP', 'main', 'a', 500n]]);
    expect(decide([main(10_000n, { isDraining: true }), ...accounts])).toEqual([]);
    expect(decide([main(10_000n, { state: 'PAUSED' }), ...accounts])).toEqual([]);
  });

  test('nothing is topped up that is paused or being drained', () => {
    const low = { levels: LEVELS };
    const accounts = [account('a', { ...low, state: 'PAUSED' }), account('b', { ...low, isDraining: true })];
    expect(decide([main(10_000n), ...accounts]).filter(([purpose]) => purpose === 'TOP_UP')).toEqual([]);
  });
});

describe('withdrawals that wait', () => {
  test('for more than any account holds: the richest gets the rest, without thresholds too', () => {
    const accounts = [main(10_000n), account('a', { usdc: 50n }), account('b', { usdc: 70n })];
    expect(decide(accounts, waits(1_000n, 1_000n))).toEqual([['TOP_UP', 'main', 'b', 930n]]);
    expect(decide(accounts, waits(120n, 60n, 2))).toEqual([]);
    expect(decide(accounts, waits(121n, 61n, 2))).toEqual([['TOP_UP', 'main', 'b', 1n]]);
  });

  test('are not helped by a part of what the largest needs', () => {
    expect(decide([main(900n), account('a')], waits(1_000n, 1_000n))).toEqual([]);
  });
});

test('what an account has above high goes back, but for what withdrawals wait for', () => {
  const accounts = [main(0n), account('a', { usdc: 5_000n, levels: LEVELS })];
  expect(decide(accounts)).toEqual([['SWEEP', 'a', 'main', 4_500n]]);
  expect(decide(accounts, waits(4_000n, 1_000n, 9))).toEqual([['SWEEP', 'a', 'main', 1_000n]]);
  expect(decide(accounts, waits(4_900n, 10n, 900))).toEqual([]);
});

describe('gas money', () => {
  const gas = account('gas', { role: 'GAS', coinWei: 100n * ETHER });
  test('comes from accounts that hold nothing else, to all that are low, the main account too', () => {
    const low = { coinWei: ETHER / 2n, gasLevels: GAS };
    const accounts = [gas, main(0n, low), account('a', { ...low, state: 'PAUSED', lacksGas: true })];
    expect(decide(accounts)).toEqual([
      ['GAS', 'gas', 'main', 2n * ETHER - ETHER / 2n],
      ['GAS', 'gas', 'a', 2n * ETHER - ETHER / 2n],
    ]);
  });

  test('never comes from the reserve, and is not part of the coin that tops accounts up', () => {
    const empty = account('a', { coinWei: 0n, gasLevels: GAS });
    expect(decide([main(0n, { coinWei: 100n * ETHER }), empty])).toEqual([]);
    const coinWaits = {
      waiting: new Map([[coin.id, { count: 1, total: 10n * ETHER, largest: 10n * ETHER }]]),
    };
    const [move] = decide(
      [
        main(0n, { coinWei: 11n * ETHER, gasLevels: GAS }),
        account('b', { coinWei: 3n * ETHER, gasLevels: GAS }),
      ],
      coinWaits,
    );
    // Two of its three are gas money; of the main account's eleven, two are.
    expect(move).toEqual(['TOP_UP', 'main', 'b', 9n * ETHER]);
  });
});

describe('an account that is being drained', () => {
  const draining: Given = { isDraining: true, usdc: 70n };
  test('gives its tokens, then its coin less the cost of giving it, then it is drained', () => {
    expect(decide([main(0n), account('a', draining)])).toEqual([['DRAIN', 'a', 'main', 70n]]);
    const [last] = decide([main(0n), account('a', { ...draining, usdc: 0n })]);
    expect(last?.slice(0, 3)).toEqual(['DRAIN', 'a', 'main']);
    expect(last?.[3]).toBeGreaterThan(49n * ETHER);
    const rest = 50n * ETHER - BigInt(String(last?.[3]));
    const empty = account('a', { ...draining, usdc: 0n, coinWei: rest });
    expect(decideMoves(reserves([main(0n), empty]))).toEqual({ moves: [], drained: ['a'] });
  });

  test('waits for what it has under way, and for a main account', () => {
    expect(decide([main(0n), account('a', { ...draining, openCount: 1 })])).toEqual([]);
    expect(decide([account('a', draining)])).toEqual([]);
    expect(decide([main(0n, { isDraining: true }), account('a', draining)])).toEqual([]);
  });
});

describe('whatever the accounts hold', () => {
  const units = fc.bigInt({ min: 0n, max: 5_000n });
  const someAccounts = fc.array(
    fc.record({
      role: fc.constantFrom('PAYOUT', 'PAYOUT', 'PAYOUT', 'MAIN', 'GAS'),
      state: fc.constantFrom('ACTIVE', 'ACTIVE', 'ACTIVE', 'PAUSED'),
      lacksGas: fc.boolean(),
      isDraining: fc.boolean(),
      openCount: fc.constantFrom(0, 0, 1),
      usdc: units,
      coinWei: fc.bigInt({ min: 0n, max: 20n * ETHER }),
      incoming: fc.constantFrom(0n, 0n, 300n),
      levels: fc.constantFrom(null, LEVELS, { ...LEVELS, high: null }),
      gasLevels: fc.constantFrom(null, GAS),
    }),
    { minLength: 1, maxLength: 8 },
  );
  const waiting = fc.record({ total: units, share: fc.integer({ min: 1, max: 10 }) });
  const build = (list: readonly Given[]) => list.map((given, index) => account(`n${index}`, given));
  const waitingOf = ({ total, share }: { total: bigint; share: number }) =>
    total === 0n ? {} : waits(total, total / BigInt(share) + (total % BigInt(share)), share);

  test('no source gives more than it has, nothing goes where it must not, and nothing is asked for twice', () => {
    fc.assert(
      fc.property(someAccounts, waiting, (list, queue) => {
        const accounts = build(list as Given[]);
        const given = reserves(accounts, waitingOf(queue));
        const { moves } = decideMoves(given);
        const byId = new Map(accounts.map((one) => [one.id, one]));
        const keys = moves.map((move) =>
          subjectKey(
            move.purpose === 'TOP_UP' || move.purpose === 'GAS' ? move.toAccountId : move.fromAccountId,
            move.assetId,
            move.purpose,
          ),
        );
        expect(new Set(keys).size).toBe(keys.length);
        for (const source of accounts)
          for (const { id: assetId } of [coin, usdc]) {
            const out = moves.filter((move) => move.fromAccountId === source.id && move.assetId === assetId);
            const sum = out.reduce((total, { amount }) => total + amount, 0n);
            if (out.length > 0)
              expect(sum).toBeLessThanOrEqual(source.holdings.get(assetId)?.available ?? 0n);
          }
        for (const { purpose, fromAccountId, toAccountId, assetId, amount } of moves) {
          const [from, to] = [byId.get(fromAccountId), byId.get(toAccountId)];
          expect(amount).toBeGreaterThan(0n);
          expect(fromAccountId).not.toBe(toAccountId);
          expect(from?.state).toBe('ACTIVE');
          if (purpose === 'TOP_UP') expect([from?.role, to?.role]).toEqual(['MAIN', 'PAYOUT']);
          if (purpose === 'GAS') expect([from?.role, assetId]).toEqual(['GAS', coin.id]);
          if (purpose === 'SWEEP') expect([from?.role, to?.role]).toEqual(['PAYOUT', 'MAIN']);
          if (purpose === 'DRAIN') expect([from?.isDraining, to?.role]).toEqual([true, 'MAIN']);
          if (purpose !== 'GAS') expect([to?.state, to?.isDraining]).toEqual(['ACTIVE', false]);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('once all moves are made there is nothing more to move: money does not go to and fro', () => {
    fc.assert(
      fc.property(someAccounts, waiting, (list, queue) => {
        let accounts = build((list as Given[]).map((given) => ({ ...given, incoming: 0n, openCount: 0 })));
        for (let round = 0; round < 4; round++) {
          const { moves } = decideMoves(reserves(accounts, waitingOf(queue)));
          if (moves.length === 0) return;
          expect(round).toBeLessThan(3);
          accounts = accounts.map((one) => ({
            ...one,
            holdings: new Map(
              [...one.holdings].map(([assetId, holding]) => {
                const of = (key: 'fromAccountId' | 'toAccountId') =>
                  moves
                    .filter((move) => move[key] === one.id && move.assetId === assetId)
                    .reduce((sum, { amount }) => sum + amount, 0n);
                const available = holding.available - of('fromAccountId') + of('toAccountId');
                return [assetId, { ...holding, available }];
              }),
            ),
          }));
        }
      }),
      { numRuns: 400 },
    );
  });
});
