import { withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCatalogueCache } from './catalogue-cache.ts';
import { chainDefinitions } from './chain.definitions.ts';
import { readCatalogue } from './chain.store.ts';
import {
  type CursorLease,
  dropBlocksAbove,
  ensureCursor,
  giveBackCursor,
  leaseCursor,
  listBlocks,
  moveCursor,
  saveBlocks,
} from './chain-cursor.store.ts';
import { defaultOperation } from './chain-operation.ts';
import { configureChains } from './configure-chains.ts';

const CONTRACT: Hex = '0x00000000000000000000000000000000000c0de1';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

describe('definitions', () => {
  test('every chain that ships can be stored, is told apart, and is off until it is configured', async () => {
    await configureChains(database.db, new Map());
    const { chains, assets } = await readCatalogue(database.db);
    expect([...chains.keys()].toSorted()).toEqual(chainDefinitions.map(({ id }) => id).toSorted());
    for (const definition of chainDefinitions) {
      expect(chains.get(definition.id)).toEqual({
        ...definition,
        payoutContract: null,
        depositFactory: null,
        enabled: false,
        operation: defaultOperation,
      });
      expect(assets.get(`${definition.id}:${definition.nativeSymbol}`)).toMatchObject({
        address: null,
        decimals: 18,
      });
    }
  });

  test('a batch of the largest size fits into a transaction', () => {
    const TOKEN_GAS_PER_ITEM = 27_500n;
    for (const chain of chainDefinitions)
      expect(BigInt(chain.batchItemsMax) * (TOKEN_GAS_PER_ITEM + chain.dataGasPerItem)).toBeLessThanOrEqual(
        chain.txGasMax,
      );
  });
});

describe('configureChains', () => {
  test('a chain is on with URLs and a payout contract, and off again when it loses one of them', async () => {
    const isEnabled = async (settings: { payoutContract: Hex | null; hasRpc: boolean }) => {
      await configureChains(database.db, new Map([['polygon', settings]]));
      return (await readCatalogue(database.db)).chains.get('polygon')?.enabled;
    };
    expect(await isEnabled({ payoutContract: CONTRACT, hasRpc: true })).toBe(true);
    expect(await isEnabled({ payoutContract: CONTRACT, hasRpc: false })).toBe(false);
    expect(await isEnabled({ payoutContract: null, hasRpc: true })).toBe(false);
  });

  test('new settings reach the row at the next start', async () => {
    const configure = (confirmations: number) =>
      configureChains(
        database.db,
        new Map([['localhost', { payoutContract: CONTRACT, hasRpc: true, confirmations, blockTimeMs: 7 }]]),
      );
    await configure(1);
    await configure(9);
    expect((await readCatalogue(database.db)).chains.get('localhost')).toMatchObject({
      confirmations: 9,
      blockTimeMs: 7,
    });
  });

  test('settings without a depth never lower it, and what ships may raise it', async () => {
    const definition = assertPresent(
      chainDefinitions.find(({ id }) => id === 'polygon'),
      'polygon',
    );
    const configure = async (confirmations?: number) => {
      const settings = { payoutContract: CONTRACT, hasRpc: true };
      await configureChains(
        database.db,
        new Map([['polygon', confirmations === undefined ? settings : { ...settings, confirmations }]]),
      );
      return (await readCatalogue(database.db)).chains.get('polygon')?.confirmations;
    };
    expect(await configure(definition.confirmations + 100)).toBe(definition.confirmations + 100);
    expect(await configure()).toBe(definition.confirmations + 100);
    expect(await configure(definition.confirmations - 1)).toBe(definition.confirmations - 1);
    expect(await configure()).toBe(definition.confirmations);
  });

  test('a coin that an operator switched off, or gave a minimum, stays so at the next start', async () => {
    await configureChains(database.db, new Map());
    await sql`UPDATE asset SET enabled = false, minimum = 5 WHERE id = 'polygon:POL'`.execute(database.db);
    await configureChains(database.db, new Map());
    expect((await readCatalogue(database.db)).assets.get('polygon:POL')).toMatchObject({
      enabled: false,
      minimum: 5n,
    });
  });
});

describe('catalogue cache', () => {
  test('readers share one query; a change is seen after a second; a failure is not remembered', async () => {
    await configureChains(database.db, new Map([['localhost', { payoutContract: CONTRACT, hasRpc: true }]]));
    let nowMs = 0;
    const read = createCatalogueCache({
      db: database.db,
      clock: { now: () => new Date(), monotonicMs: () => nowMs },
    });
    const isEnabled = async () => (await read()).assets.get('localhost:ETH')?.enabled;

    expect(read()).toBe(read());
    expect(await isEnabled()).toBe(true);
    await sql`UPDATE asset SET enabled = false WHERE id = 'localhost:ETH'`.execute(database.db);
    nowMs += 1_000;
    expect(await isEnabled()).toBe(true);
    nowMs += 1;
    expect(await isEnabled()).toBe(false);

    await sql`ALTER TABLE asset RENAME TO asset_away`.execute(database.db);
    nowMs += 1_001;
    await expect(read()).rejects.toThrow();
    await sql`ALTER TABLE asset_away RENAME TO asset`.execute(database.db);
    expect(await isEnabled()).toBe(false);
  });
});

describe('chain cursor', () => {
  const lease = (owner: string, leaseMs = 60_000) =>
    leaseCursor(database.db, { chainId: 'localhost', owner, leaseMs });
  const move = (held: CursorLease, scanned: bigint) =>
    withTransaction(database.db, (tx) => moveCursor(tx, held, { scanned, head: scanned + 5n }));
  beforeEach(async () => {
    await configureChains(database.db, new Map());
    await ensureCursor(database.db, 'localhost', 10n);
  });

  test('begins once, and one monitor holds it at a time', async () => {
    await ensureCursor(database.db, 'localhost', 99n);
    const [one, other] = await Promise.all([lease('one'), lease('other')]);
    expect([one, other].filter((held) => held !== null)).toHaveLength(1);
    expect((one ?? other)?.scanned).toBe(10n);
  });

  test('a holder renews without a new epoch; a new holder gets a new one; the former is fenced off', async () => {
    const first = await lease('one', 0);
    expect((await lease('one', 0))?.epoch).toBe(first?.epoch);
    await expect.poll(() => lease('other')).not.toBeNull();
    if (first === null) throw new Error('no lease');
    await expect(move(first, 11n)).rejects.toThrow('the lease was lost');
    const second = await lease('other');
    if (second === null) throw new Error('no lease');
    expect(second.epoch).toBe(first.epoch + 1n);
    await move(second, 12n);
    expect((await lease('other'))?.scanned).toBe(12n);
  });

  test('one that is given back is free at once', async () => {
    await lease('one');
    expect(await lease('other')).toBeNull();
    await giveBackCursor(database.db, 'one');
    expect(await lease('other')).not.toBeNull();
  });

  test('remembers blocks, replaces them, forgets old ones and those of a branch that vanished', async () => {
    const blocks = [11n, 12n, 13n, 14n].map((number) => ({ number, hash: `0x${number}` as Hex }));
    await withTransaction(database.db, (tx) => saveBlocks(tx, 'localhost', blocks, 12n));
    await withTransaction(database.db, (tx) =>
      saveBlocks(tx, 'localhost', [{ number: 13n, hash: '0xnew' }], 12n),
    );
    expect(await listBlocks(database.db, 'localhost', 10)).toEqual([
      { number: 14n, hash: '0x14' },
      { number: 13n, hash: '0xnew' },
      { number: 12n, hash: '0x12' },
    ]);
    await withTransaction(database.db, (tx) => dropBlocksAbove(tx, 'localhost', 12n));
    expect(await listBlocks(database.db, 'localhost', 10)).toEqual([{ number: 12n, hash: '0x12' }]);
  });
});
