import { afterAll, beforeAll, expect, test } from 'vitest';
import { amountsOf, bulkOf, submitFile } from '../withdrawal/bulk.fixture.ts';
import { completeBulks } from '../withdrawal/complete-bulks.ts';
import { createWithdrawals } from '../withdrawal/create-withdrawals.ts';
import {
  balanceOf,
  createWorld,
  doneValue,
  problemsOf,
  USDC_UNIT,
  type World,
} from '../withdrawal/withdrawal.fixture.ts';
import type { Withdrawal } from '../withdrawal/withdrawal.ts';
import { dayRules, giveActivePolicy, setRates, takeUpAll } from './policy.fixture.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await setRates(world.db);
});
afterAll(async () => {
  expect(await problemsOf(world.db)).toEqual([]);
  await world.close();
});

/** A file is judged row by row once it is accepted: the rest of it is paid whatever becomes of one row. */
test('of a file, rows that policy denies fail and free their money, those for review wait, the others go on', async () => {
  const owner = await world.owner({ USDC: '2000' });
  await giveActivePolicy(world.db, owner.organisationId, dayRules);
  const fresh = createWithdrawals({ db: world.db });
  // Two people from 100 USDC on; denied what would make a day of more than 1,000.
  const { id } = bulkOf(await submitFile(fresh, owner, 'file', amountsOf(['50', '200', '60', '900'])));
  expect(await balanceOf(world, owner)).toEqual({
    available: 790n * USDC_UNIT,
    reserved: 1_210n * USDC_UNIT,
  });

  await takeUpAll(world.db);

  const report = async () => {
    const rows: Withdrawal[] = [];
    for await (const chunk of world.withdrawals.bulkRows(owner, id)) rows.push(...chunk);
    return rows;
  };
  expect((await report()).map(({ reference, state }) => `${reference} ${state}`)).toEqual([
    'row-1 VALIDATING',
    'row-2 REVIEW',
    'row-3 VALIDATING',
    'row-4 FAILED',
  ]);
  // What the caller reads in the row that was refused, and that nothing of it is kept back.
  const [, waiting, , denied] = await report();
  expect(denied?.failure?.code).toBe('policy_denied');
  expect(denied?.failure?.message).toMatch(/Nothing was paid; the amount is available again/);
  expect(await balanceOf(world, owner)).toEqual({
    available: 1_690n * USDC_UNIT,
    reserved: 310n * USDC_UNIT,
  });
  expect(await world.withdrawals.getBulk(owner, id)).toMatchObject({
    total: 4,
    counts: { VALIDATING: 2, REVIEW: 1, FAILED: 1 },
  });

  // It is not done while a row waits for people.
  expect((await completeBulks(world, null)).completed).toBe(0);
  doneValue(await world.withdrawals.cancel(owner, null, waiting?.id ?? ''));
  expect((await completeBulks(world, null)).completed).toBe(0);
  expect(await balanceOf(world, owner)).toEqual({
    available: 1_890n * USDC_UNIT,
    reserved: 110n * USDC_UNIT,
  });
});

test('a file all of which is denied is done, and all of its money is free', async () => {
  const owner = await world.owner({ USDC: '5000' });
  await giveActivePolicy(world.db, owner.organisationId, dayRules);
  const fresh = createWithdrawals({ db: world.db });
  const { id } = bulkOf(await submitFile(fresh, owner, 'file', amountsOf(['1001', '1002'])));
  await takeUpAll(world.db);
  expect(await world.withdrawals.getBulk(owner, id)).toMatchObject({ counts: { FAILED: 2 } });
  expect(await balanceOf(world, owner)).toEqual({ available: 5_000n * USDC_UNIT, reserved: 0n });
  expect((await completeBulks(world, null)).completed).toBe(1);
  expect((await completeBulks(world, null)).completed).toBe(0);
});
