import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chainDefinitions } from '../chain/chain.definitions.ts';
import { readCatalogue } from '../chain/chain.store.ts';
import { configureChains } from '../chain/configure-chains.ts';
import { createLocalInvalidations } from '../invalidation/invalidations.ts';
import { callerOf } from '../withdrawal/withdrawal.fixture.ts';
import { changeSetting, requestSettingChange, type SettingChange } from './change-setting.ts';
import { listSettings, locateAll, readBase, readSetting } from './read-settings.ts';
import { assetSettings, chainSettings, installationSettings } from './setting.definitions.ts';
import { readInForce } from './setting.store.ts';

const audit = { actor: 'operator:kim', origin: 'here', requestId: null, reason: null };
const CONTRACT = '0x00000000000000000000000000000000000c0de1';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const enabled = { payoutContract: CONTRACT, hasRpc: true } as const;
  await configureChains(
    database.db,
    new Map([
      ['localhost', enabled],
      ['polygon', enabled],
      ['bsc', enabled],
    ]),
  );
});
afterAll(() => database?.drop());

function change(
  key: string,
  to: SettingChange['to'] | string | null,
  seenVersion: number,
  more: Partial<SettingChange> = {},
) {
  return changeSetting(
    { db: database.db },
    {
      key,
      target: 'localhost',
      to: to === null || typeof to === 'string' ? { value: to } : to,
      seenVersion,
      acknowledged: false,
      reason: 'ticket 9',
      ...more,
    },
    audit,
  );
}
const chainNow = async (id = 'localhost') => (await readCatalogue(database.db)).chains.get(id);

describe('the registry', () => {
  test('has each key once, and a bound and a value for every setting of every target', async () => {
    const keys = [...installationSettings, ...chainSettings, ...assetSettings].map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const located of await locateAll(database.db)) {
      const { definition } = located;
      const ships = readBase(located);
      if (typeof ships !== 'bigint') continue;
      expect([definition.key, located.target, ships >= definition.min(located.facts)]).toContain(true);
      expect([definition.key, located.target, ships <= definition.max]).toContain(true);
    }
  });

  test('what is written is what is read, for every setting', async () => {
    for (const located of await locateAll(database.db)) {
      const value = located.definition.kind === 'switch' ? false : 77n;
      const read =
        located.of === 'chain'
          ? located.definition.read(located.definition.write(located.base, value))
          : located.of === 'asset'
            ? located.definition.read(located.definition.write(located.base, value))
            : located.definition.read(located.definition.write(located.base, value));
      expect([located.definition.key, read]).toEqual([located.definition.key, value]);
    }
  });
});

describe('a change', () => {
  test('is in force at once, told to other processes, versioned, and audited with who and why', async () => {
    const told: string[] = [];
    const invalidations = createLocalInvalidations();
    invalidations.subscribe('catalogue', () => told.push('told'));
    const made = await changeSetting(
      { db: database.db, invalidations },
      {
        key: 'batch.items_max',
        target: 'localhost',
        to: { value: '7' },
        seenVersion: 0,
        acknowledged: false,
        reason: 'ticket 1',
      },
      audit,
    );
    expect(made).toMatchObject({ version: 1, value: 7n, previous: null, actor: 'operator:kim' });
    expect(await chainNow()).toMatchObject({ batchItemsMax: 7 });
    expect(told).toEqual(['told']);
    await change('batch.items_max', '9', 1);
    const found = await readSetting(database.db, { key: 'batch.items_max', target: 'localhost' });
    expect(found?.setting).toMatchObject({ current: 9n, default: 430n, version: 2, min: 1n, max: 1_500n });
    expect(found?.history.map(({ version, value, previous }) => [version, value, previous])).toEqual([
      [2, 9n, 7n],
      [1, 7n, null],
    ]);
    const { rows } = await sql`
      SELECT action, actor, reason, after ->> 'value' AS value FROM audit_event
       WHERE subject = 'setting_version batch.items_max localhost' ORDER BY position`.execute(database.db);
    expect(rows).toMatchObject([
      { action: 'setting_version.insert', actor: 'operator:kim', reason: 'ticket 1', value: '7' },
      { value: '9', reason: 'ticket 9' },
    ]);
  });

  test('reaches what is no column of the chain, what is the asset’s, and what is the installation’s', async () => {
    await change('batch.wait_ms', '0', 0);
    await change('chain.accepting', 'false', 0);
    await change('asset.maximum', '5', 0, { target: 'localhost:ETH' });
    await change('alarms.chain_looks', '5', 0, { target: '' });
    expect((await chainNow())?.operation).toMatchObject({
      batchWaitMs: 0,
      accepting: false,
      bumpAfterBlocks: 4,
    });
    const { assets } = await readCatalogue(database.db);
    expect(assets.get('localhost:ETH')).toMatchObject({ minimum: 1n, maximum: 5n });
    const [looks] = await listSettings(database.db, { key: 'alarms.chain_looks' });
    expect(looks).toMatchObject({ current: 5n, default: 3n });
    await change('asset.maximum', null, 1, { target: 'localhost:ETH' });
    expect((await readCatalogue(database.db)).assets.get('localhost:ETH')?.maximum).toBeNull();
  });

  test.each([
    ['batch.items_max', '0', 'setting_out_of_bounds'],
    ['batch.items_max', '1501', 'setting_out_of_bounds'],
    ['batch.items_max', '1e3', 'setting_malformed'],
    ['batch.items_max', '-1', 'setting_malformed'],
    ['batch.items_max', 'true', 'setting_malformed'],
    ['chain.accepting', '1', 'setting_malformed'],
    ['fees.tip_min', '900000000000', 'setting_inconsistent'],
    ['retry.unknown_base_ms', '6000', 'setting_inconsistent'],
    ['fees.per_gas_max', '0', 'setting_out_of_bounds'],
  ])('%s to %s is refused: %s', async (key, value, code) => {
    const before = (await readInForce(database.db)).length;
    const seen = (await readSetting(database.db, { key, target: 'localhost' }))?.setting.version ?? 0;
    expect(await change(key, value, seen, { acknowledged: true })).toMatchObject({
      code: 'validation_failed',
      errors: [{ pointer: '/value', code }],
    });
    expect((await readInForce(database.db)).length).toBe(before);
  });

  test('of two who saw the same version one is first; the other reads what is in force now, and by whom', async () => {
    const results = await Promise.all([
      change('fees.bump_after_blocks', '5', 0),
      change('fees.bump_after_blocks', '6', 0),
    ]);
    expect(results.filter((result) => 'version' in result)).toHaveLength(1);
    const conflict = results.find((result) => 'code' in result);
    const now = (await chainNow())?.operation.bumpAfterBlocks;
    expect(conflict).toMatchObject({ code: 'setting_changed', errors: [{ code: 'version_outdated' }] });
    expect(conflict).toMatchObject({ message: expect.stringContaining(`version 1 is in force with ${now}`) });
    expect(conflict).toMatchObject({ message: expect.stringContaining('operator:kim') });
  });

  test('of what is not there says what there is', async () => {
    expect(await change('batch.size', '1', 0)).toMatchObject({ code: 'setting_not_found' });
    expect(await change('batch.items_max', '1', 0, { target: 'nowhere' })).toMatchObject({
      code: 'setting_not_found',
      message: expect.stringContaining('polygon'),
    });
    expect(await change('batch.items_max', '1', 2, { reason: '  ' })).toMatchObject({
      code: 'validation_failed',
    });
  });

  test('goes back to an earlier version, and to what ships, as a new version', async () => {
    await change('retry.resend_ms', '1000', 0);
    await change('retry.resend_ms', '2000', 1);
    expect(await change('retry.resend_ms', { version: 1 }, 2)).toMatchObject({ version: 3, value: 1_000n });
    expect(await change('retry.resend_ms', { version: 9 }, 3)).toMatchObject({
      errors: [{ code: 'version_unknown' }],
    });
    expect(await change('retry.resend_ms', { version: 0 }, 3)).toMatchObject({ version: 4, value: null });
    expect((await chainNow())?.operation.resendMs).toBe(15_000);
  });

  test('by a key happens once: its repeat is answered as the first, another body under it is refused', async () => {
    const caller = callerOf('00000000-0000-7000-8000-000000000001');
    await sql`INSERT INTO organisation (id, name) VALUES (${caller.organisationId}, 'operators')`.execute(
      database.db,
    );
    const wanted: SettingChange = {
      key: 'accounts.in_flight_max',
      target: 'polygon',
      to: { value: '8' },
      seenVersion: 0,
      acknowledged: false,
      reason: 'ticket 2',
    };
    const from = { origin: '10.0.0.1', requestId: 'req_1' };
    const ask = (one: SettingChange) => requestSettingChange({ db: database.db }, caller, 'key-1', one, from);
    const answers = await Promise.all([ask(wanted), ask(wanted)]);
    const again = await ask(wanted);
    expect(again).toMatchObject({ kind: 'done', replayed: true, value: { version: 1, value: 8n } });
    expect(answers.some((answer) => answer.kind === 'done' && !answer.replayed)).toBe(true);
    expect(await ask({ ...wanted, to: { value: '9' } })).toMatchObject({
      refusal: { code: 'idempotency_key_reused' },
    });
    expect((await readSetting(database.db, wanted))?.history).toHaveLength(1);
  });
});

describe('final depth', () => {
  const at = (id: string) => ({ target: id });
  test('is lowered only by somebody who says that they know, and raised freely', async () => {
    const shipped = chainDefinitions.find(({ id }) => id === 'polygon')?.confirmations ?? 0;
    expect(await change('finality.confirmations', '200', 0, at('polygon'))).toMatchObject({
      code: 'setting_dangerous',
      message: expect.stringContaining(`lowered from ${shipped}`),
    });
    expect(
      await change('finality.confirmations', '200', 0, { ...at('polygon'), acknowledged: true }),
    ).toMatchObject({ version: 1 });
    expect(await change('finality.confirmations', '300', 1, at('polygon'))).toMatchObject({ version: 2 });
    // Going back is lowering, too.
    expect(await change('finality.confirmations', { version: 1 }, 2, at('polygon'))).toMatchObject({
      code: 'setting_dangerous',
    });
    expect(await change('finality.confirmations', { version: 0 }, 2, at('polygon'))).toMatchObject({
      code: 'setting_dangerous',
    });
  });

  test('of a main network is never lowered below half of what ships, whoever says what', async () => {
    expect(
      await change('finality.confirmations', '15', 0, { ...at('bsc'), acknowledged: true }),
    ).toMatchObject({ code: 'validation_failed', errors: [{ code: 'setting_out_of_bounds' }] });
    expect(
      await change('finality.confirmations', '16', 0, { ...at('bsc'), acknowledged: true }),
    ).toMatchObject({ version: 1 });
  });

  test('stays as an operator set it, whatever the environment says at the next start', async () => {
    await change('chain.block_time_ms', '900', 0);
    await configureChains(
      database.db,
      new Map([
        ['localhost', { payoutContract: CONTRACT, hasRpc: true, confirmations: 5, blockTimeMs: 4_000 }],
        ['polygon', { payoutContract: CONTRACT, hasRpc: true }],
        ['bsc', { payoutContract: CONTRACT, hasRpc: true }],
      ]),
    );
    expect(await chainNow()).toMatchObject({ blockTimeMs: 900, confirmations: 5 });
    expect(await chainNow('polygon')).toMatchObject({ confirmations: 300 });
    const [view] = await listSettings(database.db, { key: 'chain.block_time_ms', target: 'localhost' });
    expect(view).toMatchObject({ current: 900n, default: 4_000n });
  });
});

test('the database takes no version out of turn, and lets none be changed', async () => {
  const insert = (version: number, previous: string | null) =>
    sql`INSERT INTO setting_version (id, key, target, version, value, previous, actor, reason)
        VALUES (gen_random_uuid(), 'a.b', 'x', ${version}, '1', ${previous}, 'me', 'why')`.execute(
      database.db,
    );
  await expect(insert(2, null)).rejects.toThrow('does not follow version 0');
  await insert(1, null);
  await expect(insert(1, null)).rejects.toThrow('does not follow version 1');
  await expect(insert(2, '3')).rejects.toThrow('does not follow');
  await expect(
    sql`UPDATE setting_version SET value = '2' WHERE key = 'a.b'`.execute(database.db),
  ).rejects.toThrow('immutable');
  await expect(sql`TRUNCATE setting_version`.execute(database.db)).rejects.toThrow('immutable');
  // A key of another program's version is left alone.
  expect(await chainNow()).toBeDefined();
});
