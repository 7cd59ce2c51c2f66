import { assertPresent } from '@naru/kit/assert.ts';
import { sleep } from '@naru/kit/clock.ts';
import { waitUntilSettled, warmUp } from './backlog.ts';
import type { BenchContext } from './bench-context.ts';
import { type BenchStack, openBenchStack, workerRoles } from './bench-stack.ts';
import { judgePayments, readHotBalance } from './chain-judge.ts';
import {
  checkpoint,
  type DatabaseCounters,
  readCounters,
  readTableSizes,
  vacuum,
} from './footprint.store.ts';
import { type Measurement, measured } from './measurement.ts';
import { AMOUNT, freshAddress } from './payout-file.ts';
import { readProcessorMs } from './process-time.ts';

const PAYOUTS = { full: 6_000, quick: 500 };
const SUBMITS_AT_ONCE = 200;
const BLOCK_TIME_SECONDS = 2;
const BLOCK_GAS_LIMIT = 60_000_000n;
const TIMEOUT_MS = 300_000;
const IDLE_MS = 10_000;
/** Tables of which a payout takes less than this are not told. */
const TOLD_BYTES_MIN = 8;

/** What a payout leaves in the database, and what it costs it, from the submit over HTTP to its confirmation. */
export async function measureFootprint(context: BenchContext): Promise<Measurement[]> {
  const payouts = context.isQuick ? PAYOUTS.quick : PAYOUTS.full;
  const stack = await openBenchStack(context, {
    name: 'footprint',
    blockTimeSeconds: BLOCK_TIME_SECONDS,
    blockGasLimit: BLOCK_GAS_LIMIT,
  });
  try {
    const hotBalance = await readHotBalance(stack);
    await warmUp(stack);
    await stack.start(['jobs']);
    const idle = await readIdle(stack);
    await vacuum(stack.db);
    await checkpoint(stack.db);
    const sizesBefore = await readTableSizes(stack.db);
    const before = await readCounters(stack.db);
    const spentBefore = await readProcessorTimes(context, stack);
    await submitAll(stack, payouts);
    await waitUntilSettled(stack, TIMEOUT_MS, (open) => context.progress(`${open} of ${payouts} to go`));
    const spentAfter = await readProcessorTimes(context, stack);
    const after = await readCounters(stack.db);
    const judgement = await judgePayments(stack, hotBalance);
    await vacuum(stack.db);
    const sizes = await readTableSizes(stack.db);
    const grown = sizes.map((size) => {
      const first = sizesBefore.find(({ table }) => table === size.table);
      return {
        table: size.table,
        rows: size.rows - (first?.rows ?? 0),
        heapBytes: Number(size.heapBytes - (first?.heapBytes ?? 0n)) / payouts,
        indexBytes: Number(size.indexBytes - (first?.indexBytes ?? 0n)) / payouts,
      };
    });
    const told = grown.filter(({ heapBytes, indexBytes }) => heapBytes + indexBytes >= TOLD_BYTES_MIN);
    const sum = (pick: (one: (typeof grown)[number]) => number) =>
      grown.reduce((total, one) => total + pick(one), 0);
    const each = (pick: (counters: DatabaseCounters) => bigint) =>
      Number(pick(after) - pick(before)) / payouts;
    return [
      measured({
        name: 'footprint: kept per payout',
        figure: sum((one) => one.heapBytes + one.indexBytes),
        unit: 'bytes',
        note: told
          .map(
            ({ table, rows, heapBytes, indexBytes }) =>
              `${table} ${Math.round(heapBytes)}+${Math.round(indexBytes)} (${(rows / payouts).toFixed(2)} rows)`,
          )
          .join(', '),
      }),
      measured({
        name: 'footprint: WAL per payout',
        figure: each(({ walBytes }) => walBytes),
        unit: 'bytes',
        note: `${payouts} single submits over HTTP; full pages after one checkpoint are part of it; ${judgement}`,
      }),
      measured({
        name: 'footprint: row versions written per payout',
        figure: each(({ rowsInserted, rowsUpdated }) => rowsInserted + rowsUpdated),
        unit: 'rows',
        note: `${each(({ rowsInserted }) => rowsInserted).toFixed(2)} inserted, ${each(({ rowsUpdated }) => rowsUpdated).toFixed(2)} updated`,
      }),
      measured({
        name: 'footprint: commits per payout',
        figure: each(({ commits }) => commits),
        unit: 'commits',
        note: 'reads that poll are counted too',
      }),
      processorTime(spentBefore, spentAfter, payouts),
      idle,
    ];
  } finally {
    await stack.close();
  }
}

/** One instance of each role with nothing to do: what polling costs. */
async function readIdle(stack: BenchStack): Promise<Measurement> {
  const before = await readCounters(stack.db);
  const startedMs = performance.now();
  await sleep(IDLE_MS);
  const after = await readCounters(stack.db);
  const seconds = (performance.now() - startedMs) / 1_000;
  return measured({
    name: 'footprint: transactions of an idle platform',
    figure: Number(after.commits - before.commits) / seconds,
    unit: '/s',
    note: `one chain, one instance of each role; WAL ${Math.round(Number(after.walBytes - before.walBytes) / seconds)} bytes/s`,
  });
}

type ProcessorTimes = Map<string, number | null>;

/** Milliseconds that each program has used so far. */
async function readProcessorTimes(context: BenchContext, stack: BenchStack): Promise<ProcessorTimes> {
  const programs = new Map([
    ...(['api', 'signer', ...workerRoles, 'jobs'] as const).map((role) => [role, stack.pidOf(role)] as const),
    ['PostgreSQL', context.postgresPid] as const,
    ['chain', stack.chainPid] as const,
  ]);
  const times: ProcessorTimes = new Map();
  for (const [name, pid] of programs) times.set(name, await readProcessorMs(pid));
  return times;
}

/** Where the time goes, from the submit to the confirmation. The client's own is not in it. */
function processorTime(before: ProcessorTimes, after: ProcessorTimes, payouts: number): Measurement {
  const spent = [...after].map(([name, ms]) => ({
    name,
    us: (((ms ?? Number.NaN) - (before.get(name) ?? Number.NaN)) * 1_000) / payouts,
  }));
  const parts = spent.sort((one, other) => other.us - one.us);
  return measured({
    name: 'footprint: processor time per payout',
    figure: parts.reduce((sum, { us }) => sum + us, 0),
    unit: 'µs',
    note: `of one core; ${parts.map(({ name, us }) => `${name} ${us.toFixed(0)}`).join(', ')}`,
  });
}

async function submitAll(stack: BenchStack, count: number): Promise<void> {
  let left = count;
  await Promise.all(
    Array.from({ length: SUBMITS_AT_ONCE }, async () => {
      while (left > 0) {
        left -= 1;
        const request = { chain: 'localhost', asset: 'USDC', to: freshAddress(), amount: AMOUNT };
        const created = await stack.naru.withdrawals.create(request);
        assertPresent(created.id, 'id of a withdrawal');
      }
    }),
  );
}
