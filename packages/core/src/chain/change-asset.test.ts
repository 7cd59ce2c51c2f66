import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLocalInvalidations } from '../invalidation/invalidations.ts';
import { readCatalogue } from './chain.store.ts';
import { addAsset, enableAsset } from './change-asset.ts';
import { configureChains } from './configure-chains.ts';

const audit = { actor: 'operator:kim', origin: 'here', requestId: null, reason: 'ticket 1' };
const token = {
  chainId: 'localhost',
  code: 'EURC',
  symbol: 'EURC',
  address: '0x1aBaEA1f7C830bD89Acc67eC4af516284b1bC33c',
  decimals: 6,
  minimum: 1n,
  gasPerItem: 35_500n,
  transferGasMax: 100_000n,
} as const;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await configureChains(database.db, new Map());
});
afterAll(() => database?.drop());

const readAsset = async (code: string) => (await readCatalogue(database.db)).assets.get(`localhost:${code}`);

test('of several who add the same token, or another one by its code, one is first', async () => {
  const { db } = database;
  const other = { ...token, address: '0x0000000000000000000000000000000000000bad' } as const;
  const results = await Promise.allSettled([
    addAsset({ db }, token, audit),
    addAsset({ db }, token, audit),
    addAsset({ db }, { ...token, code: 'EURO' }, audit),
    addAsset({ db }, other, audit),
  ]);
  const added = results.filter((result) => result.status === 'fulfilled');
  // The token under one of two codes, or another token under the code: whoever came first.
  expect(added.length).toBeGreaterThanOrEqual(1);
  for (const result of results)
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'asset_exists' });
  const { assets } = await readCatalogue(db);
  const addresses = [...assets.values()].flatMap((asset) => asset.address ?? []);
  expect(new Set(addresses).size).toBe(addresses.length);
});

test('a change is in force, told to other processes, and audited with who and why', async () => {
  const { db } = database;
  const told: string[] = [];
  const invalidations = createLocalInvalidations();
  invalidations.subscribe('catalogue', () => told.push('catalogue'));
  const usdx = { ...token, code: 'USDX', address: '0x0000000000000000000000000000000000005d0c' } as const;
  await addAsset({ db, invalidations }, usdx, audit);
  const target = { chainId: 'localhost', code: 'USDX' };
  const before = await enableAsset({ db, invalidations }, target, false, audit);
  expect(before.enabled).toBe(true);
  expect(await readAsset('USDX')).toMatchObject({ ...usdx, enabled: false });
  expect(told).toHaveLength(2);
  const { rows } = await sql`
    SELECT action, actor, reason, after ->> 'enabled' AS enabled FROM audit_event
     WHERE subject = 'asset localhost:USDX' ORDER BY position`.execute(db);
  expect(rows).toMatchObject([
    { action: 'asset.insert', actor: 'operator:kim', reason: 'ticket 1' },
    { action: 'asset.update', enabled: 'false' },
  ]);
});

test('an asset that is not there is named, with those that are', async () => {
  const target = { chainId: 'localhost', code: 'NOPE' };
  await expect(enableAsset({ db: database.db }, target, false, audit)).rejects.toMatchObject({
    code: 'asset_unknown',
    message: expect.stringContaining('ETH'),
  });
});
