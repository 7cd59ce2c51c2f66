import { randomBytes } from 'node:crypto';
import { createWithdrawals } from '@naru/core/withdrawal/create-withdrawals.ts';
import { erc20Abi, type Hex, parseUnits } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, type Stack, startStack } from '../support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(async () => {
  await stack?.stop();
});

function freshAddress(): Hex {
  return `0x${randomBytes(20).toString('hex')}`;
}

test('a withdrawal is paid on chain and confirmed', async () => {
  const worker = await stack.startWorker('processor,broadcaster,monitor,accounts');
  const withdrawals = createWithdrawals({ db: stack.database.db });
  const to = freshAddress();
  const result = await withdrawals.request(stack.caller, 'first', {
    chain: 'localhost',
    asset: 'USDC',
    to,
    amount: '12.5',
    reference: null,
    priority: 'STANDARD',
    metadata: {},
  });
  expect(result.kind).toBe('done');
  if (result.kind !== 'done') return;
  try {
    await eventually(
      'CONFIRMED',
      async () => {
        const now = await withdrawals.get(stack.caller, result.value.id);
        return now?.state === 'CONFIRMED' ? now : null;
      },
      20_000,
    );
  } catch (e) {
    console.log(await worker.log());
    throw e;
  }
  const balance = await stack.devnet.client.readContract({
    address: stack.contracts.usdc,
    abi: erc20Abi,
    functionName: 'balanceOf',
    args: [to],
  });
  expect(balance).toBe(parseUnits('12.5', 6));
  console.log(await withdrawals.events(stack.caller, result.value.id));
  console.log(await withdrawals.get(stack.caller, result.value.id));
  console.log((await worker.log()).split('\n').slice(-12).join('\n'));
});
