import { createAccess } from '@naru/core/access/create-access.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { warmUp } from './backlog.ts';
import type { BenchContext } from './bench-context.ts';
import { openBenchStack } from './bench-stack.ts';
import { judgePayments, readHotBalance } from './chain-judge.ts';
import { insertHistory, insertHistoryBooks } from './history.store.ts';
import { type Measurement, measured } from './measurement.ts';
import { readStatementCosts, type StatementCost } from './plans.store.ts';
import { measureThroughput, OPEN_CHAIN } from './throughput.ts';

const SIZES = { full: [10_000, 100_000, 1_000_000], quick: [10_000, 50_000] };
const ROWS_INSERTED_AT_ONCE = 100_000;
const STATEMENTS_SHOWN = 3;
const CHAIN = 'localhost';
const ASSET = 'localhost:USDC';

/**
 * One stack whose history grows: at each size, how much it takes in and pays, and which statements of the hot path read
 * most. The history is another organisation's, with events and ledger rows, in the same tables and indexes.
 */
export async function measureGrowth(context: BenchContext): Promise<Measurement[]> {
  const stack = await openBenchStack(context, { name: 'growth', ...OPEN_CHAIN });
  try {
    const hotBalance = await readHotBalance(stack);
    await warmUp(stack);
    const { id: organisationId } = await createAccess({
      db: stack.db,
      clock: systemClock,
    }).createOrganisation('History');
    const place = { organisationId, chainId: CHAIN, assetId: ASSET };
    const measurements: Measurement[] = [];
    let inserted = 0;
    for (const size of context.isQuick ? SIZES.quick : SIZES.full) {
      for (; inserted < size; inserted += Math.min(ROWS_INSERTED_AT_ONCE, size - inserted)) {
        const count = Math.min(ROWS_INSERTED_AT_ONCE, size - inserted);
        await insertHistory(stack.db, { ...place, first: inserted, count });
        await insertHistoryBooks(stack.db, ASSET);
      }
      context.progress(`${size.toLocaleString('en')} withdrawals lie there`);
      const speed = await measureThroughput(context, stack);
      const costs = await readStatementCosts(stack.databaseUrl, place);
      const judgement = await judgePayments(stack, hotBalance);
      const name = `growth: ${size.toLocaleString('en')} withdrawals before`;
      measurements.push(
        measured({
          name: `${name}, accepted`,
          figure: speed.acceptedPerSecond,
          unit: '/s',
          note: `closed loop, p95 ${speed.acceptP95Ms.toFixed(0)} ms; ${judgement}`,
        }),
        measured({
          name: `${name}, confirmed`,
          figure: speed.confirmedPerSecond,
          unit: '/s',
          note: statementsText(costs),
        }),
      );
    }
    return measurements;
  } finally {
    await stack.close();
  }
}

function statementsText(costs: readonly StatementCost[]): string {
  const slowest = costs.slice(0, STATEMENTS_SHOWN).map(({ from, ms }) => `${from} ${ms.toFixed(1)} ms`);
  const most = assertPresent(
    [...costs].sort((one, other) => other.rowsRead - one.rowsRead)[0],
    'a statement of the hot path',
  );
  const scans = costs.filter(({ tablesScanned }) => tablesScanned.length > 0).map(({ from }) => from);
  return [
    `of ${costs.length} statements of the hot path the slowest: ${slowest.join(', ')}`,
    `most rows read: ${most.from} ${most.rowsRead.toLocaleString('en')}`,
    scans.length === 0 ? 'none reads a whole table' : `WHOLE TABLES READ by ${scans.join(', ')}`,
  ].join('; ');
}
