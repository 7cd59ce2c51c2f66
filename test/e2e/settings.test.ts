import { readFile, writeFile } from 'node:fs/promises';
import { recordFunding } from '@naru/core/ledger/record-funding.ts';
import { verify } from '@naru/core/reconciliation/verify.ts';
import { testOddTokenAbi, testOddTokenBytecode } from '@naru/evm/abi/test-odd-token.gen.ts';
import { testUsdCoinAbi, testUsdCoinBytecode } from '@naru/evm/abi/test-usd-coin.gen.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { fromPublicId, newUuid, toPublicId } from '@naru/kit/ids.ts';
import { createNaru, type Naru } from '@naru/sdk/create-naru.ts';
import { sql } from 'kysely';
import { encodeDeployData, encodeFunctionData, type Hex, parseUnits } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokenBalance } from '../support/chain-judge.ts';
import { anvil, randomAddress } from '../support/payouts.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';

/* Two instances of every role and of the API, and nothing but the SDK: what an operator turns, all of them act on. */

const reason = 'ticket 4711';
const target = 'localhost';
let stack: Stack;
let naru: Naru;
let other: Naru;

beforeAll(async () => {
  stack = await startStack({ accounts: 2, blockTimeSeconds: 1 });
  const { apiKey } = stack;
  // One after the other: so many programs at once load each other's machine, and each is waited for.
  naru = createNaru({ baseUrl: (await stack.startApi()).url, apiKey });
  other = createNaru({ baseUrl: (await stack.startApi()).url, apiKey });
  await stack.startWorker('processor,broadcaster,monitor,accounts');
  await stack.startWorker('processor,broadcaster,monitor,accounts');
});
afterAll(async () => {
  await stack?.stop();
});

const versionOf = async (key: string, of = target) =>
  (await naru.admin.settings.get(key, of)).setting.version;

async function set(key: string, value: string | null, acknowledge = false): Promise<void> {
  const seenVersion = await versionOf(key);
  await naru.admin.settings.change(key, { target, value, seenVersion, acknowledge, reason });
}

const request = (amount = '1', asset = 'USDC') => ({
  chain: 'localhost',
  asset,
  to: randomAddress(),
  amount,
});

async function pay(amount?: string, asset?: string) {
  const { id } = await naru.withdrawals.create(request(amount, asset));
  return await naru.withdrawals.waitFor(id, { until: ['CONFIRMED'], timeoutMs: 40_000 });
}

test('lists what can be turned, with what is in force, what ships, and the bounds', async () => {
  const settings = await naru.admin.settings.list({ target });
  expect(settings.find(({ key }) => key === 'batch.items_max')).toMatchObject({
    scope: 'chain',
    current: '430',
    default: '430',
    min: '1',
    max: '1500',
    version: 0,
    changed: null,
  });
  expect(new Set(settings.map(({ key }) => key)).size).toBe(settings.length);
  const own = await naru.admin.settings.list({ scope: 'asset' });
  expect(own.map((one) => one.target)).toContain('localhost:USDC');
  expect(own.map((one) => one.target)).not.toContain('polygon:POL');
});

test('a smaller batch is planned by every processor from then on, with no restart', async () => {
  await set('batch.items_max', '2');
  await set('batch.wait_ms', '1000');
  await eventually('batches of two at most', async () => {
    const csv = [
      'chain,asset,to,amount',
      ...Array.from({ length: 9 }, () => `localhost,USDC,${randomAddress()},0.5`),
    ];
    const bulk = await naru.bulk.create(csv.join('\n'));
    const reasons: string[] = [];
    for await (const { id } of naru.withdrawals.list({ bulkId: bulk.id })) {
      const planned = await eventually(
        'planned',
        async () => (await naru.withdrawals.events(id)).find((event) => event.to === 'SIGNING') ?? null,
      );
      reasons.push(planned.reason);
    }
    return reasons.every((text) => text === 'planned alone' || text === 'planned in a batch of 2')
      ? true
      : null;
  });
  await set('batch.items_max', null);
  await set('batch.wait_ms', null);
});

test('a fee ceiling holds back what is not signed, whose payload stays as it was frozen; taken back, it is paid', async () => {
  await set('fees.per_gas_max', '2');
  const held = await eventually('a payment that the ceiling holds back', async () => {
    const { id } = await naru.withdrawals.create(request());
    const chainTx = await eventually('planned', () => frozenOf(id));
    const kept = await eventually('signed, or held back', async () => {
      const { state, error } = await frozenOf(id).then((row) => row ?? { state: '', error: null });
      return state !== 'PLANNED' ? 'signed' : (error ?? '').startsWith('fee ceiling') ? 'held' : null;
    });
    return kept === 'held' ? { id, chainTx } : null;
  });
  // What it was planned with does not change, whatever is turned meanwhile.
  await set('batch.gas_max', '1000000');
  const history = (await naru.admin.settings.get('fees.per_gas_max', target)).history;
  expect(history[0]).toMatchObject({ version: 1, value: '2', reason });
  expect(history[0]?.actor).toMatch(/^api_key:key_/);
  await naru.admin.settings.revert('fees.per_gas_max', {
    target,
    toVersion: 0,
    seenVersion: 1,
    reason,
    acknowledge: true,
  });
  const paid = await naru.withdrawals.waitFor(held.id, { until: ['CONFIRMED'], timeoutMs: 40_000 });
  expect(paid.state).toBe('CONFIRMED');
  expect(await frozenOf(held.id)).toMatchObject({ data: held.chainTx.data, gas: held.chainTx.gas });
  await set('batch.gas_max', null);
});

test('a depth is raised for what is on its way, and lowered only by somebody who says that they know', async () => {
  await set('finality.confirmations', '4');
  const deep = await eventually('four blocks', async () => {
    const confirmed = await pay();
    const { requiredConfirmations, confirmations } = assertPresent(confirmed.transaction, 'transaction');
    expect(requiredConfirmations).toBe(4);
    return confirmations >= 4 ? confirmations : null;
  });
  expect(deep).toBeGreaterThanOrEqual(4);
  const lower = { target, value: '1', seenVersion: 1, reason };
  await expect(naru.admin.settings.change('finality.confirmations', lower)).rejects.toMatchObject({
    code: 'setting_dangerous',
    message: expect.stringContaining('lowered from 4'),
  });
  await naru.admin.settings.change('finality.confirmations', { ...lower, acknowledge: true });
});

test('out of bounds, of a form it has not, or unknown: refused with why, and nothing changes', async () => {
  const seenVersion = await versionOf('batch.items_max');
  const change = (key: string, value: string) =>
    naru.admin.settings.change(key, { target, value, seenVersion, reason });
  await expect(change('batch.items_max', '0')).rejects.toMatchObject({
    code: 'validation_failed',
    problem: { errors: [{ pointer: '/value', code: 'setting_out_of_bounds' }] },
  });
  await expect(change('batch.items_max', 'true')).rejects.toMatchObject({
    problem: { errors: [{ pointer: '/value', code: 'setting_malformed' }] },
  });
  await expect(change('batch.size', '1')).rejects.toMatchObject({ code: 'setting_not_found' });
  await expect(naru.admin.settings.get('batch.items_max', 'nowhere')).rejects.toMatchObject({
    code: 'setting_not_found',
  });
  expect(await versionOf('batch.items_max')).toBe(seenVersion);
});

test('of two who decide at once one is first, and the other is told both values', async () => {
  const seenVersion = await versionOf('accounts.in_flight_max');
  const decide = (client: Naru, value: string) =>
    client.admin.settings.change('accounts.in_flight_max', { target, value, seenVersion, reason });
  const answers = await Promise.allSettled([decide(naru, '9'), decide(other, '10')]);
  const first = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const second = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
  expect(first).toHaveLength(1);
  expect(second).toMatchObject([
    { code: 'setting_changed', problem: { errors: [{ code: 'version_outdated' }] } },
  ]);
  expect(String(second[0]?.message)).toContain(`is in force with ${first[0]?.value}`);
  // The same call again, with its key, is answered as it was.
  const key = newUuid();
  const again = { target, value: null, seenVersion: seenVersion + 1, reason };
  const once = await naru.admin.settings.change('accounts.in_flight_max', again, { idempotencyKey: key });
  expect(await other.admin.settings.change('accounts.in_flight_max', again, { idempotencyKey: key })).toEqual(
    once,
  );
});

test('a chain and an asset are closed on every instance, and what was accepted is paid', async () => {
  const accepted = await naru.withdrawals.create(request());
  expect(await naru.admin.chains.disable(target, { reason })).toMatchObject({
    accepting: false,
    configured: true,
  });
  await eventually('refused by the other API', () =>
    other.withdrawals.create(request()).then(
      () => null,
      (error: { code: string }) => (error.code === 'chain_not_supported' ? true : null),
    ),
  );
  await naru.withdrawals.waitFor(accepted.id, { until: ['CONFIRMED'], timeoutMs: 40_000 });
  expect(await other.admin.chains.enable(target, { reason })).toMatchObject({ accepting: true });
  await eventually('accepted again', () => naru.withdrawals.create(request()).catch(() => null));

  const last = await naru.withdrawals.create(request('2', 'USDT'));
  const usdt = { chain: 'localhost', asset: 'USDT' };
  expect(await other.admin.assets.disable(usdt, { reason })).toMatchObject({ enabled: false });
  await eventually('refused', () =>
    naru.withdrawals.create(request('2', 'USDT')).then(
      () => null,
      (error: { code: string }) => (error.code === 'asset_not_supported' ? true : null),
    ),
  );
  await naru.withdrawals.waitFor(last.id, { until: ['CONFIRMED'], timeoutMs: 40_000 });
  await naru.admin.assets.enable(usdt, { reason });
  const limited = await naru.admin.assets.limit(usdt, { limit: 'maximum', amount: '2.5', reason });
  expect(limited).toMatchObject({ enabled: true, maximum: '2.5' });
  const refused = await eventually('too much is refused', () =>
    other.withdrawals.create(request('2.500001', 'USDT')).then(
      () => null,
      (error: unknown) => error,
    ),
  );
  expect(refused).toMatchObject({
    problem: { errors: [{ pointer: '/amount', code: 'amount_above_maximum' }] },
  });
  const listed = await other.assets.list();
  expect(listed.find(({ asset }) => asset === 'USDT')).toMatchObject({ maximum: '2.5' });
  await naru.admin.assets.limit(usdt, { limit: 'maximum', amount: null, reason });
});

test('a token is asked about, added by its address, and paid, over an API that has no chain', async () => {
  const token = await deploy(
    encodeDeployData({
      abi: testUsdCoinAbi,
      bytecode: testUsdCoinBytecode,
      args: ['Won Coin', 'KRWX', 2, stack.devnet.funder.address],
    }),
  );
  const probe = await settled(await naru.admin.assets.probe({ chain: 'localhost', address: token }));
  expect(probe).toMatchObject({ state: 'DONE', symbol: 'KRWX', decimals: 2, refusals: [], warnings: [] });
  expect(probe.payment).toMatchObject({ asked: '1', received: '1' });
  const added = await naru.admin.assets.add({ probeId: probe.id, minimum: '0.5', reason });
  expect(added).toMatchObject({ asset: 'KRWX', enabled: true, minimum: '0.5' });
  await expect(other.admin.assets.probe({ chain: 'localhost', address: token })).rejects.toMatchObject({
    code: 'asset_exists',
  });
  await fund(token);
  await allowInPolicy(token);
  const created = await eventually('the other API takes it', () =>
    other.withdrawals.create(request('12.34', 'KRWX')).catch(() => null),
  );
  const paid = await naru.withdrawals.waitFor(created.id, { until: ['CONFIRMED'], timeoutMs: 40_000 });
  expect(await tokenBalance(stack, token, paid.to as Hex)).toBe(1_234n);
});

test('a token that cannot be paid with is not added, nor one with warnings that nobody has read', async () => {
  const ask = async (address: Hex) =>
    await settled(await naru.admin.assets.probe({ chain: 'localhost', address }));
  const nothing = await ask(randomAddress());
  expect(nothing).toMatchObject({ state: 'DONE', refusals: ['there is no contract at this address'] });
  await expect(naru.admin.assets.add({ probeId: nothing.id, reason })).rejects.toMatchObject({
    code: 'asset_refused',
    message: expect.stringContaining('there is no contract'),
  });
  const taking = await ask(await deployOdd('FEE', 1));
  expect(taking.warnings.join()).toContain('it takes a fee');
  const add = (acceptWarnings: boolean) =>
    naru.admin.assets.add({ probeId: taking.id, acceptWarnings, reason });
  await expect(add(false)).rejects.toMatchObject({ code: 'asset_has_warnings' });
  expect(await add(true)).toMatchObject({ asset: 'FEE' });
  await expect(
    naru.admin.assets.add({ probeId: toPublicId('probe', newUuid()), reason }),
  ).rejects.toMatchObject({ code: 'probe_not_found' });
});

test('a fee is quoted, charged on top, booked when it is paid, and released when it is not', async () => {
  const usdt = { chain: 'localhost', asset: 'USDT' };
  const quote = () => naru.withdrawals.quote({ ...usdt, amount: '100' });
  expect(await quote()).toMatchObject({ fee: '0', total: '100', accepted: true, limits: null });
  const set = await naru.admin.withdrawalFees.change({
    ...usdt,
    terms: { flat: '0.5', basisPoints: 100, maximum: '20' },
    seenVersion: 0,
    reason,
  });
  expect(set).toMatchObject({ version: 1, organisationId: null, terms: { flat: '0.5', maximum: '20' } });
  await expect(
    other.admin.withdrawalFees.change({ ...usdt, terms: null, seenVersion: 0, reason }),
  ).rejects.toMatchObject({ code: 'setting_changed' });
  const quoted = await eventually('quoted', async () => {
    const asked = await quote();
    return asked.fee === '0' ? null : asked;
  });
  expect(quoted).toMatchObject({ amount: '100', fee: '1.5', total: '101.5', accepted: true });
  expect(await naru.withdrawals.quote({ ...usdt, amount: '900000000' })).toMatchObject({
    fee: '20',
    accepted: false,
    refusal: { code: 'insufficient_balance' },
  });
  const available = async () =>
    parseUnits((await naru.balances.list()).find(({ asset }) => asset === 'USDT')?.available ?? '0', 6);
  const before = await available();
  const created = await eventually('charged by every instance', async () => {
    const asked = await other.withdrawals.create(request('100', 'USDT'));
    return asked.fee === '1.5' ? asked : null;
  });
  const paid = await naru.withdrawals.waitFor(created.id, { until: ['CONFIRMED'], timeoutMs: 40_000 });
  expect(paid).toMatchObject({ amount: '100', fee: '1.5' });
  expect(await tokenBalance(stack, stack.contracts.usdt, paid.to as Hex)).toBe(100_000_000n);
  expect((before - (await available())) % 100_000_000n).toBe(1_500_000n);
  const { rows } = await sql<{ posted: bigint }>`
    SELECT credits_posted AS posted FROM ledger_account WHERE kind = 'FEE' AND asset_id = 'localhost:USDT'`.execute(
    stack.database.db,
  );
  expect(rows).toEqual([{ posted: 1_500_000n }]);
  await naru.admin.withdrawalFees.change({ ...usdt, terms: null, seenVersion: 1, reason });
  expect(await naru.admin.withdrawalFees.list()).toEqual([]);
  expect(await other.admin.withdrawalFees.history(usdt)).toMatchObject([{ terms: null }, { version: 1 }]);
});

test('a fee that follows gas is charged at what the accounts role has read, never asked for at submit', async () => {
  const eth = { chain: 'localhost', asset: 'ETH' };
  await naru.admin.withdrawalFees.change({ ...eth, terms: { gasPercent: 100 }, seenVersion: 0, reason });
  const quoted = await eventually('a price is known', () =>
    naru.withdrawals.quote({ ...eth, amount: '0.1' }).then(
      (asked) => (asked.fee === '0' ? null : asked),
      () => null,
    ),
  );
  const weiPerGas = parseUnits(quoted.fee, 18) / 58_000n;
  expect(weiPerGas).toBeGreaterThan(0n);
  const usdc = { chain: 'localhost', asset: 'USDC' };
  await expect(
    naru.admin.withdrawalFees.change({ ...usdc, terms: { gasPercent: 100 }, seenVersion: 0, reason }),
  ).rejects.toMatchObject({ problem: { errors: [{ code: 'rate_missing' }] } });
  await naru.admin.withdrawalFees.change({ ...eth, terms: null, seenVersion: 1, reason });
});

test('after all of it the books agree with themselves', async () => {
  expect(await verify({ db: stack.database.db }, [])).toMatchObject({ ok: true });
});

type Frozen = { id: string; state: string; data: string; gas: bigint; error: string | null };

/** The chain transaction of a withdrawal, as it was frozen. */
async function frozenOf(publicId: string): Promise<Frozen | null> {
  const { rows } = await sql<Frozen>`
    SELECT x.id, x.state, encode(x.data, 'hex') AS data, x.gas, x.last_error AS error
      FROM withdrawal w JOIN chain_tx x ON x.id = w.chain_tx_id
     WHERE w.id = ${assertPresent(fromPublicId('withdrawal', publicId), 'id')}`.execute(stack.database.db);
  return rows[0] ?? null;
}

async function settled(asked: Awaited<ReturnType<Naru['admin']['assets']['probe']>>) {
  if (asked.state !== 'REQUESTED') return asked;
  return await eventually('a node was asked', async () => {
    const probe = await naru.admin.assets.getProbe(asked.id);
    return probe.state === 'REQUESTED' ? null : probe;
  });
}

async function deploy(data: Hex): Promise<Hex> {
  const from = stack.devnet.funder.address;
  const hash = (await anvil(stack, 'eth_sendTransaction', { from, data })) as Hex;
  const receipt = await eventually('the contract is there', async () =>
    stack.devnet.client.getTransactionReceipt({ hash }).catch(() => null),
  );
  return assertPresent(receipt.contractAddress, 'address of a contract');
}

function deployOdd(symbol: string, oddity: number): Promise<Hex> {
  return deploy(
    encodeDeployData({ abi: testOddTokenAbi, bytecode: testOddTokenBytecode, args: [symbol, 6, oddity] }),
  );
}

/** Money for the accounts, in the books, and the owner's. */
async function fund(token: Hex): Promise<void> {
  const { db } = stack.database;
  for (const account of stack.signerHome.addresses) {
    await anvil(stack, 'eth_sendTransaction', {
      from: stack.devnet.funder.address,
      to: token,
      data: encodeFunctionData({ abi: testUsdCoinAbi, functionName: 'mint', args: [account, 1_000_000n] }),
    });
    await recordFunding({ db }, { id: newUuid(), assetId: 'localhost:KRWX', amount: 1_000_000n });
  }
  const organisationId = toPublicId('organisation', stack.caller.organisationId);
  await naru.admin.credits.create({ organisationId, chain: 'localhost', asset: 'KRWX', amount: '100' });
}

async function allowInPolicy(token: Hex): Promise<void> {
  const file = assertPresent(stack.signerHome.env['NARU_SIGNER_POLICY_FILE'], 'policy file');
  await stack.restartSigner(async () => {
    const policy = JSON.parse(await readFile(file, 'utf8'));
    const [limits] = policy.chains['31337'].tokens;
    policy.chains['31337'].tokens.push({ ...limits, token, symbol: 'KRWX' });
    await writeFile(file, JSON.stringify(policy), { mode: 0o600 });
    return async () => undefined;
  });
}
