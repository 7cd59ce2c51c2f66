import { readFile, writeFile } from 'node:fs/promises';
import { creditBalance } from '@naru/core/ledger/credit-balance.ts';
import { recordFunding } from '@naru/core/ledger/record-funding.ts';
import { testOddTokenAbi, testOddTokenBytecode } from '@naru/evm/abi/test-odd-token.gen.ts';
import { testUsdCoinAbi, testUsdCoinBytecode } from '@naru/evm/abi/test-usd-coin.gen.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { fromPublicId, newUuid } from '@naru/kit/ids.ts';
import { createNaru, type Naru } from '@naru/sdk/create-naru.ts';
import { encodeDeployData, encodeFunctionData, erc20Abi, type Hex } from 'viem';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anvil, randomAddress, read, until } from '../support/payouts.ts';
import { runNaru } from '../support/run-naru.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';

/* Real PostgreSQL, Anvil, signer and roles; the command line as a process, as an operator runs it. */

const FEE_FROM_RECIPIENT = 1;
const RETURNS_FALSE = 5;

let stack: Stack;
let naru: Naru;
let env: Record<string, string>;
let token: Hex;

beforeAll(async () => {
  stack = await startStack();
  env = { DATABASE_URL: stack.database.url, NARU_RPC_LOCALHOST: stack.anvil.url };
  const api = await stack.startApi();
  await stack.startWorker('processor,broadcaster,monitor,accounts');
  naru = createNaru({ baseUrl: api.url, apiKey: stack.apiKey });
  token = await deploy(
    encodeDeployData({
      abi: testUsdCoinAbi,
      bytecode: testUsdCoinBytecode,
      args: ['Won Coin', 'KRWX', 2, stack.devnet.funder.address],
    }),
  );
});
afterAll(() => stack?.stop());

async function deploy(data: Hex): Promise<Hex> {
  const hash = (await anvil(stack, 'eth_sendTransaction', {
    from: stack.devnet.funder.address,
    data,
  })) as Hex;
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

it('tells of a token what it is, and adds nothing when it only was to tell', async () => {
  const run = await runNaru(['assets', 'add', 'localhost', token, '--dry-run'], env);
  expect(run).toMatchObject({ code: 0, err: '' });
  expect(run.out).toContain('Would add localhost:KRWX (KRWX, 2 decimals), from 0.01 KRWX on.');
  expect(run.out).toContain('A payment of 1 KRWX was tried: 1 KRWX arrive');
  const list = await runNaru(['assets', 'list'], env);
  expect(list.out).toContain('localhost:USDC');
  expect(list.out).not.toContain('KRWX');
});

it('a token that was added while everything runs is accepted and paid, without a restart but the signer’s', async () => {
  // The API has the catalogue in memory.
  await expect(submit('12.34')).rejects.toMatchObject({ code: 'asset_not_supported' });
  const added = await runNaru(
    ['assets', 'add', 'localhost', token, '--minimum', '1', '--reason', 'ticket 7'],
    env,
  );
  expect(added).toMatchObject({ code: 0, err: '' });
  expect(added.out).toContain("once the signer's policy names it");
  await fund();
  await allowInPolicy();
  const withdrawal = await eventually('the API knows it', () => submit('12.34').catch(() => null));
  await expect(submit('0.99')).rejects.toMatchObject({ code: 'validation_failed' });
  const confirmed = await until(stack, withdrawal.id, ['CONFIRMED', 'FAILED']);
  expect(confirmed).toMatchObject({ state: 'CONFIRMED', amount: 1_234n });
  const balance = await stack.devnet.client.readContract({
    address: token,
    abi: erc20Abi,
    functionName: 'balanceOf',
    args: [(await read(stack, withdrawal.id)).to as Hex],
  });
  expect(balance).toBe(1_234n);
  expect(await runNaru(['verify'], env)).toMatchObject({ code: 0 });
  const log = await runNaru(['audit', 'list', '--subject', 'localhost:KRWX'], env);
  expect(log.out).toContain('ticket 7');
});

it('says that it has a token already', async () => {
  const again = await runNaru(['assets', 'add', 'localhost', token, '--code', 'WON'], env);
  expect(again).toMatchObject({ code: 1, err: expect.stringContaining('is localhost:KRWX already') });
});

it('refuses a token that cannot be paid with, and wants a yes to what it warns of', async () => {
  const nothing = await runNaru(['assets', 'add', 'localhost', randomAddress()], env);
  expect(nothing).toMatchObject({ code: 1, err: expect.stringContaining('there is no contract') });
  const liar = await runNaru(
    ['assets', 'add', 'localhost', await deployOdd('LIAR', RETURNS_FALSE), '--accept-warnings'],
    env,
  );
  expect(liar).toMatchObject({ code: 1, err: expect.stringContaining('neither true nor nothing') });
  const address = await deployOdd('fee.e', FEE_FROM_RECIPIENT);
  const nameless = await runNaru(['assets', 'add', 'localhost', address], env);
  expect(nameless).toMatchObject({ code: 2, err: expect.stringContaining('--code') });
  const warned = await runNaru(['assets', 'add', 'localhost', address, '--code', 'FEE'], env);
  expect(warned).toMatchObject({ code: 1, err: expect.stringContaining('of 1000000 that are paid, 990000') });
  const taken = await runNaru(
    ['assets', 'add', 'localhost', address, '--code', 'FEE', '--accept-warnings', '--json'],
    env,
  );
  expect(taken.code).toBe(0);
  expect(JSON.parse(taken.out)).toMatchObject({ added: true, asset: { code: 'FEE', decimals: 6 } });
});

it('disables, enables and sets the minimum, with a reason', async () => {
  const off = await runNaru(['assets', 'disable', 'localhost', 'krwx', '--reason', 'depegged'], env);
  expect(off).toMatchObject({ code: 0, out: 'localhost:KRWX was enabled and is disabled now.\n' });
  await eventually('it is refused', async () =>
    submit('5').then(
      () => null,
      (error: { code: string }) => error,
    ),
  );
  expect(await runNaru(['assets', 'enable', 'localhost', 'KRWX', '--reason', 'ok'], env)).toMatchObject({
    code: 0,
  });
  const minimum = await runNaru(['assets', 'minimum', 'localhost', 'KRWX', '2.5', '--reason', 'dust'], env);
  expect(minimum.out).toBe('The smallest withdrawal of localhost:KRWX was 1 KRWX and is 2.5 KRWX now.\n');
  const finer = await runNaru(['assets', 'minimum', 'localhost', 'KRWX', '0.001', '--reason', 'x'], env);
  expect(finer).toMatchObject({ code: 2, err: expect.stringContaining('has more decimals') });
  const unknown = await runNaru(['assets', 'disable', 'localhost', 'NOPE', '--reason', 'x'], env);
  expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('KRWX') });
});

async function submit(amount: string) {
  const created = await naru.withdrawals.create({
    chain: 'localhost',
    asset: 'KRWX',
    to: randomAddress(),
    amount,
  });
  return { id: assertPresent(fromPublicId('withdrawal', created.id), 'id') };
}

/** Money for the accounts, in the books, and the owner's. */
async function fund(): Promise<void> {
  const { db } = stack.database;
  for (const account of stack.signerHome.addresses) {
    await anvil(stack, 'eth_sendTransaction', {
      from: stack.devnet.funder.address,
      to: token,
      data: encodeFunctionData({ abi: testUsdCoinAbi, functionName: 'mint', args: [account, 1_000_000n] }),
    });
    await recordFunding({ db }, { id: newUuid(), assetId: 'localhost:KRWX', amount: 1_000_000n });
  }
  const { organisationId } = stack.caller;
  const credit = { organisationId, chain: 'localhost', asset: 'KRWX', amount: '100', note: null };
  expect(await creditBalance({ db }, stack.caller, 'krwx', credit)).toMatchObject({ kind: 'done' });
}

async function allowInPolicy(): Promise<void> {
  const file = assertPresent(stack.signerHome.env['NARU_SIGNER_POLICY_FILE'], 'policy file');
  await stack.restartSigner(async () => {
    const policy = JSON.parse(await readFile(file, 'utf8'));
    const [limits] = policy.chains['31337'].tokens;
    policy.chains['31337'].tokens.push({ ...limits, token, symbol: 'KRWX' });
    await writeFile(file, JSON.stringify(policy), { mode: 0o600 });
    return async () => undefined;
  });
}
