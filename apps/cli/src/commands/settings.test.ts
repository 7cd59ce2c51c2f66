import { upsertAsset } from '@naru/core/chain/chain.store.ts';
import { configureChains } from '@naru/core/chain/configure-chains.ts';
import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runProgram } from '../run-program.fixture.ts';

/* The whole command line, in this process, on a database alone: no role needs to run for any of it. */

let database: TestDatabase;
let env: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  env = { DATABASE_URL: database.url, NARU_OPERATOR: 'kim' };
  const payoutContract = '0x00000000000000000000000000000000000c0de1';
  await configureChains(database.db, new Map([['polygon', { payoutContract, hasRpc: true }]]));
  await upsertAsset(database.db, {
    chainId: 'polygon',
    code: 'USDC',
    symbol: 'USDC',
    address: '0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359',
    decimals: 6,
    minimum: 1n,
    gasPerItem: 27_500n,
    transferGasMax: 100_000n,
    enabled: true,
  });
});
afterAll(() => database?.drop());

const naru = (...args: string[]) => runProgram(env, args);

it('sets a ceiling in gwei, says what it was, shows it with its history, and takes it back', async () => {
  const set = await naru('settings', 'set', 'fees.per_gas_max', '300gwei', 'polygon', '--reason', 'market');
  expect(set).toMatchObject({ code: 0, err: '' });
  expect(set.out).toContain('fees.per_gas_max of polygon was 1000 gwei and is 300 gwei now (version 1).');
  const outdated = await naru(
    ...['settings', 'set', 'fees.per_gas_max', '5gwei', 'polygon', '--reason', 'x', '--seen', '0'],
  );
  expect(outdated).toMatchObject({ code: 1, err: expect.stringContaining('operator:kim') });
  const shown = await naru('settings', 'get', 'fees.per_gas_max', 'polygon');
  expect(shown.out).toContain('No transaction offers more for gas than this');
  expect(shown.out).toContain('market');
  const back = await naru('settings', 'revert', 'fees.per_gas_max', '0', 'polygon', '--reason', 'calm');
  expect(back.out).toContain('was 300 gwei and is 1000 gwei now (version 2)');
});

it('wants a yes to what is dangerous, and says what may be where something may not', async () => {
  const lower = ['settings', 'set', 'finality.confirmations', '200', 'polygon', '--reason', 'faster'];
  expect(await naru(...lower)).toMatchObject({ code: 1, err: expect.stringContaining('--acknowledge') });
  expect(await naru(...lower, '--acknowledge')).toMatchObject({ code: 0 });
  const low = await naru(
    ...['settings', 'set', 'finality.confirmations', '127', 'polygon', '--reason', 'x', '--acknowledge'],
  );
  expect(low).toMatchObject({ code: 1, err: expect.stringContaining('from 128 to 10000 blocks') });
  const nowhere = await naru('settings', 'get', 'batch.items_max');
  expect(nowhere).toMatchObject({ code: 2, err: expect.stringContaining('needs a target: polygon') });
});

it('closes a chain, charges for an asset, and lists what is not as it ships', async () => {
  const closed = await naru('chains', 'disable', 'polygon', '--reason', 'incident 7');
  expect(closed.out).toBe('polygon accepted new withdrawals and refuses them now.\n');
  expect((await naru('chains', 'list')).out).toContain('refuses');
  const changed = JSON.parse((await naru('settings', 'list', '--changed', '--json')).out);
  expect(changed.settings.map(({ key }: { key: string }) => key).toSorted()).toEqual([
    'chain.accepting',
    'fees.per_gas_max',
    'finality.confirmations',
  ]);
  const fee = ['fees', 'set', 'polygon', 'USDC'];
  expect(
    (await naru(...fee, '--flat', '0.5', '--percent', '0.25', '--max', '20', '--reason', 'prices')).out,
  ).toBe('A withdrawal of polygon:USDC costs 0.5 USDC + 0.25 %, up to 20 USDC from now on (version 1).\n');
  expect((await naru('fees', 'list')).out).toContain('everybody');
  // By gas, a token needs to know what the coin is worth: a rate, or what somebody has fixed.
  const byGas = [...fee, '--gas', '100', '--reason', 'gas'];
  expect(await naru(...byGas)).toMatchObject({
    code: 1,
    err: expect.stringContaining('fix it by fees.units'),
  });
  await naru('settings', 'set', 'fees.units_per_coin', '400000', 'polygon:USDC', '--reason', 'no feed');
  expect((await naru(...byGas)).out).toContain('100 % of its gas');
  expect((await naru('fees', 'list')).out).toContain(
    '! Gas of polygon:USDC: 1 POL is 0.4 USDC, as fees.units_per_coin has it, since no rate can be used: there is no rate POL/USD.',
  );
  expect(await naru(...fee, '--reason', 'x')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--none'),
  });
});
