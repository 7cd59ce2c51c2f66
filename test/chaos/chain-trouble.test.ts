import { want } from '@naru/core/chain-tx/chain-tx.store.ts';
import { checkLedger } from '@naru/core/ledger/ledger.store.ts';
import { findReserveMismatches } from '@naru/core/reconciliation/reconciliation.store.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { sleep } from '@naru/kit/clock.ts';
import { sql } from 'kysely';
import { encodeFunctionData, type Hex, parseAbi, toHex } from 'viem';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { countPayments, tokenBalance } from '../support/chain-judge.ts';
import { anvil, chainTxs, pay, payTogether, randomAddress, read, states, until } from '../support/payouts.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';

const DEPTH = 3;
const tokenAbi = parseAbi([
  'function pause()',
  'function unpause()',
  'function freeze(address account)',
  'function unfreeze(address account)',
]);

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ confirmations: DEPTH });
  await stack.startWorker('processor,broadcaster,monitor,accounts');
  // Approvals need their blocks before anything can be paid.
  await keepMining();
  const first = await pay(stack);
  await until(stack, first.id, ['CONFIRMED']);
});
afterAll(async () => {
  stopMining();
  await stack?.stop();
});
afterEach(async () => {
  await keepMining();
  expect(await checkLedger(stack.database.db)).toEqual([]);
  expect(await findReserveMismatches(stack.database.db)).toEqual([]);
  const payments = await countPayments(stack);
  expect([...payments.values()].every((count) => count === 1)).toBe(true);
});

/** Anvil mines by itself when a transaction comes; depth needs blocks without one. */
let mining: NodeJS.Timeout | null = null;
async function keepMining(): Promise<void> {
  await anvil(stack, 'evm_setAutomine', true);
  mining ??= setInterval(() => void anvil(stack, 'evm_mine').catch(() => undefined), 150);
}
function stopMining(): void {
  if (mining !== null) clearInterval(mining);
  mining = null;
}
async function holdBlocks(): Promise<void> {
  stopMining();
  await anvil(stack, 'evm_setAutomine', false);
}

async function callToken(functionName: 'pause' | 'unpause'): Promise<void> {
  await stack.devnet.send({
    to: stack.contracts.usdc,
    data: encodeFunctionData({ abi: tokenAbi, functionName }),
  });
}

test('a frozen recipient fails alone: the rest of its batch is paid and its own amount is free again', async () => {
  const frozen = randomAddress();
  await stack.devnet.send({
    to: stack.contracts.usdc,
    data: encodeFunctionData({ abi: tokenAbi, functionName: 'freeze', args: [frozen] }),
  });
  const [good, bad, alsoGood] = await Promise.all([pay(stack), pay(stack, { to: frozen }), pay(stack)]);
  const failed = await until(stack, bad.id, ['FAILED', 'CONFIRMED']);
  expect(failed.state).toBe('FAILED');
  expect(failed.failure?.code).toBe('transfer_rejected');
  await until(stack, good.id, ['CONFIRMED']);
  await until(stack, alsoGood.id, ['CONFIRMED']);
  expect(await tokenBalance(stack, stack.contracts.usdc, frozen)).toBe(0n);
});

test('while the token is paused nobody is failed; after that everybody is paid once', async () => {
  await callToken('pause');
  // In one batch: alone in one, a payout that the token refuses looks as if its recipient did (docs/guarantees.md, Gaps).
  const payouts = await payTogether(stack, 3);
  const first = assertPresent(payouts[0], 'payout');
  await eventually('planned again', async () =>
    (await states(stack, first.id)).filter((state) => state === 'SIGNING').length > 1 ? true : null,
  );
  await callToken('unpause');
  for (const { id } of payouts) await until(stack, id, ['CONFIRMED'], 60_000);
});

test('a reorganisation takes a confirming payment back and it is paid again by the same bytes', async () => {
  await keepMining();
  stopMining();
  const payout = await pay(stack);
  const confirming = await until(stack, payout.id, ['CONFIRMING']);
  const before = confirming.transaction?.hash;
  await anvil(stack, 'anvil_reorg', 1, []);
  await eventually('taken back', async () =>
    (await states(stack, payout.id)).filter((state) => state === 'BROADCASTED').length > 1 ? true : null,
  );
  await keepMining();
  const confirmed = await until(stack, payout.id, ['CONFIRMED']);
  expect(confirmed.transaction?.hash).toBe(before);
  expect((await chainTxs(stack, payout.id)).length).toBe(1);
});

test('a transaction that pools have dropped is sent again', async () => {
  await holdBlocks();
  const payout = await pay(stack);
  const sent = await until(stack, payout.id, ['BROADCASTED']);
  await anvil(stack, 'anvil_dropTransaction', sent.transaction?.hash);
  // Resending is due every 15 s; a test need not wait for that.
  await sql`UPDATE chain_tx SET not_before = now() WHERE id = ${sent.transaction?.chainTxId}`.execute(
    stack.database.db,
  );
  await eventually('in the pool again', async () => {
    const found = await anvil(stack, 'eth_getTransactionByHash', sent.transaction?.hash);
    return found === null ? null : true;
  });
  await keepMining();
  expect((await until(stack, payout.id, ['CONFIRMED'])).transaction?.hash).toBe(sent.transaction?.hash);
});

test('a fee that the market has left behind is raised with the same nonce, and one of the two is mined', async () => {
  await holdBlocks();
  const payout = await pay(stack);
  const sent = await until(stack, payout.id, ['BROADCASTED']);
  await anvil(stack, 'anvil_setNextBlockBaseFeePerGas', toHex(20_000_000_000n));
  await want(stack.database.db, sent.transaction?.chainTxId ?? '', 'BUMP');
  await eventually('two attempts', async () => {
    const [tx] = await chainTxs(stack, payout.id);
    return tx !== undefined && tx.attempts >= 2 ? true : null;
  });
  await keepMining();
  const confirmed = await until(stack, payout.id, ['CONFIRMED']);
  expect(confirmed.transaction?.nonce).toBe(sent.transaction?.nonce);
});

test('above the fee ceiling nothing is signed; when the fee falls, payments go on', async () => {
  await sql`UPDATE chain SET fee_per_gas_wei_max = 1 WHERE id = 'localhost'`.execute(stack.database.db);
  await sleep(1_200); // every instance reads the configuration anew once a second
  const payout = await pay(stack);
  await until(stack, payout.id, ['SIGNING']);
  await eventually('says why', async () => {
    const { rows } = await sql<{ text: string | null }>`
      SELECT last_error AS text FROM chain_tx WHERE id = ${(await read(stack, payout.id)).transaction?.chainTxId}`.execute(
      stack.database.db,
    );
    return rows[0]?.text?.includes('fee ceiling') === true ? true : null;
  });
  expect((await chainTxs(stack, payout.id))[0]?.attempts).toBe(0);
  await sql`UPDATE chain SET fee_per_gas_wei_max = 100000000000 WHERE id = 'localhost'`.execute(
    stack.database.db,
  );
  await until(stack, payout.id, ['CONFIRMED']);
});

test('a nonce that is freed by a self-transfer lets its withdrawals be planned again, and paid once', async () => {
  await holdBlocks();
  const payout = await pay(stack);
  const sent = await until(stack, payout.id, ['BROADCASTED']);
  await want(stack.database.db, sent.transaction?.chainTxId ?? '', 'CANCEL');
  await eventually('the cancel is out', async () =>
    (await chainTxs(stack, payout.id))[0]?.attempts === 2 ? true : null,
  );
  await eventually('the cancel replaced the payment in the pool', async () => {
    const found = await anvil(stack, 'eth_getTransactionByHash', sent.transaction?.hash);
    return found === null ? true : null;
  });
  await keepMining();
  await until(stack, payout.id, ['CONFIRMED']);
  const txs = await chainTxs(stack, payout.id);
  expect(txs.map((tx) => tx.state)).toEqual(['CANCELED', 'EXECUTED']);
});

test('when a foreign transaction uses the nonce, the withdrawal is planned again after final depth', async () => {
  await holdBlocks();
  const payout = await pay(stack);
  const sent = await until(stack, payout.id, ['BROADCASTED']);
  const from = sent.transaction?.subAccount as Hex;
  await anvil(stack, 'anvil_dropTransaction', sent.transaction?.hash);
  await anvil(stack, 'anvil_impersonateAccount', from);
  await anvil(stack, 'eth_sendTransaction', {
    from,
    to: randomAddress(),
    value: '0x1',
    nonce: toHex(sent.transaction?.nonce ?? 0n),
    maxFeePerGas: toHex(50_000_000_000n),
  });
  await anvil(stack, 'anvil_stopImpersonatingAccount', from);
  await keepMining();
  await until(stack, payout.id, ['CONFIRMED']);
  expect((await chainTxs(stack, payout.id)).map((tx) => tx.state)).toEqual(['DISPLACED', 'EXECUTED']);
});

test('a batch that reverts as a whole pays nothing and is planned again', async () => {
  await holdBlocks();
  const payout = await pay(stack);
  const sent = await until(stack, payout.id, ['BROADCASTED']);
  // The token's code is gone for one block: the contract refuses the batch as a whole.
  const code = await stack.devnet.client.getCode({ address: stack.contracts.usdc });
  await anvil(stack, 'anvil_setCode', stack.contracts.usdc, '0x');
  await anvil(stack, 'evm_mine');
  await anvil(stack, 'anvil_setCode', stack.contracts.usdc, code);
  expect(sent.transaction?.nonce).toBeDefined();
  await keepMining();
  await until(stack, payout.id, ['CONFIRMED'], 60_000);
  expect((await chainTxs(stack, payout.id)).map((tx) => tx.state)).toEqual(['REVERTED', 'EXECUTED']);
});
