import { createNaru, type Naru } from '@naru/sdk/create-naru.ts';
import { isNaruApiError } from '@naru/sdk/errors.ts';
import { formatUnits, parseUnits } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countPayments, tokenBalance } from '../support/chain-judge.ts';
import { randomAddress } from '../support/payouts.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';

/** Everything here goes through the SDK, as a client would; the chain is the judge. */
let stack: Stack;
let naru: Naru;
beforeAll(async () => {
  stack = await startStack({ accounts: 3 });
  const api = await stack.startApi();
  naru = createNaru({ baseUrl: api.url, apiKey: stack.apiKey });
  // Two instances of every role, side by side.
  await Promise.all(
    ['processor', 'broadcaster', 'monitor,accounts'].flatMap((roles) => [
      stack.startWorker(roles),
      stack.startWorker(roles),
    ]),
  );
});
afterAll(async () => {
  await stack?.stop();
});

test('a withdrawal goes through every state and is paid to the last unit', async () => {
  const to = randomAddress();
  const created = await naru.withdrawals.create({
    chain: 'localhost',
    asset: 'USDC',
    to,
    amount: '12.345678',
    reference: 'order-981',
    metadata: { invoice: 'A-7' },
  });
  expect(created).toMatchObject({
    state: 'PENDING',
    amount: '12.345678',
    reference: 'order-981',
    transaction: null,
  });
  const confirmed = await naru.withdrawals.waitFor(created.id, { until: ['CONFIRMED'], timeoutMs: 20_000 });
  expect(confirmed.transaction?.hash).toMatch(/^0x[0-9a-f]{64}$/);
  expect(confirmed.confirmedAt).not.toBeNull();
  expect(await tokenBalance(stack, stack.contracts.usdc, to)).toBe(12_345_678n);
  const events = await naru.withdrawals.events(created.id);
  expect(events.map((event) => event.to)).toEqual([
    'PENDING',
    'VALIDATING',
    'SIGNING',
    'SIGNED',
    'BROADCASTING',
    'BROADCASTED',
    'CONFIRMING',
    'CONFIRMED',
  ]);
});

test('40 identical submits at once make one withdrawal and 40 equal answers', async () => {
  const input = { chain: 'localhost', asset: 'USDC', to: randomAddress(), amount: '1' };
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => naru.withdrawals.create(input, { idempotencyKey: 'forty-at-once' })),
  );
  expect(new Set(answers.map((answer) => answer.id)).size).toBe(1);
  await naru.withdrawals.waitFor(answers[0]?.id ?? '', { until: ['CONFIRMED'], timeoutMs: 20_000 });
  expect(await tokenBalance(stack, stack.contracts.usdc, input.to)).toBe(1_000_000n);
});

test('a file with several assets, priorities and repeated recipients is paid by several instances, each row once', async () => {
  const repeated = Array.from({ length: 10 }, randomAddress);
  const rows = Array.from({ length: 300 }, (_, index) => ({
    asset: index % 30 === 0 ? 'ETH' : index % 3 === 0 ? 'USDT' : 'USDC',
    to: index % 4 === 0 ? (repeated[index % 10] ?? randomAddress()) : randomAddress(),
    amount: `0.${String(index + 1).padStart(6, '0')}`,
    priority: index % 50 === 0 ? 'EMERGENCY' : index % 10 === 0 ? 'VIP' : 'STANDARD',
  }));
  const csv = ['chain,asset,to,amount,reference,priority']
    .concat(
      rows.map((row, index) => `localhost,${row.asset},${row.to},${row.amount},row-${index},${row.priority}`),
    )
    .join('\n');
  const bulk = await naru.bulk.create(csv, { idempotencyKey: 'file-1' });
  expect(bulk.total).toBe(300);
  expect((await naru.bulk.create(csv, { idempotencyKey: 'file-1' })).id).toBe(bulk.id);
  await eventually(
    'every row confirmed',
    async () => ((await naru.bulk.get(bulk.id)).counts.CONFIRMED === 300 ? true : null),
    60_000,
  );
  const expected = new Map<string, bigint>();
  for (const { asset, to, amount } of rows) {
    const units = parseUnits(amount, asset === 'ETH' ? 18 : 6);
    expected.set(`${asset} ${to}`, (expected.get(`${asset} ${to}`) ?? 0n) + units);
  }
  for (const [key, units] of expected) {
    const [asset, to] = key.split(' ') as ['ETH' | 'USDC' | 'USDT', `0x${string}`];
    const found =
      asset === 'ETH'
        ? await stack.devnet.client.getBalance({ address: to })
        : await tokenBalance(stack, asset === 'USDC' ? stack.contracts.usdc : stack.contracts.usdt, to);
    expect(formatUnits(found, 6), key).toBe(formatUnits(units, 6));
  }
  const payments = await countPayments(stack);
  expect([...payments.values()].filter((count) => count !== 1)).toEqual([]);
  let report = '';
  for await (const piece of await naru.bulk.report(bulk.id)) report += piece;
  expect(report.trim().split('\n')).toHaveLength(301);
});

test('an emergency is paid alone', async () => {
  const created = await naru.withdrawals.create({
    chain: 'localhost',
    asset: 'USDC',
    to: randomAddress(),
    amount: '5',
    priority: 'EMERGENCY',
  });
  await naru.withdrawals.waitFor(created.id, { until: ['CONFIRMED'], timeoutMs: 20_000 });
  const events = await naru.withdrawals.events(created.id);
  expect(events.find((event) => event.to === 'SIGNING')?.reason).toBe('planned alone');
});

test('of twelve submits of a quarter of the balance each at once, four are accepted', async () => {
  const available = async () => {
    const balances = await naru.balances.list();
    return parseUnits(balances.find((balance) => balance.asset === 'USDT')?.available ?? '0', 6);
  };
  const quarter = formatUnits((await available()) / 4n, 6);
  const answers = await Promise.allSettled(
    Array.from({ length: 12 }, () =>
      naru.withdrawals.create({ chain: 'localhost', asset: 'USDT', to: randomAddress(), amount: quarter }),
    ),
  );
  const accepted = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
  expect(accepted).toHaveLength(4);
  for (const error of refused) expect(isNaruApiError(error, 'insufficient_balance')).toBe(true);
  expect(await available()).toBeLessThan(4n);
  for (const { id } of accepted)
    await naru.withdrawals.waitFor(id, { until: ['CONFIRMED'], timeoutMs: 30_000 });
});
