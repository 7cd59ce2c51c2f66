import { newUuid } from '@naru/kit/ids.ts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Caller } from '../access/access.ts';
import { amountsOf, bulkOf, submitFile } from './bulk.fixture.ts';
import type { BulkAnswer } from './request-bulk.ts';
import {
  balanceOf,
  countEnds,
  createWorld,
  endOf,
  type Instance,
  problemsOf,
  requestOf,
  rowsOf,
  setLimit,
  USDC_UNIT,
  type World,
} from './withdrawal.fixture.ts';
import type { WithdrawalRequest } from './withdrawal.ts';

let world: World;
let another: Instance;
beforeAll(async () => {
  // Noon in Seoul, so that no day ends while a test counts it.
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2031-05-05T12:00:00+09:00') });
  world = await createWorld();
  another = await world.another();
});
afterAll(async () => {
  vi.useRealTimers();
  await world.close();
});

function submit(
  owner: Caller,
  key: string,
  requests: readonly WithdrawalRequest[],
  dryRun = false,
  instance = world.withdrawals,
): Promise<BulkAnswer> {
  return submitFile(instance, owner, key, requests, { dryRun });
}

describe('balance and limits', () => {
  test('a sum that the balance does not cover is refused as a whole, and refused again with the same key', async () => {
    const owner = await world.owner({ USDC: '10', ETH: '1' });
    const requests = [...amountsOf(['5', '5.000001']), requestOf({ asset: 'ETH', amount: '1' })];

    const first = await submit(owner, 'file-1', requests);

    expect(endOf(first)).toBe('insufficient_balance');
    expect(await submit(owner, 'file-1', requests)).toEqual({ ...first, replayed: true });
    expect(await rowsOf(world, owner)).toEqual([]);
    expect(await balanceOf(world, owner)).toEqual({ available: 10n * USDC_UNIT, reserved: 0n });
  });

  test.each([
    ['one row above its ceiling', ['1', '5.1'], 'one withdrawal'],
    ['a sum above the ceiling of the day', ['5', '5', '5'], 'a day'],
  ])('%s: refused as a whole', async (_, amounts, which) => {
    const owner = await world.owner();
    await setLimit(world.db, owner, { perWithdrawalMax: 5n * USDC_UNIT, dailyMax: 12n * USDC_UNIT });
    for (const dryRun of [true, false])
      expect(await submit(owner, 'file-1', amountsOf(amounts), dryRun)).toMatchObject({
        refusal: { code: 'limit_exceeded', message: expect.stringContaining(which) },
      });
    expect(await rowsOf(world, owner)).toEqual([]);
  });

  test('a file uses up its day, together with single requests', async () => {
    const owner = await world.owner();
    await setLimit(world.db, owner, { perWithdrawalMax: 5n * USDC_UNIT, dailyMax: 12n * USDC_UNIT });
    expect(endOf(await submit(owner, 'file-1', amountsOf(['5', '5'])))).toBe('done');
    expect(endOf(await submit(owner, 'file-2', amountsOf(['1', '2'])))).toBe('limit_exceeded');
    expect(endOf(await world.withdrawals.request(owner, 'single', requestOf({ amount: '2' })))).toBe('done');
    expect(endOf(await world.withdrawals.request(owner, 'one more', requestOf({ amount: '1' })))).toBe(
      'limit_exceeded',
    );
  });

  test('files that together exceed the balance, at once over two processes: one is accepted', async () => {
    const owner = await world.owner({ USDC: '10' });
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        submit(
          owner,
          `file-${index}`,
          amountsOf(['2', '2', '2']),
          false,
          index % 2 === 0 ? world.withdrawals : another,
        ),
      ),
    );
    expect(
      countEnds(answers.map((answer) => (answer.kind === 'invalid' ? { kind: 'invalid' } : answer))),
    ).toEqual({
      done: 1,
      insufficient_balance: 5,
    });
    expect((await balanceOf(world, owner)).reserved).toBe(6n * USDC_UNIT);
  });

  test('one file many times at once: one bulk, the others are answered from it or told to come back', async () => {
    const owner = await world.owner({ USDC: '100' });
    const requests = amountsOf(['1', '2', '3']);
    const answers = await Promise.all(Array.from({ length: 10 }, () => submit(owner, 'file-1', requests)));
    const ids = answers.filter((answer) => answer.kind === 'done').map((answer) => bulkOf(answer).id);
    expect(new Set(ids).size).toBe(1);
    expect(
      answers.map((answer) => endOf(answer as { kind: string })).filter((end) => end !== 'done'),
    ).toEqual(answers.filter((answer) => answer.kind !== 'done').map(() => 'idempotency_in_flight'));
    expect(await rowsOf(world, owner)).toHaveLength(3);
  });

  test('files and single requests at once, over two processes: no deadlock, no overdraft', async () => {
    const owner = await world.owner({ USDC: '200' });
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        index % 3 === 0
          ? submit(
              owner,
              newUuid(),
              amountsOf(['3', '4', '5']),
              false,
              index % 2 === 0 ? world.withdrawals : another,
            )
          : (index % 2 === 0 ? world.withdrawals : another).request(
              owner,
              newUuid(),
              requestOf({ amount: '7' }),
            ),
      ),
    );
    const { available, reserved } = await balanceOf(world, owner);
    expect(available).toBeGreaterThanOrEqual(0n);
    expect(available).toBeLessThan(12n * USDC_UNIT);
    expect(reserved).toBe((await rowsOf(world, owner)).reduce((sum, row) => sum + row.amount, 0n));
    expect(answers.filter((answer) => answer.kind === 'invalid')).toEqual([]);
  });
});

test('after all of this the books are right', async () => {
  expect(await problemsOf(world.db)).toEqual([]);
});
