import { randomBytes } from 'node:crypto';
import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import { recoverFromChain } from '@naru/core/chain-tx/recover-from-chain.ts';
import { checkLedger } from '@naru/core/ledger/ledger.store.ts';
import { findReserveMismatches } from '@naru/core/reconciliation/reconciliation.store.ts';
import { openDatabase } from '@naru/db/database.ts';
import { connectPayoutChain } from '@naru/evm/connect-payout-chain.ts';
import { startRpcFaultProxy } from '@naru/evm/testing/rpc-fault-proxy.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { createNaru, type Naru } from '@naru/sdk/create-naru.ts';
import { isNaruApiError } from '@naru/sdk/errors.ts';
import { onServer } from '@naru/testkit/global-setup.ts';
import { sql } from 'kysely';
import { encodeFunctionData, type Hex, parseAbi, parseEther, parseUnits } from 'viem';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { countPayments, tokenBalance } from '../support/chain-judge.ts';
import { anvil, randomAddress } from '../support/payouts.ts';
import { runNaru } from '../support/run-naru.ts';
import { type Stack, type StackProcess, startStack, eventually as within } from '../support/stack.ts';

/*
 * The account manager as operators use it: two instances of every role, the SDK and the command line. The chain is the
 * judge of what moved, and of what moved once.
 */

const ROLES = 'processor,broadcaster,monitor,accounts';
const usdc = (whole: number) => parseUnits(String(whole), 6);
const BACKUP = `backup_${randomBytes(6).toString('hex')}`;
const CHAIN = 'localhost';
const WHY = { reason: 'a test' };
const tokenAbi = parseAbi(['function freeze(address account)', 'function unfreeze(address account)']);

let stack: Stack;
let naru: Naru;
let proxy: Awaited<ReturnType<typeof startRpcFaultProxy>>;
let workers: StackProcess[];
let env: Record<string, string>;
let mining: NodeJS.Timeout | null = null;
/** A key at the signer that is no account yet. */
let spare: Hex;

beforeAll(async () => {
  stack = await startStack({
    accounts: 4,
    spareKeys: 1,
    confirmations: 2,
    reserve: {
      MAIN: { coinWei: parseEther('500'), token: usdc(12_000_000) },
      GAS: { coinWei: parseEther('100'), token: 0n },
      PAYOUT: { coinWei: parseEther('20'), token: usdc(100) },
    },
  });
  spare = assertPresent(stack.signerHome.addresses.at(-1), 'spare key');
  proxy = await startRpcFaultProxy({ upstreamUrl: stack.anvil.url });
  env = { DATABASE_URL: stack.database.url, NARU_RPC_LOCALHOST: stack.anvil.url };
  keepMining();
  const api = await stack.startApi();
  naru = createNaru({ baseUrl: api.url, apiKey: stack.apiKey });
  await setThreshold('500', '1000');
  // Top-ups are decided and nobody plans them yet: that is what the backup holds.
  const decider = await stack.startWorker('accounts', { NARU_RPC_LOCALHOST: proxy.url });
  await eventually('decided', async () => ((await transfers()).length === 2 ? true : null));
  decider.kill('SIGKILL');
  await decider.ended;
  await backUp();
  workers = [];
  for (const _ of [1, 2]) workers.push(await stack.startWorker(ROLES, { NARU_RPC_LOCALHOST: proxy.url }));
}, 400_000);
afterAll(async () => {
  stopMining();
  await proxy?.close();
  await stack?.stop();
  await onServer(inject('postgresUrl'), `DROP DATABASE IF EXISTS ${BACKUP} WITH (FORCE)`);
});

function keepMining(): void {
  mining ??= setInterval(() => void anvil(stack, 'evm_mine').catch(() => undefined), 150);
}
function stopMining(): void {
  if (mining !== null) clearInterval(mining);
  mining = null;
}

/** Every condition here needs looks of the accounts role, blocks and their depth. */
const eventually = <T>(what: string, read: () => Promise<T | null>) => within(what, read, 150_000);
const accounts = () => naru.admin.subAccounts.list({ chain: CHAIN });
const account = async (address: string) =>
  assertPresent(
    (await accounts()).find((one) => one.address === address),
    address,
  );
const setThreshold = (low: string, target: string) =>
  naru.admin.subAccounts.thresholds.set({
    chain: CHAIN,
    asset: 'USDC',
    of: { role: 'PAYOUT' },
    low,
    target,
    high: '20000',
    ...WHY,
  });
const payers = async () =>
  (await accounts()).filter((one) => one.role === 'PAYOUT' && one.state === 'ACTIVE');
const holds = (address: string) => tokenBalance(stack, stack.contracts.usdc, address as Hex);
const transfers = async () => (await naru.admin.subAccounts.transfers({ chain: CHAIN, limit: 100 })).data;
const ended = (id: string) =>
  eventually(`transfer ${id} has ended`, async () => {
    const found = (await transfers()).find((one) => one.id === id);
    return found?.endedAt == null ? null : found;
  });
const pay = (amount: string) =>
  naru.withdrawals.create({ chain: CHAIN, asset: 'USDC', to: randomAddress(), amount });
const confirmed = (id: string) => naru.withdrawals.waitFor(id, { until: ['CONFIRMED'], timeoutMs: 150_000 });

test('thresholds are set at run time; accounts that are low are topped up by one transaction of the main account', async () => {
  const refused = await setThreshold('1000', '1000').catch((error: unknown) => error);
  expect(isNaruApiError(refused, 'account_threshold_invalid')).toBe(true);
  expect(String(refused)).toContain('low (1000 USDC) must be below target (1000 USDC)');
  expect(await setThreshold('500', '1000')).toMatchObject([
    { asset: 'USDC', role: 'PAYOUT', target: '1000' },
  ]);

  const found = await eventually('both topped up', async () => {
    const done = (await transfers()).filter(({ state }) => state === 'CONFIRMED');
    return done.length === 2 ? done : null;
  });
  expect(found.map(({ purpose, amount }) => [purpose, amount])).toEqual([
    ['TOP_UP', '900'],
    ['TOP_UP', '900'],
  ]);
  expect(new Set(found.map(({ hash }) => hash)).size).toBe(1);
  for (const { address } of await payers()) expect(await holds(address)).toBe(usdc(1_000));
});

test('a withdrawal larger than all accounts together is paid after a top-up', async () => {
  const { id } = await pay('250000');
  await confirmed(id);
  const top = (await transfers()).filter(({ reason }) => reason.startsWith('withdrawals wait'));
  expect(top).toHaveLength(1);
});

test('a top-up that an operator asks for moves once: asked twice, its answers lost, its block reorganised away', async () => {
  const [target] = await payers();
  const { address } = assertPresent(target, 'an account');
  // Whatever the payment before has left low is topped up first.
  await eventually('nothing under way', async () =>
    (await transfers()).every(({ endedAt }) => endedAt !== null) && (await holds(address)) >= usdc(500)
      ? true
      : null,
  );
  const before = await holds(address);
  proxy.setFaults([{ methods: ['eth_sendRawTransaction'], fault: { kind: 'lose_answer' }, times: 2 }]);
  stopMining();
  const ask = (key: string) =>
    naru.admin.subAccounts.topUp(
      { chain: CHAIN, address },
      { asset: 'USDC', amount: '3000', ...WHY },
      { idempotencyKey: key },
    );
  const { id } = await ask('top-up-1');
  expect((await ask('top-up-1')).id).toBe(id);
  expect(await ask('top-up-2').catch((error: unknown) => error)).toMatchObject({
    code: 'account_transfer_under_way',
  });
  const stateOf = async () => {
    const { rows } = await sql<{ state: string }>`
      SELECT x.state FROM account_transfer t JOIN chain_tx x ON x.id = t.chain_tx_id WHERE t.id = ${id}`.execute(
      stack.database.db,
    );
    return rows[0]?.state;
  };
  await eventually('mined', async () => ((await stateOf()) === 'MINED' ? true : null));
  proxy.setFaults([]);
  await anvil(stack, 'anvil_reorg', 1, []);
  await eventually('taken back', async () => ((await stateOf()) === 'BROADCASTED' ? true : null));
  keepMining();
  expect(await ended(id)).toMatchObject({ state: 'CONFIRMED', amount: '3000' });
  expect((await holds(address)) - before).toBe(usdc(3_000));
  const tooMuch = { asset: 'USDC', amount: '99000000', ...WHY };
  const none = await naru.admin.subAccounts
    .topUp({ chain: CHAIN, address }, tooMuch)
    .catch((error: unknown) => error);
  expect(none).toMatchObject({ code: 'account_reserve_missing' });
});

test('an account that the token has frozen gets nothing: its transfer has failed, and nothing moved', {
  timeout: 180_000,
}, async () => {
  const [target] = await payers();
  const { address } = assertPresent(target, 'an account');
  const call = (functionName: 'freeze' | 'unfreeze') =>
    stack.devnet.send({
      to: stack.contracts.usdc,
      data: encodeFunctionData({ abi: tokenAbi, functionName, args: [address as Hex] }),
    });
  const before = await holds(address);
  await call('freeze');
  const { id } = await naru.admin.subAccounts.topUp(
    { chain: CHAIN, address },
    { asset: 'USDC', amount: '10', ...WHY },
  );
  expect(await ended(id)).toMatchObject({ state: 'FAILED', failure: { code: 'transfer_reverted' } });
  expect(await holds(address)).toBe(before);
  await call('unfreeze');
  const shown = await runNaru(['accounts', 'transfers', CHAIN], env);
  expect(shown.out).toContain('FAILED');
  expect(shown.out).toContain('Nothing moved');
});

test('keys are rotated while payments go on: add the new account, drain the old one, retire it', {
  timeout: 240_000,
}, async () => {
  const [old] = await payers();
  const { address } = assertPresent(old, 'an account');
  const payments: string[] = [];
  let isPaying = true;
  const paying = (async () => {
    while (isPaying) {
      payments.push((await pay('1')).id);
      await confirmed(assertPresent(payments.at(-1), 'payment'));
    }
  })();
  paying.catch(() => undefined); // told below
  const stranger = await naru.admin.subAccounts.add({ chain: CHAIN, address: randomAddress(), ...WHY });
  const added = await naru.admin.subAccounts.add({ chain: CHAIN, address: spare, ...WHY });
  expect(added).toMatchObject({ state: 'JOINING', role: 'PAYOUT' });
  // It has no coin for gas yet, so gas money comes first.
  await naru.admin.subAccounts.thresholds.set({
    chain: CHAIN,
    asset: 'ETH',
    purpose: 'GAS',
    of: { role: 'PAYOUT' },
    low: '1',
    target: '2',
    ...WHY,
  });
  await eventually('the new account pays', async () => {
    const now = await account(added.address);
    return now.state === 'ACTIVE' && (await holds(now.address)) === usdc(1_000) ? now : null;
  });
  expect(await eventually('told why', async () => (await account(stranger.address)).reason)).toContain(
    'no key for it',
  );

  const drained = await naru.admin.subAccounts.change({ chain: CHAIN, address }, { change: 'drain', ...WHY });
  expect(drained).toMatchObject({ draining: true });
  await eventually('drained', async () => ((await account(address)).state === 'DRAINED' ? true : null));
  expect(await holds(address)).toBe(0n);
  isPaying = false;
  await paying;
  expect(payments.length).toBeGreaterThan(1);

  const listed = await runNaru(['accounts', 'list', CHAIN], env);
  expect(listed.out).toMatch(/MAIN +ACTIVE/);
  expect(listed.out).toMatch(new RegExp(`${address} +PAYOUT +DRAINED`));
  for (const gone of [address, stranger.address]) {
    const retired = await runNaru(['accounts', 'retire', CHAIN, gone, '--reason', 'rotated'], env);
    expect(retired).toMatchObject({ code: 0, out: expect.stringContaining('is retired') });
  }
  await confirmed((await pay('2')).id);
});

test('the forecast tells how long the reserve lasts, and the books agree with the chain to the last unit', async () => {
  const forecast = await naru.admin.subAccounts.forecast({ chain: CHAIN });
  const main = forecast.find(({ asset, role }) => asset === 'USDC' && role === 'MAIN');
  expect(Number(main?.outflow.hour)).toBeGreaterThan(250_000);
  expect(main?.runwaySeconds.least).toBeGreaterThan(0);
  const shown = await runNaru(['accounts', 'forecast'], env);
  expect(shown.out).toMatch(/localhost +MAIN +USDC/);
  await eventually('nothing under way', async () =>
    (await transfers()).every(({ endedAt }) => endedAt !== null) ? true : null,
  );
  expect(await runNaru(['verify'], env)).toMatchObject({ code: 0 });
  expect(await checkLedger(stack.database.db)).toEqual([]);
  expect(await findReserveMismatches(stack.database.db)).toEqual([]);
  const payments = await countPayments(stack);
  expect([...payments.values()].filter((count) => count !== 1)).toEqual([]);
  for (const { id, state } of await transfers())
    expect([id, payments.has(id)]).toEqual([id, state === 'CONFIRMED']);
});

test('a restored database learns of moves between accounts from the chain, and repeats none', {
  timeout: 180_000,
}, async () => {
  for (const worker of workers) worker.kill('SIGTERM');
  await Promise.all(workers.map((worker) => worker.ended));
  const known = new Map((await transfers()).map((one) => [one.id, one]));
  const url = new URL(stack.database.url);
  url.pathname = `/${BACKUP}`;
  const restored = openDatabase({ databaseUrl: url.href, applicationName: 'test' });
  try {
    const catalogue = await readCatalogue(restored);
    const chain = assertPresent(catalogue.chains.get(CHAIN), 'chain');
    const { port, pool } = connectPayoutChain(
      { ...chain, payoutContract: stack.contracts.payoutContract },
      { urls: [stack.anvil.url], timeoutMs: 5_000, clock: systemClock, logger: silentLogger },
    );
    const assets = [...catalogue.assets.values()].filter(({ chainId }) => chainId === CHAIN);
    // The account that was added since is known to whoever restores: its key is at the signer.
    await sql`INSERT INTO sub_account (id, chain_id, address, next_nonce)
              VALUES (gen_random_uuid(), ${CHAIN}, ${spare}, 0)`.execute(restored);
    const report = await recoverFromChain(
      { db: restored, chainPort: port, signer: null, logger: silentLogger },
      { chain, assets },
      { fromBlock: 0n },
    );
    pool.close();
    expect(report.conflicts).toEqual([]);
    expect(report.transfersRestored).toBeGreaterThanOrEqual(
      [...known.values()].filter(({ state }) => state === 'CONFIRMED').length,
    );
    const paidBefore = (await countPayments(stack)).size;
    await stack.startWorker(ROLES, { DATABASE_URL: url.href });
    const rows = await eventually('settled', async () => {
      const { rows: found } = await sql<{ id: string; state: string; amount: bigint }>`
        SELECT id, state, amount FROM account_transfer`.execute(restored);
      return found.every(({ state }) => state !== 'PLANNED') ? found : null;
    });
    for (const { id, state } of known.values())
      if (state === 'CONFIRMED') expect(rows.find((row) => row.id === id)?.state).toBe('CONFIRMED');
    // It has looked at the accounts again, and found nothing low: all that was topped up is there.
    await eventually('looked', async () => {
      const { rows: found } = await sql`SELECT 1 FROM sub_account_balance b JOIN chain_cursor c ON true
        WHERE b.block_number >= c.scanned_number - 1 AND b.updated_at > now() - interval '2 seconds'`.execute(
        restored,
      );
      return found.length > 0 ? true : null;
    });
    const payments = await countPayments(stack);
    expect([...payments.values()].filter((count) => count !== 1)).toEqual([]);
    expect(payments.size).toBe(paidBefore);
  } finally {
    await restored.destroy();
  }
});

/** A copy needs the source without connections; the pools open new ones by themselves. */
async function backUp(): Promise<void> {
  const source = new URL(stack.database.url).pathname.slice(1);
  await eventually('a moment without connections', async () => {
    const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${source}'`;
    await onServer(inject('postgresUrl'), end).catch(() => undefined);
    return await onServer(inject('postgresUrl'), `CREATE DATABASE ${BACKUP} TEMPLATE ${source}`).then(
      () => true,
      () => null,
    );
  });
}
