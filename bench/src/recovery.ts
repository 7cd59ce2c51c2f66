import { sleep } from '@naru/kit/clock.ts';
import { waitUntilSettled, warmUp } from './backlog.ts';
import { readConfirmationTimes } from './bench.store.ts';
import type { BenchContext } from './bench-context.ts';
import { type BenchStack, openBenchStack, workerRoles } from './bench-stack.ts';
import { judgePayments, readHotBalance } from './chain-judge.ts';
import type { LoadReport } from './load/load-plan.ts';
import { runLoad } from './load/run-load.ts';
import { atMost, type Measurement, measured } from './measurement.ts';

const BLOCK_TIME_SECONDS = 1;
/**
 * New withdrawals all the time, and not a backlog: of that, dozens of batches would lie in the node's pool, and their
 * confirmations would go on however long a dead processor, signer or broadcaster stays away.
 */
const SUBMITTED_PER_SECOND = 300;
const CONNECTIONS = 50;
/** From one kill to the next: more than the bar, so that a gap above it is seen whole. */
const WINDOW_MS = { full: 11_000, quick: 8_000 };
/** Until confirmations come with every block. */
const RAMP_UP_MS = 3_000;
const SETTLE_TIMEOUT_MS = 120_000;
const BAR_SECONDS = 5;

const roles = ['signer', ...workerRoles, 'api'] as const;
type Gap = { role: string; seconds: number };

/** Of the slow variant: what a provider at the other end of the world takes. */
const RPC_DELAY_MS = 200;

/** `kill -9` for each role in turn under load; the supervisor starts it again, as it does in production. */
export function measureRecovery(context: BenchContext): Promise<Measurement[]> {
  return measure(context, { name: 'recovery', title: 'recovery after kill -9, worst role' });
}

/** The same, with every answer of the node 200 ms late: whatever a dead role had asked is asked again, as late. */
export function measureSlowRecovery(context: BenchContext): Promise<Measurement[]> {
  const title = `recovery with RPC latency of ${RPC_DELAY_MS} ms`;
  return measure(context, { name: 'recovery_slow', title, rpcDelayMs: RPC_DELAY_MS });
}

async function measure(
  context: BenchContext,
  variant: { name: string; title: string; rpcDelayMs?: number },
): Promise<Measurement[]> {
  const windowMs = context.isQuick ? WINDOW_MS.quick : WINDOW_MS.full;
  const { title, ...options } = variant;
  const stack = await openBenchStack(context, { ...options, blockTimeSeconds: BLOCK_TIME_SECONDS });
  try {
    const hotBalance = await readHotBalance(stack);
    await warmUp(stack);
    const [load, { usual, gaps }] = await Promise.all([
      runLoad({
        apiUrls: stack.apiUrls,
        apiKey: stack.apiKey,
        connections: CONNECTIONS,
        loop: { kind: 'open', perSecond: SUBMITTED_PER_SECOND },
        warmUpMs: RAMP_UP_MS,
        // One window before the first kill, to compare with.
        durationMs: windowMs * (roles.length + 1),
      }),
      killAll(context, stack, windowMs),
    ]);
    await waitUntilSettled(stack, SETTLE_TIMEOUT_MS, (open) => context.progress(`${open} to go`));
    const judgement = await judgePayments(stack, hotBalance);
    return [
      measured({
        name: title,
        figure: Math.max(...gaps.map((gap) => gap.seconds)),
        unit: 's',
        bar: atMost(BAR_SECONDS),
        note: `longest time without a confirmation from each kill on: ${gaps.map((gap) => `${gap.role} ${gap.seconds.toFixed(1)}`).join(', ')} s; without a kill ${usual.toFixed(1)} s; ${SUBMITTED_PER_SECOND}/s submitted, blocks of ${BLOCK_TIME_SECONDS} s; ${refusedText(load)}; ${judgement}`,
      }),
    ];
  } finally {
    await stack.close();
  }
}

async function killAll(
  context: BenchContext,
  stack: BenchStack,
  windowMs: number,
): Promise<{ usual: number; gaps: Gap[] }> {
  await sleep(RAMP_UP_MS);
  const sinceMs = Date.now();
  await sleep(windowMs);
  const usual = await longestGap(stack, sinceMs);
  const gaps: Gap[] = [];
  for (const role of roles) {
    const seconds = await killOne(stack, role, windowMs);
    gaps.push({ role, seconds });
    context.progress(`${role} killed: confirmations paused for ${seconds.toFixed(1)} s`);
  }
  return { usual, gaps };
}

async function killOne(stack: BenchStack, role: (typeof roles)[number], windowMs: number): Promise<number> {
  const killedAtMs = Date.now();
  process.kill(stack.pidOf(role), 'SIGKILL');
  await sleep(windowMs);
  return await longestGap(stack, killedAtMs);
}

/** Seconds: the longest time from `sinceMs` until now in which nothing was confirmed. */
async function longestGap(stack: BenchStack, sinceMs: number): Promise<number> {
  const untilMs = Date.now();
  const times = [sinceMs, ...(await readConfirmationTimes(stack.db, sinceMs)), untilMs];
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
  return Math.max(...gaps) / 1_000;
}

/** Submits that found no API: a client sends them again, with the same key. */
function refusedText({ refused }: LoadReport): string {
  const count = Object.values(refused).reduce((sum, one) => sum + one, 0);
  return `${count} submits found the API dead`;
}
