import { warmUp } from './backlog.ts';
import type { BenchContext } from './bench-context.ts';
import { openBenchStack } from './bench-stack.ts';
import { judgePayments, readHotBalance } from './chain-judge.ts';
import { type Measurement, measured } from './measurement.ts';
import { measureThroughput, OPEN_CHAIN } from './throughput.ts';

const COUNTS = { full: [1, 2, 4, 8], quick: [1, 2] };

/**
 * The same work with 1, 2, 4 and 8 APIs, processors and broadcasters. All of them share this machine with the database,
 * the chain and the load generator, so this shows what more processes cost and that they get along, not how far more
 * machines would carry.
 */
export async function measureInstances(context: BenchContext): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const count of context.isQuick ? COUNTS.quick : COUNTS.full) {
    const stack = await openBenchStack(context, {
      name: `instances_${count}`,
      ...OPEN_CHAIN,
      instances: { api: count, processor: count, broadcaster: count },
    });
    try {
      const hotBalance = await readHotBalance(stack);
      await warmUp(stack);
      const speed = await measureThroughput(context, stack);
      const judgement = await judgePayments(stack, hotBalance);
      context.progress(`${count} of each measured`);
      const name = `instances: ${count} of api, processor, broadcaster`;
      measurements.push(
        measured({
          name: `${name}, accepted`,
          figure: speed.acceptedPerSecond,
          unit: '/s',
          note: `p95 ${speed.acceptP95Ms.toFixed(0)} ms`,
        }),
        measured({
          name: `${name}, confirmed`,
          figure: speed.confirmedPerSecond,
          unit: '/s',
          note: judgement,
        }),
      );
    } finally {
      await stack.close();
    }
  }
  return measurements;
}
