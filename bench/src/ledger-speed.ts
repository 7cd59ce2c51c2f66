import type { BenchContext } from './bench-context.ts';
import { benchLedger } from './ledger.ts';
import { atLeast, type Measurement, measured } from './measurement.ts';

/** The ledger alone, in a database of its own. */
export async function measureLedger(context: BenchContext): Promise<Measurement[]> {
  const results = await benchLedger(await context.createDatabase('ledger'));
  return results.map(({ bar, ...result }) => measured({ ...result, bar: atLeast(bar) }));
}
