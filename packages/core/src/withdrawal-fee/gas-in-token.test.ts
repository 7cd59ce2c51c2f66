import { withTransaction } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertObservation, upsertPair } from '../exchange-rate/exchange-rate.store.ts';
import { changeSetting } from '../setting/change-setting.ts';
import {
  balanceOf,
  createWorld,
  doneValue,
  requestOf,
  type World,
} from '../withdrawal/withdrawal.fixture.ts';
import { changeFeeSchedule } from './change-fee-schedule.ts';

const E18 = 10n ** 18n;
const assetId = 'localhost:USDC';
const audit = { actor: 'system:test', origin: null, requestId: null, reason: null };

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await sql`INSERT INTO gas_price (chain_id, wei_per_gas) VALUES ('localhost', 1000000000)`.execute(world.db);
});
afterAll(() => world?.close());

/** The rate against the dollar, of so long ago; fresh for an hour, usable for a day, 10 % on top in between. */
async function observe(base: string, rate: bigint, ageSeconds = 0): Promise<void> {
  const pair = { base, quote: 'USD', source: 'OPERATOR', feed: null } as const;
  const validity = { freshSeconds: 3_600n, usableSeconds: 86_400n, marginBps: 1_000 };
  await withTransaction(world.db, (tx) => upsertPair(tx, { ...pair, ...validity }));
  await sql`DELETE FROM exchange_rate WHERE base = ${base}`.execute(world.db);
  const observedAt = new Date(Date.now() - ageSeconds * 1_000);
  await insertObservation(world.db, pair, { rateE18: rate * E18, observedAt, detail: '' }, 'test');
}

function chargeGas() {
  const terms = { flat: 0n, basisPoints: 0, gasPercent: 100, feeMin: 0n, feeMax: null };
  const change = { assetId, organisationId: null, terms, seenVersion: null, reason: 'gas' };
  return changeFeeSchedule({ db: world.db }, change, audit);
}

test('a token pays its gas at the exchange rates while they can be used, then at what an operator has fixed, else not at all', async () => {
  const owner = await world.owner({ USDC: '1000' });
  // An instance of its own has the newest catalogue.
  const ask = async () => (await world.another()).request(owner, newUuid(), requestOf({ amount: '1' }));
  const feeNow = async () => doneValue(await ask()).fee;

  expect(await chargeGas()).toMatchObject({
    errors: [{ code: 'rate_missing' }],
    message: expect.stringContaining('there is no rate ETH/USD. Give both a source'),
  });
  await observe('ETH', 2_000n);
  expect(await chargeGas()).toMatchObject({ message: expect.stringContaining('there is no rate USDC/USD') });
  await observe('USDC', 1n);
  expect(await chargeGas()).toMatchObject({ version: 1 });
  const fresh = await feeNow();
  // 10^9 wei for each gas of one payment, at 2,000 USDC for 10^18 wei.
  const { rows } = await sql<{ gas: bigint }>`
    SELECT a.gas_per_item + c.data_gas_per_item AS gas
      FROM asset a JOIN chain c ON c.id = a.chain_id WHERE a.id = ${assetId}`.execute(world.db);
  expect(fresh).toBe((rows[0]?.gas ?? 0n) * 2n);

  // Stale, both: dearer by the margin of each.
  await observe('USDC', 1n, 7_200);
  await observe('ETH', 2_000n, 7_200);
  expect((await feeNow()) * 100n).toBe(fresh * 121n);

  // Expired: refused, and nothing is reserved.
  await observe('ETH', 2_000n, 90_000);
  const before = await balanceOf(world, owner);
  expect(await ask()).toMatchObject({
    refusal: { code: 'fee_not_known', message: expect.stringContaining('the last rate ETH/USD is of') },
  });
  expect(await balanceOf(world, owner)).toEqual(before);

  // What an operator has fixed counts while no rate does, and no longer.
  const fixed = { key: 'fees.units_per_coin', target: assetId, to: { value: '4000000000' } };
  expect(
    await changeSetting(
      { db: world.db },
      { ...fixed, seenVersion: null, acknowledged: false, reason: 'no feed' },
      audit,
    ),
  ).toMatchObject({ version: 1 });
  expect(await feeNow()).toBe(fresh * 2n);
  await observe('USDC', 1n);
  await observe('ETH', 2_000n);
  expect(await feeNow()).toBe(fresh);
});
