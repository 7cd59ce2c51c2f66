import { assert, assertPresent } from '@naru/kit/assert.ts';
import { sleep } from '@naru/kit/clock.ts';
import { warmUp } from './backlog.ts';
import type { BenchContext } from './bench-context.ts';
import { type BenchStack, openBenchStack } from './bench-stack.ts';
import { judgePayments, readHotBalance } from './chain-judge.ts';
import { atMost, type Measurement, measured } from './measurement.ts';
import { AMOUNT, freshAddress } from './payout-file.ts';
import { goldenFraction, percentile, percentilesText } from './statistics.ts';

const WITHDRAWALS = { full: 30, quick: 10 };
const BLOCK_TIME_SECONDS = 1;
/** One block time and half a second. */
const BAR_SECONDS = BLOCK_TIME_SECONDS + 0.5;
const WAIT_POLL_MS = 25;
const WAIT_TIMEOUT_MS = 30_000;

type Latency = { byEventsSeconds: number; bySdkSeconds: number; stages: readonly Stage[] };
/** How long a withdrawal was in a state. */
type Stage = { state: string; ms: number };

/** Single withdrawals, one after the other, on a stack with nothing else to do. */
export async function measureIdleLatency(context: BenchContext): Promise<Measurement[]> {
  const count = context.isQuick ? WITHDRAWALS.quick : WITHDRAWALS.full;
  const stack = await openBenchStack(context, { name: 'idle_latency', blockTimeSeconds: BLOCK_TIME_SECONDS });
  try {
    const hotBalance = await readHotBalance(stack);
    await warmUp(stack);
    const latencies: Latency[] = [];
    for (let index = 0; index < count; index++) {
      // The one before ended with a block: without a wait, all would begin at the same place between two blocks.
      await sleep(goldenFraction(index) * BLOCK_TIME_SECONDS * 1_000);
      latencies.push(await payOne(stack));
      context.progress(`${index + 1} of ${count} paid`);
    }
    const judgement = await judgePayments(stack, hotBalance);
    const byEvents = latencies.map((one) => one.byEventsSeconds);
    const bySdk = latencies.map((one) => one.bySdkSeconds);
    const stages = stagesText(latencies.map((one) => one.stages));
    const shared = `${count} single withdrawals, blocks of ${BLOCK_TIME_SECONDS} s, depth 1, spread over the block time`;
    return [
      measured({
        name: 'idle: submit → CONFIRMED, p95 by events',
        figure: percentile(byEvents, 0.95),
        unit: 's',
        bar: atMost(BAR_SECONDS),
        note: `p50/p95/p99 ${percentilesText(byEvents, 2)} s; median ms in each state: ${stages}; ${shared}; ${judgement}`,
      }),
      measured({
        name: 'idle: submit → CONFIRMED, p95 by the SDK',
        figure: percentile(bySdk, 0.95),
        unit: 's',
        bar: atMost(BAR_SECONDS),
        note: `p50/p95/p99 ${percentilesText(bySdk, 2)} s, from before the POST until waitFor (polling every ${WAIT_POLL_MS} ms) gives CONFIRMED`,
      }),
    ];
  } finally {
    await stack.close();
  }
}

async function payOne(stack: BenchStack): Promise<Latency> {
  const { withdrawals } = stack.naru;
  const startMs = performance.now();
  const { id } = await withdrawals.create({
    chain: 'localhost',
    asset: 'USDC',
    to: freshAddress(),
    amount: AMOUNT,
  });
  const { state } = await withdrawals.waitFor(id, { pollMs: WAIT_POLL_MS, timeoutMs: WAIT_TIMEOUT_MS });
  const bySdkSeconds = (performance.now() - startMs) / 1_000;
  assert(state === 'CONFIRMED', `withdrawal ${id} ended as ${state}`);
  const events = await withdrawals.events(id);
  const times = events.map(({ at }) => Date.parse(at));
  const accepted = assertPresent(times[0], 'first event');
  const confirmed = assertPresent(times.at(-1), 'last event');
  const stages = events.slice(0, -1).map(({ to }, index) => ({
    state: to,
    ms: (times[index + 1] ?? confirmed) - (times[index] ?? accepted),
  }));
  return { byEventsSeconds: (confirmed - accepted) / 1_000, bySdkSeconds, stages };
}

/** Of many withdrawals that went the same way. */
function stagesText(all: readonly (readonly Stage[])[]): string {
  const states = [...new Set(all.flatMap((stages) => stages.map(({ state }) => state)))];
  const msOf = (state: string) =>
    all.map((stages) => stages.filter((one) => one.state === state).reduce((sum, { ms }) => sum + ms, 0));
  return states.map((state) => `${state} ${percentile(msOf(state), 0.5).toFixed(0)}`).join(', ');
}
