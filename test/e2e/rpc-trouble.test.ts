import { startRpcFaultProxy } from '@naru/evm/testing/rpc-fault-proxy.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countPayments } from '../support/chain-judge.ts';
import { chainTxs, pay, until } from '../support/payouts.ts';
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
    proxy.setFaults([{ kind: 'lose_answer', method: 'eth_sendRawTransaction', times: 3 }]);
  const payouts = await Promise.all(Array.from({ length: 5 }, () => pay(stack, { priority: 'EMERGENCY' })));
  for (const { id } of payouts) await until(stack, id, ['CONFIRMED'], 60_000);
  for (const proxy of proxies) proxy.setFaults([]);
  await expectPaidOnce(payouts.map(({ id }) => id));
  for (const { id } of payouts) expect(await chainTxs(stack, id)).toHaveLength(1);
});

test('an error text that nobody has seen leaves the outcome unknown: the same bytes are sent again', async () => {
  for (const proxy of proxies)
    proxy.setFaults([
      { kind: 'error', method: 'eth_sendRawTransaction', message: 'flux capacitor drained', times: 3 },
    ]);
  const payout = await pay(stack);
  await until(stack, payout.id, ['CONFIRMED'], 60_000);
  for (const proxy of proxies) proxy.setFaults([]);
  await expectPaidOnce([payout.id]);
  const [tx] = await chainTxs(stack, payout.id);
  expect(tx?.attempts).toBe(1);
});
