import { assertPresent } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { submitBacklog, waitUntilSettled, warmUp } from './backlog.ts';
import type { BenchContext } from './bench-context.ts';
import { type BenchStack, openBenchStack } from './bench-stack.ts';
import { judgePayments, readHotBalance, readPaidBatches } from './chain-judge.ts';
import { atMost, type Measurement, measured } from './measurement.ts';
import { freshAddresses } from './payout-file.ts';

const BATCH = 200;
const BAR_FRESH = 27_000;
const BAR_USED = 10_000;
const TIMEOUT_MS = 60_000;

/** Through the whole money path: the same 200 addresses, fresh the first time and used the second. */
export async function measureGas(context: BenchContext): Promise<Measurement[]> {
  const stack = await openBenchStack(context, { name: 'gas' });
  try {
    const hotBalance = await readHotBalance(stack);
    await warmUp(stack);
    const recipients = [...freshAddresses(BATCH)];
    const fresh = await payBatch(stack, recipients);
    const used = await payBatch(stack, recipients);
    const note = `a batch of ${BATCH}, gas of the whole transaction by its receipt; ${await judgePayments(stack, hotBalance)}`;
    return [
      measured({
        name: 'gas per payout, fresh',
        figure: fresh,
        unit: 'gas',
        bar: atMost(BAR_FRESH),
        note,
      }),
      measured({ name: 'gas per payout, used', figure: used, unit: 'gas', bar: atMost(BAR_USED), note }),
    ];
  } finally {
    await stack.close();
  }
}

/** Gas of one payout in a batch with exactly these recipients. */
async function payBatch(stack: BenchStack, recipients: readonly Hex[]): Promise<number> {
  await stack.stop('processor');
  await submitBacklog(stack, recipients);
  await stack.start(['processor']);
  await waitUntilSettled(stack, TIMEOUT_MS);
  const batch = assertPresent((await readPaidBatches(stack)).at(-1), 'batch');
  if (batch.outcomes.length !== recipients.length)
    throw new Error(
      `the planner made a batch of ${batch.outcomes.length} where ${recipients.length} were waiting`,
    );
  const { gasUsed } = await stack.devnet.client.getTransactionReceipt({ hash: batch.transactionHash });
  return Math.round(Number(gasUsed) / recipients.length);
}
