import type { BenchContext } from './bench-context.ts';
import { type BenchStack, openBenchStack } from './bench-stack.ts';
import { atMost, type Measurement, measured, notMeasured } from './measurement.ts';
import { freshAddresses, payoutFile } from './payout-file.ts';
import { readPeakMemoryMib } from './process-memory.ts';

const ROWS = { full: 100_000, quick: 20_000 };
const BAR_SECONDS = 10;
/** "Flat": ten times the rows may not take much more memory. The rest is room for when the garbage is collected. */
const BAR_MEMORY_RATIO = 1.2;

type Upload = { seconds: number; peakMib: number | null };

/** A CSV file over HTTP, from its first byte to the 202, and the memory that it takes in the API's process. */
export async function measureBulkFile(context: BenchContext): Promise<Measurement[]> {
  const rows = context.isQuick ? ROWS.quick : ROWS.full;
  const stack = await openBenchStack(context, { name: 'bulk_file' });
  try {
    const small = await upload(stack, rows / 10);
    const large = await upload(stack, rows);
    const counts = `${rows.toLocaleString('en')} rows`;
    const name = 'bulk file: peak memory';
    return [
      measured({
        name: `bulk file: ${counts} to 202`,
        figure: large.seconds,
        unit: 's',
        bar: atMost(BAR_SECONDS),
        note: `streamed by the SDK, all rows checked, reserved and stored; ${(rows / 10).toLocaleString('en')} rows took ${small.seconds.toFixed(2)} s`,
      }),
      small.peakMib === null || large.peakMib === null
        ? notMeasured(name, 'this system does not tell the peak of a process')
        : measured({
            name,
            figure: large.peakMib / small.peakMib,
            unit: '× of a tenth',
            bar: atMost(BAR_MEMORY_RATIO),
            note: `${large.peakMib.toFixed(0)} MiB for ${counts}, ${small.peakMib.toFixed(0)} MiB for a tenth of them, each in an API process of its own`,
          }),
    ];
  } finally {
    await stack.close();
  }
}

/** A new API process for each: a peak cannot be reset. */
async function upload(stack: BenchStack, rows: number): Promise<Upload> {
  await stack.start(['api']);
  const recipients = [...freshAddresses(rows)];
  const startMs = performance.now();
  await stack.naru.bulk.create(payoutFile(recipients));
  const seconds = (performance.now() - startMs) / 1_000;
  const peakMib = await readPeakMemoryMib(stack.pidOf('api'));
  await stack.stop('api');
  return { seconds, peakMib };
}
