import { assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCatalogue } from '../chain/chain.store.ts';
import { checkLedger, findAccountTotals } from '../ledger/ledger.store.ts';
import { createWorld, type World } from '../withdrawal/withdrawal.fixture.ts';
import { type AccountBooking, bookElsewhere } from './book-elsewhere.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const BY = { actor: 'operator:test', reason: 'a test', origin: null, requestId: null };

async function book(code: string, what: AccountBooking, amount: bigint, id = newUuid()): Promise<boolean> {
  const { assets } = await readCatalogue(world.db);
  const asset = assertPresent(assets.get(`localhost:${code}`), code);
  return await bookElsewhere(world, { id, asset, amount, what }, BY);
}

test('what came in and what was burnt is booked once each, and the ledger stays whole', async () => {
  const id = newUuid();
  expect(await book('ETH', 'received', 100n, id)).toBe(true);
  expect(await book('ETH', 'received', 100n, id)).toBe(false);
  expect(await book('ETH', 'burnt', 30n)).toBe(true);
  const totals = await findAccountTotals(
    world.db,
    (['HOT_WALLET', 'HOUSE', 'GAS'] as const).map((kind) => ({ kind, assetId: 'localhost:ETH' })),
  );
  expect(totals).toEqual([-70n, 100n, -30n]);
  expect(await checkLedger(world.db)).toEqual([]);
});

test('gas is burnt in the coin, and an id names one booking', async () => {
  await expect(book('USDC', 'burnt', 1n)).rejects.toMatchObject({ code: 'asset_not_supported' });
  const id = newUuid();
  await book('ETH', 'received', 5n, id);
  await expect(book('ETH', 'received', 6n, id)).rejects.toMatchObject({ code: 'booking_exists' });
  await expect(book('ETH', 'burnt', 5n, id)).rejects.toMatchObject({ code: 'booking_exists' });
});
