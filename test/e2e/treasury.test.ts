import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import { verify as verifyBooks } from '@naru/core/reconciliation/verify.ts';
import { deploySafe } from '@naru/devnet/deploy-safe.ts';
import { connectPayoutChain } from '@naru/evm/connect-payout-chain.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { packSignatures, readOwnerSignature } from '@naru/safe/owner-signature.ts';
import { safeAbi } from '@naru/safe/safe.abi.ts';
import { encodeExecution, hashSafeTransaction, typedDataOf } from '@naru/safe/safe-transaction.ts';
import { safeTransactionOf } from '@naru/safe/safe-transfer.ts';
import { createNaru, type Naru } from '@naru/sdk/create-naru.ts';
import type { TreasuryProposalBody } from '@naru/wire/treasury.ts';
import { sql } from 'kysely';
import { encodeFunctionData, type Hex, parseAbi, parseEther, parseUnits } from 'viem';
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokenBalance } from '../support/chain-judge.ts';
import { anvil } from '../support/payouts.ts';
import { runNaru } from '../support/run-naru.ts';
import { changePolicy, connectSigner } from '../support/signer-policy.ts';
import { type Stack, type StackProcess, startStack, eventually as within } from '../support/stack.ts';

/*
 * The treasury as operators and owners use it: the Safe contracts of their makers on Anvil, three owners of whom two
 * sign, the SDK and the command line. The Safe's own logs are the judge of what was paid, and of what was paid once.
 */

const TEST_TIMEOUT_MS = 240_000;
const ROLES = 'processor,broadcaster,monitor,accounts';
const CHAIN = 'localhost';
const WHY = { reason: 'a test' };
const usdc = (whole: number) => parseUnits(String(whole), 6);
const tokenAbi = parseAbi([
  'function mint(address to, uint256 amount)',
  'function freeze(address account)',
  'function unfreeze(address account)',
]);
const people: readonly PrivateKeyAccount[] = Array.from({ length: 4 }, () =>
  privateKeyToAccount(generatePrivateKey()),
);
const [anna, bora, chris, stranger] = people as [
  PrivateKeyAccount,
  PrivateKeyAccount,
  PrivateKeyAccount,
  PrivateKeyAccount,
];

let stack: Stack;
let naru: Naru;
let safe: Hex;
let account: Hex;
let worker: StackProcess;
let env: Record<string, string>;
let mining: NodeJS.Timeout;

beforeAll(async () => {
  stack = await startStack({ accounts: 2, confirmations: 3 });
  env = { DATABASE_URL: stack.database.url, NARU_RPC_LOCALHOST: stack.anvil.url };
  account = assertPresent(stack.signerHome.addresses[0], 'account');
  const owners = [anna, bora, chris].map(({ address }) => address);
  safe = await deploySafe(stack.devnet, { owners, threshold: 2, saltNonce: 7n });
  await stack.devnet.send({ to: safe, value: parseEther('50') });
  await callToken('mint', safe, usdc(1_000_000));
  const api = await stack.startApi();
  naru = createNaru({ baseUrl: api.url, apiKey: stack.apiKey });
  worker = await stack.startWorker(ROLES);
  mining = setInterval(() => void anvil(stack, 'evm_mine').catch(() => undefined), 150);
}, TEST_TIMEOUT_MS);
afterAll(async () => {
  clearInterval(mining);
  await stack?.stop();
});

const eventually = <T>(what: string, read: () => Promise<T | null>) => within(what, read, 120_000);
const proposals = () => naru.admin.treasury.proposals;
const callToken = (functionName: 'mint' | 'freeze' | 'unfreeze', of: Hex, amount?: bigint) =>
  stack.devnet.send({
    to: stack.contracts.usdc,
    data:
      functionName === 'mint'
        ? encodeFunctionData({ abi: tokenAbi, functionName, args: [of, amount ?? 0n] })
        : encodeFunctionData({ abi: tokenAbi, functionName, args: [of] }),
  });
const holds = (address: Hex) => tokenBalance(stack, stack.contracts.usdc, address);
const propose = (amount: string, asset = 'USDC') =>
  proposals().propose({ chain: CHAIN, asset, amount, to: account, ...WHY });
const signatureOf = (person: PrivateKeyAccount, proposal: TreasuryProposalBody) =>
  person.signTypedData(JSON.parse(proposal.typedData));
const sign = async (person: PrivateKeyAccount, proposal: TreasuryProposalBody) =>
  await proposals().sign(proposal.id, { signature: await signatureOf(person, proposal) });
const refusal = (work: Promise<unknown>) => work.then(() => null).catch((error: unknown) => error);
const inState = (id: string, state: TreasuryProposalBody['state']) =>
  eventually(`${id} ${state}`, async () => {
    const found = await proposals().get(id);
    return found.state === state ? found : null;
  });

/** How often the Safe itself recorded this hash. */
async function timesExecuted(hash: string): Promise<number> {
  const logs = await stack.devnet.client.getContractEvents({
    address: safe,
    abi: safeAbi,
    eventName: 'ExecutionSuccess',
    fromBlock: 0n,
  });
  return logs.filter(({ args }) => args.txHash === hash).length;
}

/** As anybody may who has the signatures of two owners. */
async function executeAsStranger(
  transaction: Parameters<typeof encodeExecution>[0],
  hash: Hex,
  typed: string,
) {
  const signed = [];
  for (const person of [anna, bora]) {
    const read = await readOwnerSignature(hash, await person.signTypedData(JSON.parse(typed)), [
      person.address,
    ]);
    if (!read.ok) throw new Error(read.problem);
    signed.push(read.value);
  }
  await stack.devnet.send({
    to: safe,
    data: encodeExecution(transaction, packSignatures(signed)),
    gas: 500_000n,
  });
}

/** What `naru verify` finds, without a process. */
async function booksHold(): Promise<boolean> {
  const { chains } = await readCatalogue(stack.database.db);
  const chain = assertPresent(chains.get(CHAIN), 'chain');
  const { port, pool } = connectPayoutChain(
    { ...chain, payoutContract: stack.contracts.payoutContract },
    { urls: [stack.anvil.url], timeoutMs: 5_000, clock: systemClock, logger: silentLogger },
  );
  try {
    return (await verifyBooks({ db: stack.database.db }, [{ chain, port }])).ok;
  } finally {
    pool.close();
  }
}

async function verify() {
  return await runNaru(['verify'], env);
}

test('a treasury is a Safe that answers; money that it holds is booked once', {
  timeout: TEST_TIMEOUT_MS,
}, async () => {
  const none = await refusal(propose('1'));
  expect(none).toMatchObject({ code: 'treasury_not_found' });
  const nobody = await runNaru(['treasury', 'set', CHAIN, stranger.address], env);
  expect(nobody.code).not.toBe(0);
  expect(nobody.err).toContain(`No Safe answers at ${stranger.address} on localhost`);
  expect(nobody.err).toContain('Nothing was changed.');

  const set = await runNaru(['treasury', 'set', CHAIN, safe, '--reason', 'ticket 1'], env);
  expect(set.out).toContain(`The treasury of localhost is ${safe}: 2 of 3 owners, next transaction 0.`);
  expect((await verify()).out).toMatch(/localhost\s+USDC\s+treasury\s+0\s+1,000,000\s.*more on chain/);

  const id = '0199aaaa-0000-7000-8000-000000000001';
  const record = ['treasury', 'record', CHAIN, 'USDC', '1000000', '--what', 'received', '--id', id];
  const first = await runNaru([...record, '--reason', 'from cold storage'], env);
  expect(first.out).toContain('Booked 1,000,000 USDC as received by the treasury of localhost');
  expect((await runNaru([...record, '--reason', 'again'], env)).out).toContain('was booked before');
  await runNaru(['treasury', 'record', CHAIN, 'ETH', '50', '--what', 'received', '--reason', 'gas'], env);
  expect(await booksHold()).toBe(true);
  const [treasury] = await naru.admin.treasury.list({ chain: CHAIN });
  expect(treasury).toMatchObject({ safe, threshold: 2, nonce: '0' });
  expect(treasury?.balances.find(({ asset }) => asset === 'USDC')).toMatchObject({
    amount: '1000000',
    leaving: '0',
  });
});

test('two owners sign and the account is topped up; strangers, other accounts and an unnamed Safe are refused with the reason', {
  timeout: TEST_TIMEOUT_MS,
}, async () => {
  expect(
    await refusal(
      proposals().propose({ chain: CHAIN, asset: 'USDC', amount: '5', to: stranger.address, ...WHY }),
    ),
  ).toMatchObject({ code: 'treasury_account_not_found' });
  const key = { idempotencyKey: 'top-up-1' };
  const input = { chain: CHAIN, asset: 'USDC', amount: '250000', to: account, ...WHY };
  const proposed = await proposals().propose(input, key);
  expect((await proposals().propose(input, key)).id).toBe(proposed.id);
  expect(proposed).toMatchObject({ nonce: '0', state: 'OPEN', waitsFor: { signatures: 2 } });
  const said = (await runNaru(['treasury', 'data', proposed.id], env)).out;
  expect(JSON.parse(said)).toEqual(JSON.parse(proposed.typedData));

  expect(await refusal(sign(stranger, proposed))).toMatchObject({ code: 'treasury_signer_not_an_owner' });
  expect(await refusal(proposals().sign(proposed.id, { signature: '0x1234' }))).toMatchObject({
    code: 'treasury_signature_malformed',
  });
  await sign(anna, proposed);
  expect(await sign(anna, proposed)).toMatchObject({ waitsFor: { signatures: 1 } });
  const before = await holds(account);
  await sign(bora, proposed);

  // The signer has a policy of its own, and that names no Safe.
  const refused = await eventually('refused by the signer', async () => {
    const found = await proposals().get(proposed.id);
    return found.problem === null ? null : found;
  });
  expect(refused.problem).toContain(`${safe.toLowerCase()} is no Safe of the policy`);
  expect((await runNaru(['treasury', 'list'], env)).out).toContain('is no Safe of the policy');
  expect(await holds(account)).toBe(before);

  await changePolicy(stack, await connectSigner(stack), (present) => {
    const chains = present['chains'] as Record<string, object>;
    return { ...present, chains: { '31337': { ...chains['31337'], safes: [safe] } } };
  });
  const executed = await inState(proposed.id, 'EXECUTED');
  expect(executed.signatures.map(({ owner }) => owner).sort()).toEqual([anna.address, bora.address].sort());
  expect((await holds(account)) - before).toBe(usdc(250_000));
  expect(await timesExecuted(proposed.hash)).toBe(1);
  expect(await refusal(sign(chris, proposed))).toMatchObject({ code: 'treasury_proposal_not_open' });
  expect(await booksHold()).toBe(true);
});

test('killed while it executes, and its block reorganised away: it is executed once', {
  timeout: TEST_TIMEOUT_MS,
}, async () => {
  const coinBefore = await stack.devnet.client.getBalance({ address: safe });
  const proposed = await propose('2', 'ETH');
  await sign(anna, proposed);
  await sign(chris, proposed);
  const stateOf = async () => {
    const { rows } = await sql<{ state: string }>`
        SELECT x.state FROM chain_tx x WHERE x.kind = 'SAFE' ORDER BY x.created_at DESC LIMIT 1`.execute(
      stack.database.db,
    );
    return rows[0]?.state ?? '';
  };
  await eventually('on its way', async () =>
    ['SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED'].includes(await stateOf()) ? true : null,
  );
  worker.kill('SIGKILL');
  await worker.ended;
  await anvil(stack, 'anvil_reorg', 2, []);
  worker = await stack.startWorker(ROLES);
  await inState(proposed.id, 'EXECUTED');
  expect(await timesExecuted(proposed.hash)).toBe(1);
  expect(coinBefore - (await stack.devnet.client.getBalance({ address: safe }))).toBe(parseEther('2'));
  expect(await booksHold()).toBe(true);
});

test('a stranger who executes it with the owners’ signatures does no harm: booked once, not executed again', {
  timeout: TEST_TIMEOUT_MS,
}, async () => {
  const proposed = await propose('1000');
  worker.kill('SIGKILL');
  await worker.ended;
  const transaction = safeTransactionOf({
    token: stack.contracts.usdc,
    to: account,
    amount: usdc(1_000),
    nonce: BigInt(proposed.nonce),
  });
  await executeAsStranger(transaction, proposed.hash as Hex, proposed.typedData);
  await sign(anna, proposed);
  await sign(bora, proposed);
  const before = await holds(account);
  worker = await stack.startWorker(ROLES);
  const executed = await inState(proposed.id, 'EXECUTED');
  const sender = (
    await stack.devnet.client.getTransaction({ hash: executed.transactionHash as Hex })
  ).from.toLowerCase();
  expect(sender).toBe(stack.devnet.funder.address.toLowerCase());
  expect(await timesExecuted(proposed.hash)).toBe(1);
  expect(await holds(account)).toBe(before);
  expect(await booksHold()).toBe(true);
});

test('what is signed is not canceled but rejected, and can then never be executed; what nobody signed is canceled', {
  timeout: TEST_TIMEOUT_MS,
}, async () => {
  const wrong = await propose('77777');
  const other = await propose('1');
  expect(BigInt(other.nonce)).toBe(BigInt(wrong.nonce) + 1n);
  await sign(anna, wrong);
  expect(await refusal(proposals().cancel(wrong.id, WHY))).toMatchObject({
    code: 'treasury_proposal_signed',
  });
  expect((await proposals().cancel(other.id, WHY)).state).toBe('CANCELED');
  expect((await proposals().cancel(other.id, WHY)).state).toBe('CANCELED');

  const open = await runNaru(['treasury', 'set', CHAIN, safe], env);
  expect(open.code).toBe(0);
  const rejection = await proposals().reject(wrong.id, WHY);
  expect(rejection).toMatchObject({ purpose: 'REJECTION', nonce: wrong.nonce, amount: null });
  for (const person of [bora, chris]) await sign(person, rejection);
  await inState(rejection.id, 'EXECUTED');
  await inState(wrong.id, 'SUPERSEDED');
  expect(await refusal(sign(bora, wrong))).toMatchObject({ code: 'treasury_proposal_not_open' });
  expect(await timesExecuted(wrong.hash)).toBe(0);

  // The nonce of the one that was canceled is free, and the same transaction can be proposed again.
  const again = await propose('1');
  expect(again).toMatchObject({ nonce: other.nonce, hash: other.hash });
  await proposals().cancel(again.id, WHY);
  const listed = [];
  for await (const one of proposals().listAll({ chain: CHAIN })) listed.push(one.id);
  expect(listed[0]).toBe(again.id);
  expect(listed).toContain(wrong.id);
  expect(await booksHold()).toBe(true);
});

test('while the token refuses, it waits with the chain’s words; what owners pay by themselves is missed until it is booked', {
  timeout: TEST_TIMEOUT_MS,
}, async () => {
  await callToken('freeze', account);
  const proposed = await propose('5');
  for (const person of [anna, bora]) await sign(person, proposed);
  const waiting = await eventually('the reason', async () => {
    const found = await proposals().get(proposed.id);
    return found.problem === null ? null : found;
  });
  expect(waiting.problem).toMatch(/^the chain says: .*revert/);
  await callToken('unfreeze', account);
  await inState(proposed.id, 'EXECUTED');

  const before = BigInt((await naru.admin.treasury.list())[0]?.nonce ?? '0');
  const paid = safeTransactionOf({
    token: stack.contracts.usdc,
    to: stranger.address,
    amount: usdc(40),
    nonce: before,
  });
  const domain = { evmChainId: 31_337n, safe };
  await executeAsStranger(paid, hashSafeTransaction(domain, paid), typedDataOf(domain, paid));
  const missing = await verify();
  expect(missing.code).not.toBe(0);
  expect(missing.out).toMatch(/treasury.*40 MISSING on chain/);
  const record = ['treasury', 'record', CHAIN, 'USDC', '40', '--what', 'paid', '--reason', 'an invoice'];
  expect((await runNaru(record, env)).out).toContain('from what the house owns');
  expect(await booksHold()).toBe(true);
  const report = await runNaru(['reserves', 'report'], env);
  expect(report.out).toMatch(/TREASURY/);
  expect(report.out).not.toContain(' !');

  const { rows: actions } = await sql<{ action: string }>`
    SELECT DISTINCT action FROM audit_event WHERE action LIKE 'treasury%' ORDER BY 1`.execute(
    stack.database.db,
  );
  expect(actions.map(({ action }) => action)).toEqual([
    'treasury.book',
    'treasury.insert',
    'treasury_proposal.insert',
    'treasury_proposal.update',
    'treasury_signature.insert',
  ]);
});
