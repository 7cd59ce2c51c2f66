import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { sleep } from '@naru/kit/clock.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { warmUp } from './backlog.ts';
import type { BenchContext } from './bench-context.ts';
import type { BenchStack } from './bench-stack.ts';
import { openBacklog } from './end-to-end.ts';
import { type Measurement, measured, notMeasured } from './measurement.ts';
import { freshAddress } from './payout-file.ts';

/** A process keeps rules for a second. */
const RULES_AGE_MS = 1_000;
const FEE = '0.5';
/** So long without a request: all is delivered. */
const QUIET_MS = 3_000;
const SAMPLE_MS = 50;
/** Fewer say nothing of a rate. */
const REST_MIN = 1_000;

/**
 * The same backlog on the same chain with all that an operator may switch on: a tier whose ceilings count each payout, a
 * policy with screening by a list and approvals, a fee for each payout, and an endpoint that is told of every
 * change. Nothing is asked of it: the bar is for those who use none of this. No velocity rule over the organisation: with
 * more than 2,000 in its window it asks people, by design. What the endpoint has not been told by then, it is told after:
 * that is the second line.
 */
export async function measureEndToEndRuled(context: BenchContext): Promise<Measurement[]> {
  const receiver = await startReceiver();
  const stopReceiver = context.cleanup.add(receiver.close);
  const listFile = path.join(context.dir, 'sanctions.csv');
  await writeFile(listFile, `address,source,date,category\n${freshAddress()},bench,2026-01-01,sanctioned\n`);
  const webhooks = {
    NARU_WEBHOOK_KEY: randomBytes(32).toString('base64'),
    NARU_WEBHOOK_ALLOW_LOCAL: 'true',
  };
  const { stack, run } = await openBacklog(context, 'end_to_end_ruled', {
    api: webhooks,
    jobs: webhooks,
    processor: { NARU_SANCTIONS_LIST_FILE: listFile },
  });
  try {
    await warmUp(stack);
    await stack.start(['jobs']);
    await switchOn(stack, receiver.url);
    const { speed, judgement, backlog } = await run();
    const told = receiver.requests();
    return [
      measured({
        name: 'end to end with policy, fee, webhooks',
        figure: speed.perSecond,
        unit: '/s',
        note: `${speed.how}; all ${backlog.toLocaleString('en')} within ${speed.wholeSeconds.toFixed(1)} s of the processor's start, and ${told.toLocaleString('en')} events taken by the endpoint until then; ${judgement}`,
      }),
      await measureRest(receiver),
    ];
  } finally {
    await stack.close();
    await stopReceiver();
  }
}

/** How fast one jobs process tells an endpoint that answers at once, while nothing else is to be done. */
async function measureRest(receiver: { requests(): number }): Promise<Measurement> {
  const name = 'webhooks delivered to one endpoint';
  const [before, beganMs] = [receiver.requests(), performance.now()];
  let last = { requests: before, atMs: beganMs };
  while (performance.now() - last.atMs < QUIET_MS) {
    await sleep(SAMPLE_MS);
    const requests = receiver.requests();
    if (requests > last.requests) last = { requests, atMs: performance.now() };
  }
  const rest = last.requests - before;
  if (rest < REST_MIN) return notMeasured(name, `only ${rest} were left to be delivered after the payouts`);
  const seconds = (last.atMs - beganMs) / 1_000;
  return measured({
    name,
    figure: rest / seconds,
    unit: '/s',
    note: `signed, sent, answered and recorded: ${rest.toLocaleString('en')} in ${seconds.toFixed(1)} s, the receiver on the same cores`,
  });
}

async function switchOn({ naru, caller }: BenchStack, url: string): Promise<void> {
  const organisationId = toPublicId('organisation', caller.organisationId);
  const { exchangeRates, tiers, policies, withdrawalFees } = naru.admin;
  for (const [base, quote, rate] of [
    ['USD', 'KRW', '1350'],
    ['USDC', 'USD', '1'],
  ] as const) {
    await exchangeRates.setPair({ base, quote, source: 'OPERATOR' });
    await exchangeRates.set({ base, quote, rate });
  }
  await tiers.set({
    code: 'bench',
    name: 'Bench',
    perWithdrawalKrwMax: '1000000',
    dailyKrwMax: '1000000000000',
    monthlyKrwMax: '10000000000000',
    dailyCountMax: 1_000_000,
    monthlyCountMax: 10_000_000,
  });
  await tiers.assign({ organisationId, code: 'bench' });
  await withdrawalFees.change({
    chain: 'localhost',
    asset: 'USDC',
    terms: { flat: FEE },
    seenVersion: 0,
    reason: 'bench',
  });
  await naru.webhookEndpoints.create({ url, events: ['withdrawal.*'] });
  const draft = await policies.create({
    organisationId,
    note: 'bench',
    document: {
      screening: { sources: ['LIST'] },
      approvals: { steps: [{ fromKrw: '100000', quorum: 1 }] },
    },
  });
  const active = await policies.activate(draft.id);
  await sleep(Math.max(0, Date.parse(active.effectiveAt ?? '') - Date.now()) + RULES_AGE_MS);
}

/** Takes everything at once, and counts. */
async function startReceiver(): Promise<{ url: string; requests(): number; close(): Promise<void> }> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume();
    response.writeHead(200).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
