import { fileURLToPath } from 'node:url';
import { type Role, roleCommand } from '@naru/cli/role-command.ts';
import { checkLedger } from '@naru/core/ledger/ledger.store.ts';
import { findReserveMismatches } from '@naru/core/reconciliation/reconciliation.store.ts';
import { fromPublicId } from '@naru/kit/ids.ts';
import { createNaru, type Naru } from '@naru/sdk/create-naru.ts';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countPayments } from '../support/chain-judge.ts';
import { randomAddress } from '../support/payouts.ts';
import { roleBuild } from '../support/programs.ts';
import { runNaru } from '../support/run-naru.ts';
import { eventually, type Stack, type StackProcess, startStack } from '../support/stack.ts';

/** Longer than any of these tests wait: what is done sooner was done because of a signal. */
const NEVER_POLLS_MS = '60000';
const QUEUES = ['naru-processor', 'naru-signer', 'naru-broadcaster'];
const region = 'eu-central-1';

let stack: Stack;
let sqs: FauxqsServer;
let naru: Naru;
let sqsEnv: Record<string, string>;
let workers: StackProcess[] = [];

beforeAll(async () => {
  stack = await startStack({ accounts: 2 });
  sqs = await startFauxqs({ port: 0, logger: false });
  sqsEnv = {
    NARU_SIGNALS: 'sqs',
    NARU_SQS_ENDPOINT: `http://127.0.0.1:${sqs.port}`,
    NARU_SQS_REGION: region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  const created = await runNaru(['queues', 'create', '--json'], sqsEnv);
  expect(created.code, created.err).toBe(0);
  const api = await stack.startApi({ ...sqsEnv, ...(await permissionsOf('api')) });
  naru = createNaru({ baseUrl: api.url, apiKey: stack.apiKey });
  // No signal wakes this one: it follows blocks.
  await stack.startWorker('monitor,accounts');
  // Accounts become usable by what is read from the chain, which nobody signals: once with polling. And without SQS, as
  // a receiver that is killed can take a signal along for as long as it is invisible, 30 s.
  await startWorkers('200', { NARU_SIGNALS: 'postgres' });
  await payAll(1);
});
afterAll(async () => {
  if (stack !== undefined) await expectBooksInOrder();
  await stack?.stop();
  await sqs?.stop();
});

/** Node's permission model as `naru up` sets it: what the client of AWS wants to read, it must do without. */
async function permissionsOf(role: Role): Promise<Record<string, string>> {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const { args } = roleCommand(role, { root, env: stack.workerEnv, build: await roleBuild() });
  return { NODE_OPTIONS: args.filter((arg) => /^--(permission|allow)/.test(arg)).join(' ') };
}

async function startWorkers(pollMs: string, change: Record<string, string> = {}): Promise<void> {
  for (const worker of workers) worker.kill('SIGKILL');
  await Promise.all(workers.map((worker) => worker.ended));
  const env = { ...sqsEnv, ...(await permissionsOf('processor')), NARU_POLL_MS: pollMs, ...change };
  workers = [];
  for (const role of ['processor', 'broadcaster']) workers.push(await stack.startWorker(role, env));
}

async function payAll(count: number, meanwhile: () => Promise<void> = async () => undefined): Promise<void> {
  const created = await Promise.all(
    Array.from({ length: count }, () =>
      naru.withdrawals.create({ chain: 'localhost', asset: 'USDC', to: randomAddress(), amount: '1.5' }),
    ),
  );
  await meanwhile();
  for (const { id } of created)
    await naru.withdrawals.waitFor(id, { until: ['CONFIRMED'], timeoutMs: 45_000 });
  const payments = await countPayments(stack);
  for (const { id } of created) expect(payments.get(fromPublicId('withdrawal', id) ?? ''), id).toBe(1);
  expect([...payments.values()].every((times) => times === 1)).toBe(true);
}

async function expectBooksInOrder(): Promise<void> {
  const { db } = stack.database;
  expect(await checkLedger(db)).toEqual([]);
  expect(await findReserveMismatches(db)).toEqual([]);
}

async function readiness(worker: StackProcess): Promise<{ status: number; signals: string }> {
  const answer = await fetch(`http://127.0.0.1:${worker.port}/readyz`);
  const { checks } = (await answer.json()) as { checks: Record<string, string> };
  return { status: answer.status, signals: checks['signals'] ?? '' };
}

test('signals over SQS alone carry a payout through processor, signer and broadcaster', async () => {
  await startWorkers(NEVER_POLLS_MS);
  await payAll(5);
  for (const worker of workers) expect(await readiness(worker)).toEqual({ status: 200, signals: 'ok' });
  for (const queue of QUEUES)
    await eventually(`${queue} empty`, async () => {
      const messages = sqs.inspectQueue(queue)?.messages;
      return messages?.ready.length === 0 && messages.inflight.length === 0 ? true : null;
    });
});

test('signals that come many times over pay nothing twice', async () => {
  await payAll(10, async () => {
    for (let count = 0; count < 200; count++)
      for (const queue of QUEUES) sqs.sendMessage(queue, 'look', { region });
  });
});

test('queues that are deleted mid-way cost a poll: every payout confirms, readiness says what is wrong', async () => {
  await startWorkers('200');
  await payAll(20, async () => {
    for (const queue of QUEUES) sqs.deleteQueue(queue, { region });
  });
  for (const worker of workers) {
    const told = await eventually('degraded', async () => {
      const now = await readiness(worker);
      return now.signals.startsWith('degraded') ? now : null;
    });
    expect(told.status).toBe(200);
    expect(told.signals).toContain('work is found by polling');
  }
});

test('with nobody at the endpoint payouts confirm, and once it is back signals carry again', async () => {
  const { port } = sqs;
  await payAll(20, async () => await sqs.stop());
  const metrics = await (await fetch(`http://127.0.0.1:${workers[0]?.port}/metrics`)).text();
  expect(metrics).toMatch(
    /naru_signal_failures_total\{channel="naru_processor",operation="receive".*\} [1-9]/,
  );

  sqs = await startFauxqs({ port, logger: false });
  expect((await runNaru(['queues', 'create'], sqsEnv)).code).toBe(0);
  for (const worker of workers)
    await eventually(
      'signals work again',
      async () => ((await readiness(worker)).signals === 'ok' ? true : null),
      60_000,
    );
  await payAll(5);
});
