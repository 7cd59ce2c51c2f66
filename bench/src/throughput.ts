import { assert } from '@naru/kit/assert.ts';
import { submitBacklog, waitUntilSettled } from './backlog.ts';
import { readConfirmations } from './bench.store.ts';
import type { BenchContext } from './bench-context.ts';
import type { BenchStack } from './bench-stack.ts';
import { runLoad } from './load/run-load.ts';
import { freshAddresses } from './payout-file.ts';
import { percentile } from './statistics.ts';

const CONNECTIONS = 200;
const LOAD_MS = { full: 5_000, quick: 1_500 };
/** For each API: a program that runs for the first time needs a second of a core until it is as fast as it will be. */
const WARM_UP_MS = 2_500;
const BACKLOG = { full: 20_000, quick: 3_000 };
const TIMEOUT_MS = 300_000;

/** Blocks of a stack that `measureThroughput` is used with: short and large, so that the chain is not what is measured. */
export const OPEN_CHAIN = { blockTimeSeconds: 1, blockGasLimit: 60_000_000n } as const;

export type Throughput = { acceptedPerSecond: number; acceptP95Ms: number; confirmedPerSecond: number };

/**
 * How many withdrawals a stack that is warm takes in and how many it pays, a second each, in half a minute: first closed-loop submits
 * with no processor running, then these and a bulk file are worked off; the file, which comes last, is what is counted.
 * The caller asks the chain whether it was all paid.
 */
export async function measureThroughput(context: BenchContext, stack: BenchStack): Promise<Throughput> {
  const size = context.isQuick ? 'quick' : 'full';
  await stack.stop('processor');
  const load = await runLoad({
    apiUrls: stack.apiUrls,
    apiKey: stack.apiKey,
    connections: CONNECTIONS,
    loop: { kind: 'closed' },
    warmUpMs: WARM_UP_MS * stack.apiUrls.length,
    durationMs: LOAD_MS[size],
  });
  assert(Object.keys(load.refused).length === 0, `refused: ${JSON.stringify(load.refused)}`);
  const bulkId = await submitBacklog(stack, freshAddresses(BACKLOG[size]));
  const startedAtMs = Date.now();
  await stack.start(['processor']);
  await waitUntilSettled(stack, TIMEOUT_MS, (open) => context.progress(`${open} to go`));
  const confirmedPerSecond = rateOf(await readConfirmations(stack.db, bulkId), startedAtMs);
  return {
    acceptedPerSecond: load.accepted / (load.elapsedMs / 1_000),
    acceptP95Ms: percentile(load.latenciesMs, 0.95),
    confirmedPerSecond,
  };
}

/**
 * From the start of the processor to the last confirmation. Nothing within that is a rate: what waited for a core is
 * confirmed in bursts, and blocks not in their order when there are several instances.
 */
function rateOf(confirmations: readonly { atMs: number }[], startedAtMs: number): number {
  const lastMs = confirmations.reduce((latest, { atMs }) => Math.max(latest, atMs), startedAtMs);
  return (confirmations.length * 1_000) / (lastMs - startedAtMs);
}
