import { assert, assertPresent } from '@naru/kit/assert.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { countWithdrawals } from './bench.store.ts';
import type { BenchContext } from './bench-context.ts';
import { openBenchStack } from './bench-stack.ts';
import { insertHistory, PAYMENTS_OF_A_RECIPIENT, sampleHistory } from './history.store.ts';
import { atMost, type Measurement, measured } from './measurement.ts';
import { percentile, percentilesText } from './statistics.ts';

const SMALL = 10_000;
const LARGE = { full: 1_000_000, quick: 100_000 };
const REQUESTS = { full: 1_000, quick: 200 };
const WARM_UP_REQUESTS = 50;
const BAR_RATIO = 1.2;
const ROWS_INSERTED_AT_ONCE = 250_000;

type Sample = { id: string; to: string; reference: string };
type Kind = { name: string; path: (sample: Sample) => string; rows: (body: unknown) => boolean };
type Side = { total: number; url: string; apiKey: string; samples: readonly Sample[] };

const kinds: readonly Kind[] = [
  { name: 'newest', path: () => '/v1/withdrawals', rows: hasRows(20) },
  { name: 'state=CONFIRMED', path: () => '/v1/withdrawals?state=CONFIRMED', rows: hasRows(20) },
  {
    name: 'to=',
    path: ({ to }) => `/v1/withdrawals?to=${to}`,
    rows: hasRows(PAYMENTS_OF_A_RECIPIENT),
  },
  {
    name: 'reference=',
    path: ({ reference }) => `/v1/withdrawals?reference=${reference}`,
    rows: hasRows(1),
  },
  { name: 'one by id', path: ({ id }) => `/v1/withdrawals/${toPublicId('withdrawal', id)}`, rows: isOne },
];

/**
 * Two databases, one small and one large, each behind an API process of its own. They are asked in turn, question after
 * question and each of them first as often as the other, so that whatever else the machine does falls on both: which
 * process is on which core, and woken from how long a sleep, makes two milliseconds of five.
 */
export async function measureListing(context: BenchContext): Promise<Measurement[]> {
  const large = context.isQuick ? LARGE.quick : LARGE.full;
  const sides = [
    await openSide(context, 'list_small', SMALL),
    await openSide(context, 'list_large', large),
  ] as const;
  try {
    await askInTurn(sides, WARM_UP_REQUESTS);
    const answers = await askInTurn(sides, context.isQuick ? REQUESTS.quick : REQUESTS.full);
    return answers.map(({ name, few, many }) =>
      measured({
        name: `list and search: ${name}`,
        figure: percentile(many, 0.95) / percentile(few, 0.95),
        unit: '× p95',
        bar: atMost(BAR_RATIO),
        note: `p50/p95/p99 ${percentilesText(many, 1)} ms with ${large.toLocaleString('en')} withdrawals, ${percentilesText(few, 1)} ms with ${SMALL.toLocaleString('en')}`,
      }),
    );
  } finally {
    for (const side of sides) await side.close();
  }
}

async function openSide(context: BenchContext, name: string, total: number) {
  const stack = await openBenchStack(context, { name });
  const startMs = performance.now();
  for (let first = 0; first < total; first += ROWS_INSERTED_AT_ONCE) {
    await insertHistory(stack.db, {
      organisationId: stack.caller.organisationId,
      chainId: 'localhost',
      assetId: 'localhost:USDC',
      first,
      count: Math.min(ROWS_INSERTED_AT_ONCE, total - first),
    });
  }
  const stored = await countWithdrawals(stack.db);
  assert(stored === total, `${stored} withdrawals instead of ${total}`);
  context.progress(
    `${total} withdrawals inserted in ${((performance.now() - startMs) / 1_000).toFixed(0)} s`,
  );
  await stack.start(['api']);
  const samples = await sampleHistory(stack.db, total, REQUESTS.full);
  return { total, url: stack.apiUrl, apiKey: stack.apiKey, samples, close: stack.close };
}

type Latencies = { name: string; few: number[]; many: number[] };

/** Latencies in milliseconds of every kind of question, for each side. */
async function askInTurn([small, large]: readonly [Side, Side], count: number): Promise<Latencies[]> {
  const latencies = kinds.map((kind) => ({
    kind,
    name: kind.name,
    few: [] as number[],
    many: [] as number[],
  }));
  for (let index = 0; index < count; index++) {
    for (const { kind, few, many } of latencies) {
      const turns = [
        async () => few.push(await askOnce(small, kind, index)),
        async () => many.push(await askOnce(large, kind, index)),
      ];
      for (const ask of index % 2 === 0 ? turns : turns.toReversed()) await ask();
    }
  }
  return latencies;
}

async function askOnce(side: Side, kind: Kind, index: number): Promise<number> {
  const sample = assertPresent(side.samples[index % side.samples.length], 'sample');
  const startMs = performance.now();
  const response = await fetch(`${side.url}${kind.path(sample)}`, {
    headers: { authorization: `Bearer ${side.apiKey}` },
  });
  const body: unknown = await response.json();
  const latencyMs = performance.now() - startMs;
  assert(response.ok && kind.rows(body), `${kind.name} answered ${response.status} ${JSON.stringify(body)}`);
  return latencyMs;
}

function hasRows(count: number): (body: unknown) => boolean {
  return (body) =>
    typeof body === 'object' &&
    body !== null &&
    'data' in body &&
    Array.isArray(body.data) &&
    body.data.length === count;
}

function isOne(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'id' in body;
}
