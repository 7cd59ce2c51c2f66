import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { assert } from '@naru/kit/assert.ts';
import { CodedError, errorText } from '@naru/kit/errors.ts';
import { formatAmount, parseAmount } from '@naru/kit/money.ts';
import { parse } from 'csv-parse';

/** What became of the rows of a file. Amounts are decimal strings, exact. */
export type ReportSummary = {
  /** Rows by state. */
  states: Map<string, { count: number }>;
  /** By chain and asset, in the order of their first row. */
  totals: { chain: string; asset: string; rows: number; amount: string; confirmed: string }[];
  /** The first ones that were not paid. */
  failures: { row: number; id: string; state: string; to: string; amount: string; reason: string }[];
};

/** More decimals than any asset has: sums of decimal strings stay exact. */
const DECIMALS_MAX = 36;
const FAILURES_KEPT_MAX = 20;

/** Reads a report to its end. */
export async function fetchReport(text: AsyncIterable<string>): Promise<ReportSummary> {
  const summary = createSummary();
  const parser = Readable.from(text).pipe(parse({ columns: true, bom: true }));
  for await (const row of parser as AsyncIterable<Record<string, string>>) summary.add(row);
  return summary.result();
}

/** Writes a report to a file, which appears whole or not at all, and reads it on the way. */
export async function saveReport(text: AsyncIterable<string>, file: string): Promise<ReportSummary> {
  const draft = `${file}.${randomUUID()}.part`;
  try {
    const summary = createSummary();
    const parser = parse({ columns: true, bom: true });
    parser.on('data', (row: Record<string, string>) => summary.add(row));
    async function* both(chunks: AsyncIterable<string>) {
      for await (const chunk of chunks) {
        parser.write(chunk);
        yield chunk;
      }
    }
    const parsed = new Promise<void>((resolve, reject) => {
      parser.once('end', resolve);
      parser.once('error', reject);
    });
    await pipeline(Readable.from(text), both, createWriteStream(draft, { flags: 'wx' }));
    parser.end();
    await parsed;
    await rename(draft, file);
    return summary.result();
  } catch (error) {
    await rm(draft, { force: true });
    throw new CodedError(
      'report_not_written',
      `the report could not be written to ${file} (${errorText(error)}): the payouts themselves are not affected; run the same command again with another --report`,
      { cause: undefined },
    );
  }
}

function createSummary() {
  const states: ReportSummary['states'] = new Map();
  const failures: ReportSummary['failures'] = [];
  const totals = new Map<string, { chain: string; asset: string; rows: number; sum: bigint; paid: bigint }>();

  function add(row: Record<string, string>): void {
    const { state = '', chain = '', asset = '', amount = '' } = row;
    const counted = states.get(state) ?? { count: 0 };
    counted.count++;
    states.set(state, counted);
    const parsed = parseAmount(amount, DECIMALS_MAX);
    assert(parsed.ok, `the report has the amount "${amount}"`);
    const key = `${chain}:${asset}`;
    const total = totals.get(key) ?? { chain, asset, rows: 0, sum: 0n, paid: 0n };
    total.rows++;
    total.sum += parsed.units;
    if (state === 'CONFIRMED') total.paid += parsed.units;
    totals.set(key, total);
    if ((state === 'FAILED' || state === 'CANCELED') && failures.length < FAILURES_KEPT_MAX)
      failures.push({
        row: Number(row['row'] ?? 0),
        id: row['id'] ?? '',
        state,
        to: row['to'] ?? '',
        amount: `${amount} ${asset}`,
        reason: row['failureMessage'] ?? '',
      });
  }

  return {
    add,
    result: (): ReportSummary => ({
      states,
      failures,
      totals: [...totals.values()].map(({ sum, paid, ...rest }) => ({
        ...rest,
        amount: formatAmount(sum, DECIMALS_MAX),
        confirmed: formatAmount(paid, DECIMALS_MAX),
      })),
    }),
  };
}
