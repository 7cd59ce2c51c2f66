import { setPair, setRate } from '@naru/core/exchange-rate/change-rates.ts';
import { RATE_DECIMALS } from '@naru/core/exchange-rate/exchange-rate.limits.ts';
import { readPairs } from '@naru/core/exchange-rate/exchange-rate.store.ts';
import {
  type RateQuote,
  type RateSource,
  rateQuotes,
  rateSources,
} from '@naru/core/exchange-rate/exchange-rate.ts';
import { stalenessOf } from '@naru/core/exchange-rate/value-in-krw.ts';
import { withTransaction } from '@naru/db/database.ts';
import { formatAmount } from '@naru/kit/money.ts';
import type { Command } from 'commander';
import { auditContextOf } from '../audit-context.ts';
import { withDatabase } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { showDuration } from '../format.ts';
import { renderTable } from '../output.ts';
import { parseAddress } from '../parse-address.ts';

type SourceOptions = { feed?: string; inverse?: boolean; reason: string; json?: boolean };

export function registerRatesCommand(program: Command, context: CliContext): void {
  const rates = program
    .command('rates')
    .description('Exchange rates by which limits and approvals in won are judged.');
  const list = rates
    .command('list')
    .summary('pairs, where each rate comes from, and how old it is')
    .description(
      'Shows every pair with its newest rate. A stale rate counts with a margin; an expired one values nothing.',
    )
    .option('--json', 'print one JSON object')
    .action((options: { json?: boolean }) => runList(context, options));
  addExamples(list, [['naru rates list', 'is anything stale?']]);
  const source = rates
    .command('source')
    .summary('say where the rate of a pair comes from')
    .argument('<base>', 'an asset, e.g. USDC or polygon:USDC; or USD')
    .argument('<quote>', rateQuotes.join(' or '))
    .argument('<source>', rateSources.join(', '))
    .description(
      'Says which source tells the rate of a pair from now on. An asset is valued by its own rate against the won, else by that against the dollar and USD/KRW.',
    )
    .option('--feed <chain:address>', 'of CHAINLINK: the aggregator, e.g. ethereum:0x8fFf…')
    .option('--inverse', 'the feed tells base for one quote, as KRW/USD does for USD/KRW')
    .requiredOption('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object')
    .action((base: string, quote: string, from: string, options: SourceOptions) =>
      runSource(context, { base, quote, from }, options),
    );
  addExamples(source, [['naru rates source USD KRW KOREAEXIM --reason "ticket 123"', 'from 한국수출입은행']]);
  const set = rates
    .command('set')
    .summary('give a rate by hand')
    .argument('<base>', 'e.g. USDC')
    .argument('<quote>', rateQuotes.join(' or '))
    .argument('<rate>', 'quote for one base, e.g. 1385.5')
    .description('Gives the rate of this moment, for a pair whose source is OPERATOR.')
    .requiredOption('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object')
    .action((base: string, quote: string, rate: string, options: { reason: string; json?: boolean }) =>
      runSet(context, { base, quote, rate }, options),
    );
  addExamples(set, [['naru rates set USD KRW 1385.5 --reason "ticket 123"', 'valid for a day']]);
}

async function runList(context: CliContext, options: { json?: boolean }): Promise<void> {
  const { output } = context;
  const now = new Date();
  const pairs = await withDatabase(context, (db) => readPairs(db));
  const shown = pairs.map((pair) => ({ ...pair, staleness: stalenessOf(pair, now) }));
  if (options.json === true) return output.json({ pairs: shown });
  if (shown.length === 0)
    return output.line('There are no rates, so nothing can be valued in won. Begin with  naru rates source.');
  const { colours } = output;
  const rows = shown.map(({ base, quote, source, newest, staleness, freshSeconds }) => [
    `${base}/${quote}`,
    source,
    newest === null ? '' : formatAmount(newest.rateE18, RATE_DECIMALS),
    newest === null ? '' : showDuration(now.getTime() - newest.observedAt.getTime()),
    showDuration(Number(freshSeconds) * 1_000),
    staleness === 'fresh' ? colours.green(staleness) : colours.red(staleness),
  ]);
  const columns = [
    { head: 'PAIR' },
    { head: 'SOURCE' },
    { head: 'RATE', align: 'right' as const },
    { head: 'AGE', align: 'right' as const },
    { head: 'FRESH FOR', align: 'right' as const },
    { head: 'IS' },
  ];
  output.line(renderTable(colours, columns, rows));
}

async function runSource(
  context: CliContext,
  input: { base: string; quote: string; from: string },
  options: SourceOptions,
): Promise<void> {
  const source = oneOf<RateSource>(rateSources, input.from, 'source');
  const pair = { base: input.base, quote: quoteOf(input.quote), source, feed: feedOf(options) };
  await withDatabase(context, (db) => withTransaction(db, (tx) => setPair(tx, pair)), reasonOf(options));
  if (options.json === true) return context.output.json({ pair });
  context.output.line(`The rate ${pair.base}/${pair.quote} comes from ${source} from now on.`);
  context.output.line(
    source === 'OPERATOR' ? 'Give it with  naru rates set.' : 'The jobs role reads it within five minutes.',
  );
}

async function runSet(
  context: CliContext,
  input: { base: string; quote: string; rate: string },
  options: { reason: string; json?: boolean },
): Promise<void> {
  const rate = { base: input.base, quote: quoteOf(input.quote), rate: input.rate };
  const { actor } = auditContextOf(context);
  await withDatabase(
    context,
    (db) => withTransaction(db, (tx) => setRate(tx, rate, actor, new Date())),
    reasonOf(options),
  );
  if (options.json === true) return context.output.json({ rate });
  context.output.line(`${rate.base}/${rate.quote} is ${rate.rate} from now on.`);
}

function reasonOf({ reason }: { reason: string }): string {
  if (reason.trim() === '') throw usageError('the reason is empty: say why');
  return reason.trim();
}

function quoteOf(text: string): RateQuote {
  return oneOf<RateQuote>(rateQuotes, text, 'quote');
}

function oneOf<T extends string>(values: readonly T[], text: string, what: string): T {
  const found = values.find((value) => value === text.toUpperCase());
  if (found === undefined) throw usageError(`"${text}" is no ${what}; there are: ${values.join(', ')}`);
  return found;
}

function feedOf({ feed, inverse }: SourceOptions) {
  if (feed === undefined) return null;
  const [chainId = '', address = ''] = feed.split(':');
  return { chainId, address: parseAddress(address), inverse: inverse === true };
}
