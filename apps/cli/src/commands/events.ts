import { type StreamEventBody, type StreamEventType, streamEventTypes } from '@naru/wire/event.ts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { requireApi } from '../connect.ts';
import type { CliContext } from '../context.ts';
import { addExamples } from '../examples.ts';
import { renderTable } from '../output.ts';

type ListOptions = {
  type?: StreamEventType;
  withdrawal?: string;
  deposit?: string;
  limit: number;
  json?: boolean;
};

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 1_000;

export function registerEventsCommand(program: Command, context: CliContext): void {
  const events = program
    .command('events')
    .description('What happened to the withdrawals, deposits and files of your organisation.');
  const list = events
    .command('list')
    .summary('the newest events')
    .description('Shows events, newest first: the same that webhooks and the event stream tell.')
    .addOption(new Option('--type <type>', 'only of this type').choices(streamEventTypes))
    .option('--withdrawal <id>', 'only of this withdrawal, wd_…')
    .option('--deposit <id>', 'only of this deposit, dep_…')
    .option('--limit <count>', 'at most so many', parseLimit, LIMIT_DEFAULT)
    .option('--json', 'print one JSON object, with whole events')
    .action((options: ListOptions) => runList(context, options));
  addExamples(list, [
    ['naru events list --type withdrawal.failed', 'what went wrong'],
    ['naru events list --withdrawal wd_01kjr3q8c6e7rvt0xx0n3m7d5b --json', 'all of one withdrawal'],
  ]);
}

/** What an event is about, in one cell. Of a token that nobody knows the amount is in its smallest unit. */
export function amountOf(data: StreamEventBody['data']): string {
  switch (data.object) {
    case 'withdrawal':
    case 'deposit':
      return `${data.amount} ${data.asset ?? 'of an unknown token'}`;
    case 'bulk_withdrawal':
      return `${data.total} rows`;
    case 'webhook_endpoint':
      return data.stateReason;
  }
}

export function parseLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${LIMIT_MAX}.`);
  return limit;
}

async function runList(context: CliContext, options: ListOptions): Promise<void> {
  const { output } = context;
  const { type, withdrawal, deposit, limit } = options;
  const filter = {
    ...(type === undefined ? {} : { type }),
    ...(withdrawal === undefined ? {} : { withdrawalId: withdrawal }),
    ...(deposit === undefined ? {} : { depositId: deposit }),
  };
  const found: StreamEventBody[] = [];
  for await (const event of requireApi(context).events.list(filter)) {
    found.push(event);
    if (found.length === limit) break;
  }
  if (options.json === true) return output.json({ events: found });
  if (found.length === 0) return output.line('There are no such events.');
  const rows = found.map(({ id, type: kind, timestamp, data }) => [
    timestamp.replace('T', ' ').replace('Z', ''),
    kind,
    data.id,
    amountOf(data),
    id,
  ]);
  const columns = [
    { head: 'AT (UTC)' },
    { head: 'EVENT' },
    { head: 'OF' },
    { head: 'AMOUNT', align: 'right' as const },
    { head: 'ID', align: 'right' as const },
  ];
  output.line(renderTable(output.colours, columns, rows));
}
