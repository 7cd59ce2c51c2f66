import type { Role } from '@naru/cli/role-command.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { submitBacklog, waitUntilSettled, warmUp } from './backlog.ts';
import { type Confirmation, readConfirmations } from './bench.store.ts';
import type { BenchContext } from './bench-context.ts';
import { type BenchStack, openBenchStack } from './bench-stack.ts';
import { judgePayments, readHotBalance, readPaidBatches } from './chain-judge.ts';
import { atLeast, type Measurement, measured } from './measurement.ts';
import { freshAddresses } from './payout-file.ts';
import { mean } from './statistics.ts';

const BACKLOG = { full: 20_000, quick: 8_000 };
const BLOCK_TIME_SECONDS = 2;
const BLOCK_GAS_LIMIT = 60_000_000n;
const TIMEOUT_MS = 300_000;
/** With fewer there is nothing between start and end. */
const BLOCKS_MIN = 3;
const BAR_PER_SECOND = 1_000;
const BAR_GAS_SHARE_PERCENT = 90;

/** A backlog is worked off by every role as a process of its own: is the chain the bottleneck, or are we? */
export async function measureEndToEnd(context: BenchContext): Promise<Measurement[]> {
  const { stack, run } = await openBacklog(context, 'end_to_end', {});
  try {
    await warmUp(stack);
    const { speed, confirmations, judgement, backlog } = await run();
    const blocks = await readBlocks(stack, confirmations);
    const inner = blocks.slice(1, -1).filter((block) => !block.hasRemainder);
    const shares = (inner.length === 0 ? blocks : inner).map((block) => block.sharePercent);
    return [
      measured({
        name: 'end to end: confirmed',
        figure: speed.perSecond,
        unit: '/s',
        bar: atLeast(BAR_PER_SECOND),
        note: `${speed.how}; all ${backlog.toLocaleString('en')} within ${speed.wholeSeconds.toFixed(1)} s of the processor's start; ${judgement}`,
      }),
      measured({
        name: 'end to end: our share of a full block',
        figure: Math.min(...shares),
        unit: '% of gas',
        bar: atLeast(BAR_GAS_SHARE_PERCENT),
        note: `the least of ${shares.length} blocks between the first and the last, without the one that holds the remainder of the backlog as a small batch (mean ${mean(shares).toFixed(1)} %); payouts in each block: ${blocks.map((block) => block.payouts).join(' ')}`,
      }),
    ];
  } finally {
    await stack.close();
  }
}

export type PaidBacklog = {
  backlog: number;
  speed: Speed;
  confirmations: readonly Confirmation[];
  judgement: string;
};

/** A stack with blocks of 2 s and 60 M gas, and what pays a backlog on it once it is warm and everything else is set up. */
export async function openBacklog(
  context: BenchContext,
  name: string,
  environment: Partial<Record<Role, Record<string, string>>>,
): Promise<{ stack: BenchStack; run: () => Promise<PaidBacklog> }> {
  const backlog = context.isQuick ? BACKLOG.quick : BACKLOG.full;
  const stack = await openBenchStack(context, {
    name,
    blockTimeSeconds: BLOCK_TIME_SECONDS,
    blockGasLimit: BLOCK_GAS_LIMIT,
    environment,
  });
  const hotBalance = await readHotBalance(stack);
  return {
    stack,
    async run() {
      await stack.stop('processor');
      const bulkId = await submitBacklog(stack, freshAddresses(backlog));
      const startedAtMs = Date.now();
      await stack.start(['processor']);
      await waitUntilSettled(stack, TIMEOUT_MS, (open) => context.progress(`${open} of ${backlog} to go`));
      const judgement = await judgePayments(stack, hotBalance);
      const confirmations = await readConfirmations(stack.db, bulkId);
      return { backlog, speed: readSpeed(confirmations, startedAtMs), confirmations, judgement };
    },
  };
}

type Speed = { perSecond: number; how: string; wholeSeconds: number };

/**
 * The first block is the start of the machinery and the last is what is left over, so the clock runs from the first
 * confirmation of the second block to the first one of the last: whole block times, each with the payouts of a block.
 */
export function readSpeed(confirmations: readonly Confirmation[], startedAtMs: number): Speed {
  const last = assertPresent(confirmations.at(-1), 'last confirmation');
  const wholeSeconds = (last.atMs - startedAtMs) / 1_000;
  const blocks = [...new Set(confirmations.map((one) => one.blockNumber))].sort((one, other) => one - other);
  const [second, end] = [blocks[1], blocks.at(-1)];
  if (blocks.length < BLOCKS_MIN || second === undefined || end === undefined)
    return {
      perSecond: confirmations.length / wholeSeconds,
      how: `from the start to the last, in only ${blocks.length} blocks`,
      wholeSeconds,
    };
  const fromMs = firstOf(confirmations, second);
  const untilMs = firstOf(confirmations, end);
  const steady = confirmations.filter((one) => one.atMs >= fromMs && one.atMs < untilMs);
  return {
    perSecond: steady.length / ((untilMs - fromMs) / 1_000),
    how: `${steady.length.toLocaleString('en')} confirmed between the first of the second block and the first of the last, by their events`,
    wholeSeconds,
  };
}

/** Milliseconds of the epoch. */
function firstOf(confirmations: readonly Confirmation[], blockNumber: number): number {
  const first = confirmations.find((one) => one.blockNumber === blockNumber);
  return assertPresent(first, `confirmation of block ${blockNumber}`).atMs;
}

/**
 * `hasRemainder`: holds the batch that was planned last, of what was left. It is small, and what it leaves of its block
 * is less than the gas limit of any other batch.
 */
type BlockUse = { payouts: number; sharePercent: number; hasRemainder: boolean };

/** Every block from the first to the last that paid, also those that paid nothing; gas from the receipts. */
async function readBlocks(stack: BenchStack, confirmations: readonly Confirmation[]): Promise<BlockUse[]> {
  const numbers = new Set(confirmations.map((one) => one.blockNumber));
  const batches = (await readPaidBatches(stack)).filter((batch) => numbers.has(Number(batch.blockNumber)));
  // Ids begin with the time at which a batch was planned.
  const plannedLast = batches
    .map((batch) => batch.batchId)
    .reduce((one, other) => (one > other ? one : other));
  const { client } = stack.devnet;
  const blocks: BlockUse[] = [];
  for (let number = BigInt(Math.min(...numbers)); number <= BigInt(Math.max(...numbers)); number++) {
    const own = batches.filter((batch) => batch.blockNumber === number);
    const [block, ...receipts] = await Promise.all([
      client.getBlock({ blockNumber: number }),
      ...own.map((batch) => client.getTransactionReceipt({ hash: batch.transactionHash })),
    ]);
    const gasUsed = receipts.reduce((sum, receipt) => sum + receipt.gasUsed, 0n);
    const payouts = own.reduce((sum, batch) => sum + batch.outcomes.length, 0);
    blocks.push({
      payouts,
      sharePercent: Number((gasUsed * 10_000n) / block.gasLimit) / 100,
      hasRemainder: own.some((batch) => batch.batchId === plannedLast),
    });
  }
  return blocks;
}
