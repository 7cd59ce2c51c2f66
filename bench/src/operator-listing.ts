import { upsertAsset } from '@naru/core/chain/chain.store.ts';
import type { OperatorFilter } from '@naru/core/lookup/lookup.ts';
import { countAllWithdrawals, listAllWithdrawals } from '@naru/core/lookup/withdrawal-list.reader.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { countWithdrawals } from './bench.store.ts';
import type { BenchContext } from './bench-context.ts';
import { openBenchStack } from './bench-stack.ts';
import { atMost, type Measurement, measured } from './measurement.ts';
import { insertOperatorHistory, sampleOperatorHistory } from './operator-history.store.ts';
import { percentile, percentilesText } from './statistics.ts';

const TOTAL = { full: 1_000_000, quick: 100_000 };
const QUESTIONS = { full: 50, quick: 10 };
const WARM_UP_QUESTIONS = 3;
const ROWS_INSERTED_AT_ONCE = 250_000;
const PAGE_ROWS = 50;
const BAR_MS = 200;

type Sample = Awaited<ReturnType<typeof sampleOperatorHistory>>[number];
type Question = { name: string; filter: (sample: Sample) => OperatorFilter };

const BUSY = `0x${'9'.repeat(40)}`;
const PAYER = `0x${'7'.repeat(39)}`;

/** Of each filter: a value that many rows have, one that few have, and one that only the oldest have. */
const questions: readonly Question[] = [
  { name: 'no filter', filter: () => ({}) },
  { name: 'state, many', filter: () => ({ state: ['CONFIRMED'] }) },
  { name: 'state, few', filter: () => ({ state: ['FAILED', 'REVIEW'] }) },
  { name: 'asset, many', filter: () => ({ asset: 'USDC' }) },
  { name: 'asset, few', filter: () => ({ asset: 'RARE' }) },
  { name: 'asset, the oldest', filter: () => ({ asset: 'OLD' }) },
  { name: 'to', filter: ({ to }) => ({ to }) },
  { name: 'to, many', filter: () => ({ to: BUSY }) },
  { name: 'reference', filter: ({ reference }) => ({ reference }) },
  { name: 'priority', filter: () => ({ priority: 'VIP' }) },
  { name: 'priority, the oldest', filter: () => ({ priority: 'EMERGENCY' }) },
  { name: 'amount, few', filter: () => ({ asset: 'USDC', amountMin: '269.43' }) },
  { name: 'amount, many', filter: () => ({ asset: 'USDC', amountMin: '10', amountMax: '100' }) },
  { name: 'failure code', filter: () => ({ failureCode: 'transfer_rejected' }) },
  { name: 'failure code, the oldest', filter: () => ({ failureCode: 'attempts_exhausted' }) },
  { name: 'sub-account, many', filter: () => ({ subAccount: `${PAYER}1` }) },
  { name: 'sub-account, the oldest', filter: () => ({ subAccount: `${PAYER}4` }) },
  { name: 'dead letter', filter: () => ({ hasDeadLetter: true }) },
  { name: 'search: id', filter: ({ id }) => ({ q: toPublicId('withdrawal', id) }) },
  { name: 'search: hash', filter: ({ hash, to }) => ({ q: hash ?? to }) },
  { name: 'search: address', filter: ({ to }) => ({ q: to }) },
  { name: 'search: reference', filter: ({ reference }) => ({ q: reference }) },
  { name: 'search: beginning, many', filter: () => ({ q: 'order-' }) },
  { name: 'search: beginning, the oldest', filter: () => ({ q: 'legacy-' }) },
  { name: 'search: nothing', filter: () => ({ q: 'no such thing' }) },
];

/**
 * Every filter and every search of the operators' list, and the counts beside it, over many organisations. Asked of the
 * reader itself, in turn; the API adds what it adds to any call.
 */
export async function measureOperatorListing(context: BenchContext): Promise<Measurement[]> {
  const total = context.isQuick ? TOTAL.quick : TOTAL.full;
  const stack = await openBenchStack(context, { name: 'operator_list' });
  try {
    for (const [code, digits] of [
      ['OLD', '1d'],
      ['RARE', '2d'],
    ] as const)
      await upsertAsset(stack.db, {
        chainId: 'localhost',
        code,
        symbol: code,
        address: `0x${digits.padStart(40, '0')}`,
        decimals: 6,
        minimum: 1n,
        enabled: true,
        gasPerItem: 27_500n,
        transferGasMax: 100_000n,
      });
    const assetIds = ['localhost:USDC', 'localhost:OLD', 'localhost:RARE'] as const;
    for (let first = 0; first < total; first += ROWS_INSERTED_AT_ONCE) {
      const count = Math.min(ROWS_INSERTED_AT_ONCE, total - first);
      await insertOperatorHistory(stack.db, { assetIds, first, count, total });
    }
    context.progress(`${await countWithdrawals(stack.db)} withdrawals inserted`);
    const samples = await sampleOperatorHistory(stack.db, total, QUESTIONS.full);
    const measurements: Measurement[] = [];
    for (const question of questions) {
      const ask = (index: number) =>
        askOnce(stack.db, question.filter(assertPresent(samples[index % samples.length], 'sample')));
      for (let index = 0; index < WARM_UP_QUESTIONS; index++) await ask(index);
      const answers: { listMs: number; countsMs: number }[] = [];
      const count = context.isQuick ? QUESTIONS.quick : QUESTIONS.full;
      for (let index = 0; index < count; index++) answers.push(await ask(index));
      const lists = answers.map(({ listMs }) => listMs);
      const counts = answers.map(({ countsMs }) => countsMs);
      measurements.push(
        measured({
          name: `operators' list: ${question.name}`,
          figure: percentile(lists, 0.95),
          unit: 'ms p95',
          bar: atMost(BAR_MS),
          note: `p50/p95/p99 ${percentilesText(lists, 1)} ms with ${total.toLocaleString('en')} withdrawals; counts by state ${percentilesText(counts, 1)} ms`,
        }),
      );
    }
    return measurements;
  } finally {
    await stack.close();
  }
}

async function askOnce(
  db: Parameters<typeof listAllWithdrawals>[0],
  filter: OperatorFilter,
): Promise<{ listMs: number; countsMs: number }> {
  const startMs = performance.now();
  await listAllWithdrawals(db, filter, { limit: PAGE_ROWS, after: null, order: 'newest' });
  const listedMs = performance.now();
  await countAllWithdrawals(db, filter);
  return { listMs: listedMs - startMs, countsMs: performance.now() - listedMs };
}
