import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deploySafe } from '@naru/devnet/deploy-safe.ts';
import { connectDevnet, type Devnet } from '@naru/devnet/devnet.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { type LocalAnvil, startAnvil } from '@naru/local-servers/anvil.ts';
import { encodeFunctionData, parseAbi, parseEther, parseEventLogs } from 'viem';
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packSignatures, readOwnerSignature } from './owner-signature.ts';
import { safeAbi } from './safe.abi.ts';
import {
  encodeExecution,
  hashSafeTransaction,
  type SafeDomain,
  type SafeTransaction,
  typedDataOf,
} from './safe-transaction.ts';

/** The contracts of Safe 1.5.0 themselves say what a hash is and which signatures they take. */
const people: readonly PrivateKeyAccount[] = Array.from({ length: 4 }, () =>
  privateKeyToAccount(generatePrivateKey()),
);
const owners = people.slice(0, 3).map(({ address }) => address);
const stranger = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
const hashAbi = parseAbi([
  'function getTransactionHash(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, uint256 _nonce) view returns (bytes32)',
]);

let dir: string;
let anvil: LocalAnvil;
let devnet: Devnet;
let domain: SafeDomain;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'naru-safe-'));
  anvil = await startAnvil({ logFile: path.join(dir, 'anvil.log') });
  devnet = await connectDevnet(anvil.url);
  const safe = await deploySafe(devnet, { owners, threshold: 2, saltNonce: 1n });
  domain = { evmChainId: 31_337n, safe };
  await devnet.send({ to: safe, value: parseEther('5') });
});
afterAll(async () => {
  await anvil?.kill();
  await rm(dir, { recursive: true, force: true });
});

const person = (index: number): PrivateKeyAccount => {
  const found = people[index];
  if (found === undefined) throw new Error(`no person ${index}`);
  return found;
};
const pay = (nonce: bigint, to: Hex = stranger): SafeTransaction => ({
  to,
  valueWei: parseEther('1'),
  data: '0x',
  nonce,
});
const nonceOf = () =>
  devnet.client.readContract({ address: domain.safe, abi: safeAbi, functionName: 'nonce' });
const execute = (transaction: SafeTransaction, signatures: Hex) =>
  devnet.send({ to: domain.safe, data: encodeExecution(transaction, signatures), gas: 500_000n });

async function sign(index: number, transaction: SafeTransaction) {
  const signature = await person(index).signTypedData(JSON.parse(typedDataOf(domain, transaction)));
  const read = await readOwnerSignature(hashSafeTransaction(domain, transaction), signature, owners);
  if (!read.ok) throw new Error(read.problem);
  return read.value;
}

describe('the hash that owners sign', () => {
  test.each([
    pay(0n),
    { ...pay(7n), valueWei: 0n, data: '0xa9059cbb00' as Hex },
    { ...pay(2n ** 255n), valueWei: 2n ** 200n },
  ])('is the one that the Safe computes %#', async (transaction) => {
    const zero = '0x0000000000000000000000000000000000000000';
    const { to, valueWei, data, nonce } = transaction;
    const said = await devnet.client.readContract({
      address: domain.safe,
      abi: hashAbi,
      functionName: 'getTransactionHash',
      args: [to, valueWei, data, 0, 0n, 0n, 0n, zero, zero, nonce],
    });
    expect(hashSafeTransaction(domain, transaction)).toBe(said);
  });

  test('is another one on another chain and for another Safe', () => {
    const hash = hashSafeTransaction(domain, pay(0n));
    expect(hashSafeTransaction({ ...domain, evmChainId: 1n }, pay(0n))).not.toBe(hash);
    expect(hashSafeTransaction({ ...domain, safe: stranger }, pay(0n))).not.toBe(hash);
  });
});

describe('a Safe of two out of three', () => {
  test('executes what two owners signed, in whatever order they came, and says so by its hash', async () => {
    const transaction = pay(await nonceOf());
    const before = await devnet.client.getBalance({ address: stranger });
    const signatures = [await sign(2, transaction), await sign(0, transaction)];
    const hash = await execute(transaction, packSignatures(signatures));
    const { logs } = await devnet.client.getTransactionReceipt({ hash });
    expect(parseEventLogs({ abi: safeAbi, logs }).map((log) => log.args.txHash)).toEqual([
      hashSafeTransaction(domain, transaction),
    ]);
    expect((await devnet.client.getBalance({ address: stranger })) - before).toBe(parseEther('1'));
  });

  test('executes it once: the same signatures again are refused', async () => {
    const transaction = pay(await nonceOf());
    const signatures = packSignatures([await sign(0, transaction), await sign(1, transaction)]);
    await execute(transaction, signatures);
    await expect(execute(transaction, signatures)).rejects.toThrow('reverted');
  });

  test('takes a signature over the hash as a message (personal_sign) beside a typed one', async () => {
    const transaction = pay(await nonceOf());
    const hash = hashSafeTransaction(domain, transaction);
    const spoken = await readOwnerSignature(
      hash,
      await person(1).signMessage({ message: { raw: hash } }),
      owners,
    );
    expect(spoken).toMatchObject({ ok: true, value: { owner: person(1).address } });
    if (!spoken.ok) return;
    await execute(transaction, packSignatures([spoken.value, await sign(0, transaction)]));
  });

  test('refuses one signature, twice the same owner, and a stranger', async () => {
    const transaction = pay(await nonceOf());
    const [first, foreign] = [await sign(0, transaction), await sign(3, transaction)];
    for (const signatures of [[first], [first, first], [first, foreign]])
      await expect(execute(transaction, packSignatures(signatures))).rejects.toThrow('reverted');
  });

  test('keeps its nonce when the inner call fails, so that the same signatures work later', async () => {
    const nonce = await nonceOf();
    const tooMuch = { ...pay(nonce), valueWei: parseEther('1000') };
    const signatures = packSignatures([await sign(0, tooMuch), await sign(1, tooMuch)]);
    await expect(execute(tooMuch, signatures)).rejects.toThrow('reverted');
    expect(await nonceOf()).toBe(nonce);
  });
});

describe('reading a signature', () => {
  const transaction = pay(0n);
  const hash = () => hashSafeTransaction(domain, transaction);

  test('attributes one of nobody to whom it recovers to, who is then no owner', async () => {
    const signature = await person(3).signTypedData(JSON.parse(typedDataOf(domain, transaction)));
    expect(await readOwnerSignature(hash(), signature, owners)).toMatchObject({
      ok: true,
      value: { owner: person(3).address },
    });
  });

  test('takes v of 0 and 1, as some hardware writes it', async () => {
    const { signature } = await sign(0, transaction);
    const bare = `${signature.slice(0, -2)}${signature.endsWith('1b') ? '00' : '01'}`;
    expect(await readOwnerSignature(hash(), bare, owners)).toEqual({
      ok: true,
      value: { owner: person(0).address, signature },
    });
  });

  test.each([
    ['', 'malformed'],
    ['0x', 'malformed'],
    [`0x${'11'.repeat(64)}`, 'malformed'],
    [`0x${'11'.repeat(64)}1d`, 'malformed'],
    [`0x${'11'.repeat(32)}${'ff'.repeat(32)}1b`, 'malformed'],
    [`0x${'11'.repeat(97)}`, 'unsupported'],
    [`0x${'00'.repeat(64)}1b`, 'unrecoverable'],
  ])('%#: says what is wrong with one', async (text, problem) => {
    expect(await readOwnerSignature(hash(), text, owners)).toEqual({ ok: false, problem });
  });

  test('a signature of another transaction recovers to no owner', async () => {
    const { signature } = await sign(0, pay(99n));
    const read = await readOwnerSignature(hash(), signature, owners);
    expect(read.ok && owners.includes(read.value.owner)).toBe(false);
  });
});

test('a token transfer is data like any other', () => {
  const data = encodeFunctionData({
    abi: parseAbi(['function transfer(address to, uint256 amount)']),
    args: [stranger, 5n],
  });
  expect(encodeExecution({ to: stranger, valueWei: 0n, data, nonce: 0n }, '0x')).toContain(data.slice(2));
});
