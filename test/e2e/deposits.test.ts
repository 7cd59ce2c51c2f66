import { checkLedger } from '@naru/core/ledger/ledger.store.ts';
import { findReserveMismatches } from '@naru/core/reconciliation/reconciliation.store.ts';
import { createNaru, type Naru } from '@naru/sdk/create-naru.ts';
import { NaruApiError } from '@naru/sdk/errors.ts';
import { verifyReservesProof } from '@naru/sdk/reserves.ts';
import type { DepositBody } from '@naru/wire/deposit.ts';
import { sql } from 'kysely';
import { encodeFunctionData, type Hex, parseAbi, parseEther } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokenBalance } from '../support/chain-judge.ts';
import { createOwner } from '../support/owner.ts';
import { anvil, randomAddress } from '../support/payouts.ts';
import { runNaru } from '../support/run-naru.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';

/*
 * Deposits as a client sees them: the SDK on one side, the chain on the other, every role a process in between.
 */

const DEPTH = 3;
const mintAbi = parseAbi(['function mint(address to, uint256 amount)']);
const USDC = 1_000_000n;

let stack: Stack;
let naru: Naru;
let naruUrl: string;
let mining: NodeJS.Timeout | null = null;
const mine = (blocks = 1) => anvil(stack, 'anvil_mine', `0x${blocks.toString(16)}`);

beforeAll(async () => {
  stack = await startStack({ confirmations: DEPTH, deposits: true });
  const [api] = await Promise.all([
    stack.startApi(),
    stack.startWorker('processor,broadcaster,monitor,accounts'),
  ]);
  naruUrl = api.url;
  naru = createNaru({ baseUrl: naruUrl, apiKey: stack.apiKey });
  // What the accounts do at first, approvals and all, must not stand in the blocks that are reorganised below.
  keepMining();
  const { id } = await naru.withdrawals.create({
    chain: 'localhost',
    asset: 'USDC',
    to: randomAddress(),
    amount: '1',
  });
  await naru.withdrawals.waitFor(id);
  await eventually('nothing is under way', async () => ((await countOpen()) === 0 ? true : null));
  stopMining();
});

async function countOpen(): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::integer AS count FROM chain_tx
     WHERE state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED')`.execute(stack.database.db);
  return rows[0]?.count ?? 0;
}

afterAll(async () => {
  stopMining();
  await stack?.stop();
});

function keepMining(): void {
  mining ??= setInterval(() => void mine().catch(() => undefined), 100);
}
function stopMining(): void {
  if (mining !== null) clearInterval(mining);
  mining = null;
}

async function payToken(to: string, amount: bigint): Promise<Hex> {
  const data = encodeFunctionData({ abi: mintAbi, functionName: 'mint', args: [to as Hex, amount] });
  return await stack.devnet.send({ to: stack.contracts.usdc, data });
}

const depositsOf = async (addressId: string) => (await naru.deposits.listPage({ addressId })).data;

async function untilState(addressId: string, state: DepositBody['state']): Promise<DepositBody> {
  return await eventually(`a deposit ${state}`, async () => {
    const [deposit] = await depositsOf(addressId);
    return deposit?.state === state ? deposit : null;
  });
}

const cliEnv = () => ({ DATABASE_URL: stack.database.url, NARU_RPC_LOCALHOST: stack.anvil.url });

const available = async (asset: string) =>
  Number((await naru.balances.list()).find((balance) => balance.asset === asset)?.available ?? 0);

/** Asked again until the monitor has begun to watch the chain: the error says that it is worth it. */
async function newAddress(input: { coin?: boolean; label?: string } = {}) {
  return await eventually('a deposit address', async () =>
    naru.depositAddresses.create({ chain: 'localhost', ...input }).catch((error: unknown) => {
      if (error instanceof NaruApiError && error.code === 'deposits_not_ready') return null;
      throw error;
    }),
  );
}

test('a deposit is shown, taken back by a reorganisation, seen again, credited at depth, swept and withdrawn', async () => {
  const address = await newAddress({ label: 'customer 1', coin: false });
  const before = await available('USDC');

  await anvil(stack, 'evm_setAutomine', true);
  await payToken(address.address, 25n * USDC);
  const seen = await untilState(address.id, 'DETECTED');
  expect(seen).toMatchObject({ amount: '25', asset: 'USDC', depth: null, requiredDepth: DEPTH });
  expect(await available('USDC')).toBe(before);

  // The block is replaced by an empty one, and the transaction stands in a later block.
  await anvil(stack, 'anvil_reorg', 1, []);
  await untilState(address.id, 'ORPHANED');
  await payToken(address.address, 30n * USDC);
  await eventually('seen again', async () =>
    (await depositsOf(address.id)).some(({ state }) => state === 'DETECTED') ? true : null,
  );
  keepMining();
  const credited = await eventually('credited', async () => {
    const all = await depositsOf(address.id);
    return all.find(({ state }) => state === 'CREDITED') ?? null;
  });
  expect(credited).toMatchObject({ amount: '30', depth: expect.any(Number) });
  expect(credited.depth).toBeGreaterThanOrEqual(DEPTH);
  expect(await available('USDC')).toBe(before + 30);
  expect(await naru.deposits.get(credited.id)).toEqual(credited);

  // Each step was told, the same by list and stream; to the owner of the address alone.
  const told: unknown[] = [];
  const stop = new AbortController();
  for await (const event of naru.events.stream({ after: '0', signal: stop.signal })) {
    if (event.type.startsWith('deposit.')) told.push(event);
    if (event.type === 'deposit.credited') stop.abort();
  }
  const listed = (await naru.events.listPage({ depositId: credited.id })).data.reverse();
  expect(listed.map(({ type }) => type)).toEqual(['deposit.detected', 'deposit.credited']);
  expect(told).toEqual(expect.arrayContaining(listed));
  const orphaned = (await naru.events.listPage({ depositId: seen.id })).data.reverse();
  expect(orphaned.map(({ type }) => type)).toEqual(['deposit.detected', 'deposit.orphaned']);
  expect(told).toEqual(expect.arrayContaining(orphaned));
  expect(listed.at(-1)?.data).toEqual({ ...credited, sequence: 2 });
  const { apiKey } = await createOwner(stack.database.db, 'A stranger');
  const stranger = createNaru({ baseUrl: naruUrl, apiKey });
  expect((await stranger.events.listPage({ depositId: credited.id })).data).toEqual([]);

  // Swept by a transaction of ours, to the treasury, by what the factory's log says.
  await eventually('swept', async () =>
    (await tokenBalance(stack, stack.contracts.usdc, address.address as Hex)) === 0n ? true : null,
  );
  const to = randomAddress();
  const { id } = await naru.withdrawals.create({
    chain: 'localhost',
    asset: 'USDC',
    to,
    amount: '30',
  });
  const settled = await naru.withdrawals.waitFor(id);
  expect(settled.state).toBe('CONFIRMED');
  expect(await tokenBalance(stack, stack.contracts.usdc, to)).toBe(30n * USDC);
});

test('the coin is credited once its forwarder is there, also what came before it', async () => {
  keepMining();
  const before = await available('ETH');
  const address = await newAddress();
  await stack.devnet.send({ to: address.address as Hex, value: parseEther('2') });
  await eventually('its forwarder is there', async () =>
    (await naru.depositAddresses.get(address.id)).coinReady ? true : null,
  );
  await stack.devnet.send({ to: address.address as Hex, value: parseEther('3') });
  await eventually('both credited', async () => {
    const all = await depositsOf(address.id);
    return all.filter(({ state }) => state === 'CREDITED').length === 2 ? true : null;
  });
  expect(await available('ETH')).toBe(before + 5);
});

test('a withdrawal to a deposit address of ours is refused with the reason, and moves nothing', async () => {
  const address = await newAddress();
  await expect(
    naru.withdrawals.create({ chain: 'localhost', asset: 'USDC', to: address.address, amount: '1' }),
  ).rejects.toMatchObject({
    code: 'validation_failed',
    problem: { errors: [{ pointer: '/to', code: 'address_is_ours' }] },
  });
});

test('what cannot be credited by itself waits for an operator, who credits it with a reason', async () => {
  keepMining();
  const address = await newAddress({ coin: false });
  const set = await runNaru(
    ['deposits', 'minimum', 'localhost', 'USDC', '2', '--reason', 'dust is not worth it'],
    cliEnv(),
  );
  expect(set.code).toBe(0);
  await payToken(address.address, USDC);
  const waiting = await untilState(address.id, 'UNCREDITED');
  expect(waiting.uncreditedReason).toBe('below_minimum');
  const listed = await naru.admin.deposits.listPage({ state: 'UNCREDITED' });
  expect(listed.data.map(({ id }) => id)).toContain(waiting.id);
  const before = await available('USDC');
  const credited = await naru.admin.deposits.credit(waiting.id, { reason: 'ticket 12' });
  expect(credited.state).toBe('CREDITED');
  await naru.admin.deposits.credit(waiting.id, { reason: 'ticket 12, again' });
  expect(await available('USDC')).toBe(before + 1);
});

test('the report on reserves equals the chain to the last unit, and the caller can check his place in it', async () => {
  keepMining();
  await eventually('nothing is under way, and nothing left to sweep', async () => {
    const { rows } = await sql<{ left: number }>`
      SELECT ((SELECT count(*) FROM deposit_holding WHERE received > swept)
              + (SELECT count(*) FROM deposit WHERE state = 'DETECTED'))::integer AS left`.execute(
      stack.database.db,
    );
    return rows[0]?.left === 0 && (await countOpen()) === 0 ? true : null;
  });
  const made = await eventually(
    'a report that nothing under way blurs',
    async () => {
      const run = await runNaru(['reserves', 'report', '--json'], cliEnv());
      expect(run.code).toBe(0);
      const body = JSON.parse(JSON.parse(run.out).body);
      const assets = body.chains[0].assets as { differenceUnits: string; inFlightUnits: string }[];
      return assets.every((one) => one.differenceUnits === '0') ? body : null;
    },
    60_000,
  );
  const usdc = made.chains[0].assets.find((one: { asset: string }) => one.asset === 'localhost:USDC');
  const addresses = [
    ...stack.signerHome.addresses,
    ...(await naru.depositAddresses.listPage({ limit: 100 })).data.map(({ address }) => address as Hex),
  ];
  let held = 0n;
  for (const address of addresses) held += await tokenBalance(stack, stack.contracts.usdc, address);
  expect(BigInt(usdc.subAccountsUnits) + BigInt(usdc.depositAddressesUnits)).toBe(held);
  expect(usdc).toMatchObject({ covered: true, explained: true });

  const report = await naru.admin.reserves.newest();
  expect(report.covered).toBe(true);
  const proof = await naru.reserves.proof();
  expect(proof.reportHash).toBe(report.hash);
  expect((await verifyReservesProof(proof)).map(({ asset, problem }) => [asset, problem])).toEqual([
    ['ETH', null],
    ['USDC', null],
    ['USDT', null],
  ]);
  const own = proof.assets.find(({ asset }) => asset === 'USDC');
  expect(own?.root).toBe(usdc.tree.root);
  const altered = structuredClone(proof);
  if (altered.assets[0] !== undefined) altered.assets[0].leaf.units = '1';
  expect((await verifyReservesProof(altered))[0]?.problem).not.toBeNull();

  expect(await checkLedger(stack.database.db)).toEqual([]);
  expect(await findReserveMismatches(stack.database.db)).toEqual([]);
});
