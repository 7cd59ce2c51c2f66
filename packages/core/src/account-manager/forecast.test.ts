import { assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { saveBalances } from '../sub-account/sub-account.store.ts';
import { COIN, createReserve, ETHER, type Reserve, TOKEN } from './account-manager.fixture.ts';
import { checkReserveAccounts, checkTransfers, readForecast, runwayOf } from './forecast.ts';

const HOUR = 3_600;
let reserve: Reserve;
beforeAll(async () => {
  reserve = await createReserve();
});
afterAll(() => reserve.close());

test('lasts as long as the worst of the last hour, day and week says, and for ever while nothing leaves', () => {
  const figures = { holds: 1_100n, low: 100n, hour: 0n, day: 0n, week: 0n };
  expect(runwayOf(figures)).toEqual({ hour: null, day: null, week: null, least: null });
  expect(runwayOf({ ...figures, hour: 500n, day: 1_000n, week: 7_000n })).toEqual({
    hour: 2 * HOUR,
    day: 24 * HOUR,
    week: 24 * HOUR,
    least: 2 * HOUR,
  });
  expect(runwayOf({ ...figures, holds: 50n, day: 1n }).least).toBe(0);
  // A chain that costs next to nothing: still a number that JSON holds.
  expect(runwayOf({ ...figures, holds: 10n ** 30n, week: 1n }).least).toBe(100 * 365 * 24 * HOUR);
});

/** A payout that was final so many hours ago. */
async function outflow(hoursAgo: number, amount: bigint): Promise<void> {
  const { id } = reserve.account('one');
  await sql`
    INSERT INTO chain_tx (id, chain_id, sub_account_id, nonce, kind, asset_id, priority, item_count, amount, to_address,
                          data, value_wei, gas, gas_per_item, state, outcomes, gas_used, gas_price_wei, final_at)
    VALUES (${newUuid()}, 'localhost', ${id}, ${hoursAgo}, 'PAYOUT', ${TOKEN}, 'STANDARD', 1, ${amount},
            ${`0x${'0'.repeat(40)}`}, '', 0, 1, 1, 'EXECUTED', '\\x01', 100000, 1000000000,
            now() - ${hoursAgo} * interval '1 hour')`.execute(reserve.db);
}

test('what left lately and what is held make the forecast, and the alarms before it is too late', async () => {
  const main = reserve.account('main').id;
  const gas = reserve.account('gas').id;
  const save = (units: bigint) =>
    saveBalances(reserve.db, [
      { subAccountId: main, assetId: TOKEN, balance: units, blockNumber: 1n },
      { subAccountId: gas, assetId: COIN, balance: ETHER, blockNumber: 1n },
    ]);
  await save(10_000n);
  expect(await checkReserveAccounts(reserve.db)).toEqual({ kind: 'checked', findings: [] });

  await reserve.levels({ low: 1_000n, target: 5_000n, high: null }, { role: 'MAIN' });
  await outflow(0, 100n);
  await outflow(2, 500n);
  await outflow(200, 9_999n);
  const forecast = await readForecast(reserve.db, 'localhost');
  const usdc = assertPresent(
    forecast.find(({ assetId, role }) => assetId === TOKEN && role === 'MAIN'),
    'USDC',
  );
  expect(usdc).toMatchObject({ holds: 10_000n, low: 1_000n, hour: 100n, day: 600n, week: 600n });
  expect(usdc.runwaySeconds.least).toBe(90 * HOUR);
  expect(forecast.find(({ role }) => role === 'GAS')).toMatchObject({ holds: ETHER, hour: 10n ** 14n });
  expect((await checkReserveAccounts(reserve.db)).findings).toEqual([]);

  await save(1_500n);
  expect((await checkReserveAccounts(reserve.db)).findings).toMatchObject([
    { subject: `${TOKEN} MAIN`, detail: expect.stringContaining('in 300 minutes') },
  ]);
  await save(999n);
  expect((await checkReserveAccounts(reserve.db)).findings).toMatchObject([
    { subject: `${TOKEN} MAIN`, detail: expect.stringContaining('should hold 0.001 USDC at least') },
  ]);
  expect((await checkTransfers(reserve.db)).findings).toEqual([]);
});
