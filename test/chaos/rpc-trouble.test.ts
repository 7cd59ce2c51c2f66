import { startRpcFaultProxy } from '@naru/evm/testing/rpc-fault-proxy.ts';
import { sleep } from '@naru/kit/clock.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countPayments } from '../support/chain-judge.ts';
import { chainTxs, pay, read, until } from '../support/payouts.ts';
import { type Stack, startStack } from '../support/stack.ts';

let stack: Stack;
type Proxy = Awaited<ReturnType<typeof startRpcFaultProxy>>;
const proxies: Proxy[] = [];
beforeAll(async () => {
  stack = await startStack({ accounts: 1 });
  for (let index = 0; index < 2; index++)
    proxies.push(await startRpcFaultProxy({ upstreamUrl: stack.anvil.url }));
  await stack.startWorker('processor,broadcaster,monitor,accounts', {
    NARU_RPC_LOCALHOST: proxies.map((proxy) => proxy.url).join(','),
    NARU_RPC_TIMEOUT_MS: '700',
  });
  const first = await pay(stack);
  await until(stack, first.id, ['CONFIRMED']);
});
afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
  await stack?.stop();
});

async function expectPaidOnce(ids: readonly string[]): Promise<void> {
  const payments = await countPayments(stack);
  for (const id of ids) expect(payments.get(id), id).toBe(1);
  expect([...payments.values()].every((count) => count === 1)).toBe(true);
}

test('answers to a send that are lost by every node cost time, never a second payment', async () => {
  for (const proxy of proxies)
    proxy.setFaults([{ methods: ['eth_sendRawTransaction'], fault: { kind: 'lose_answer' }, times: 3 }]);
  const payouts = await Promise.all(Array.from({ length: 5 }, () => pay(stack, { priority: 'EMERGENCY' })));
  for (const { id } of payouts) await until(stack, id, ['CONFIRMED'], 60_000);
  for (const proxy of proxies) proxy.setFaults([]);
  await expectPaidOnce(payouts.map(({ id }) => id));
  for (const { id } of payouts) expect(await chainTxs(stack, id)).toHaveLength(1);
});

test('an error text that nobody has seen leaves the outcome unknown: the same bytes are sent again', async () => {
  for (const proxy of proxies)
    proxy.setFaults([
      {
        methods: ['eth_sendRawTransaction'],
        fault: { kind: 'rpc_error', code: -32000, message: 'flux capacitor drained' },
        times: 3,
      },
    ]);
  const payout = await pay(stack);
  await until(stack, payout.id, ['CONFIRMED'], 60_000);
  for (const proxy of proxies) proxy.setFaults([]);
  await expectPaidOnce([payout.id]);
  const [tx] = await chainTxs(stack, payout.id);
  expect(tx?.attempts).toBe(1);
});

test('one of two providers alone confirms nothing: while the other lags, the payment waits', async () => {
  const [, second] = proxies;
  second?.setFaults([
    { fault: { kind: 'lag', blocks: 3 }, methods: ['eth_getTransactionReceipt', 'eth_getLogs'] },
  ]);
  const payout = await pay(stack);
  await until(stack, payout.id, ['CONFIRMING']);
  await sleep(1_500);
  expect((await read(stack, payout.id)).state).toBe('CONFIRMING');
  second?.setFaults([]);
  await until(stack, payout.id, ['CONFIRMED'], 60_000);
  await expectPaidOnce([payout.id]);
});

test('a provider of another chain is never used, and the other one carries on', async () => {
  const [first] = proxies;
  first?.setFaults([
    { fault: { kind: 'http_status', status: 503 }, times: 20 },
    { fault: { kind: 'chain_id', chainId: 1 } },
  ]);
  const payout = await pay(stack);
  await until(stack, payout.id, ['BROADCASTED', 'CONFIRMING'], 60_000);
  expect((await read(stack, payout.id)).state).not.toBe('CONFIRMED');
  first?.setFaults([]);
  await until(stack, payout.id, ['CONFIRMED'], 60_000);
  await expectPaidOnce([payout.id]);
});

test('the signer away for a while costs time only', async () => {
  const accepted = await pay(stack);
  await until(stack, accepted.id, ['CONFIRMED'], 60_000);
  await stack.restartSigner(async () => {
    const payout = await pay(stack);
    await until(stack, payout.id, ['SIGNING']);
    await sleep(500);
    expect((await read(stack, payout.id)).state).toBe('SIGNING');
    return async () => {
      await until(stack, payout.id, ['CONFIRMED'], 60_000);
      await expectPaidOnce([payout.id]);
    };
  });
});
