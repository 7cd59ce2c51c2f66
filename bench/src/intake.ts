import { assert } from '@naru/kit/assert.ts';
import { countWithdrawals } from './bench.store.ts';
import type { BenchContext } from './bench-context.ts';
import { openBenchStack } from './bench-stack.ts';
import type { LoadPlan, LoadReport } from './load/load-plan.ts';
import { runLoad } from './load/run-load.ts';
import { atLeast, atMost, type Measurement, measured } from './measurement.ts';
import { percentile, percentilesText } from './statistics.ts';

const CONNECTIONS = 1_000;
const DURATION_MS = { full: 12_000, quick: 4_000 };
const WARM_UP_MS = 3_000;
const BAR_PER_SECOND = 1_500;
const BAR_P95_MS = 100;

/**
 * `POST /v1/withdrawals` with no worker running. Twice: with 1,000 connections that each wait for their answer, p95 can
 * only be below 100 ms above 10,000 requests a second, so the closed loop tells the throughput and nothing else; the
 * latency is that of an open loop, which offers what the bar asks for at fixed times.
 */
export async function measureIntake(context: BenchContext): Promise<Measurement[]> {
  const stack = await openBenchStack(context, { name: 'intake' });
  try {
    await stack.start(['api']);
    const plan = {
      apiUrls: stack.apiUrls,
      apiKey: stack.apiKey,
      connections: CONNECTIONS,
      warmUpMs: WARM_UP_MS,
      durationMs: context.isQuick ? DURATION_MS.quick : DURATION_MS.full,
    } satisfies Omit<LoadPlan, 'loop'>;
    const closed = await runLoad({ ...plan, loop: { kind: 'closed' } });
    context.progress(`closed loop: ${closed.accepted} accepted`);
    const open = await runLoad({ ...plan, loop: { kind: 'open', perSecond: BAR_PER_SECOND } });
    context.progress(`open loop: ${open.accepted} accepted`);
    const stored = await countWithdrawals(stack.db);
    const told = closed.acceptedInAll + open.acceptedInAll;
    assert(stored >= told, `${told} were accepted, ${stored} are stored`);
    return [
      measured({
        name: 'intake: accepted, closed loop',
        figure: perSecond(closed),
        unit: '/s',
        bar: atLeast(BAR_PER_SECOND),
        note: `${CONNECTIONS} connections, each waiting for its answer; p50/p95/p99 ${percentilesText(closed.latenciesMs, 0)} ms; ${errorsOf(closed)}`,
      }),
      measured({
        name: `intake: p95 at ${BAR_PER_SECOND}/s offered`,
        figure: percentile(open.latenciesMs, 0.95),
        unit: 'ms',
        bar: atMost(BAR_P95_MS),
        note: `open loop over ${CONNECTIONS} connections, from the time each request was due; ${perSecond(open).toFixed(0)}/s accepted; p50/p95/p99 ${percentilesText(open.latenciesMs, 0)} ms; ${errorsOf(open)}`,
      }),
    ];
  } finally {
    await stack.close();
  }
}

function perSecond({ accepted, elapsedMs }: LoadReport): number {
  return accepted / (elapsedMs / 1_000);
}

function errorsOf({ refused }: LoadReport): string {
  const kinds = Object.entries(refused);
  if (kinds.length === 0) return 'no errors';
  return `ERRORS ${kinds.map(([kind, count]) => `${kind}: ${count}`).join(', ')}`;
}
