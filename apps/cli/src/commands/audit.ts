import { listAuditEvents } from '@naru/core/audit/audit.store.ts';
import type { AuditEvent, AuditFilter } from '@naru/core/audit/audit.ts';
import { type HistoryReport, verifyHistory } from '@naru/core/audit/verify-history.ts';
import { type Command, InvalidArgumentError } from 'commander';
import { withDatabase } from '../connect.ts';
import type { CliContext } from '../context.ts';
import { addExamples } from '../examples.ts';
import { plural, showCount, showText, showTime } from '../format.ts';
import { renderTable, wrapText } from '../output.ts';
import { createProgress } from '../progress.ts';
import { registerExport } from './audit-export.ts';

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 10_000;
const PROBLEMS_SHOWN_MAX = 20;
const HASH_PATTERN = /^[0-9a-f]{64}$/;

type ListOptions = AuditFilter & { limit: number; before?: bigint; json?: boolean };
type VerifyOptions = { from?: bigint; expectHead?: string; json?: boolean };

export function registerAuditCommand(program: Command, context: CliContext): void {
  const audit = program
    .command('audit')
    .description('Who did what, and proof that history is as it was written.');
  registerList(audit, context);
  const verify = audit
    .command('verify')
    .summary('prove that history is as it was sealed')
    .description(
      'Computes the chain of seals anew from the rows as they are now: events of withdrawals with what was asked for, the audit log, and the ledger. Names every row that was edited, put in or taken out after it was sealed, and every seal that was.\n\n' +
        'Prints the head of the chain. Keep it elsewhere: somebody who can change everything in the database can make all seals anew, and that shows only by --expect-head with a head of before.\n\n' +
        'Exit code 1 when something does not fit.',
    )
    .option('--from <seal>', 'number of the first seal to look at; those before are believed', parseNumber)
    .option(
      '--expect-head <hash>',
      'a head that was kept elsewhere: it must still be in the chain',
      parseHash,
    )
    .option('--json', 'print one JSON object')
    .action((options: VerifyOptions) => runVerify(context, options));
  addExamples(verify, [
    ['naru audit verify', 'everything, and the head to keep elsewhere'],
    ['naru audit verify --expect-head "$(cat /mnt/elsewhere/naru-head)"', 'against a head of before'],
  ]);
  registerExport(audit, context);
}

function registerList(audit: Command, context: CliContext): void {
  const list = audit
    .command('list')
    .summary('what was done, by whom, the newest first')
    .description(
      'Shows the audit log: actions of operators and of keys with the admin scope, and every change of what people decide about (owners, keys, chains, assets, accounts, ceilings), by whatever program it was made.',
    )
    .option('--actor <text>', 'a part of who did it')
    .option('--action <text>', 'the beginning of what was done, e.g. sub_account or credit.create')
    .option('--subject <text>', 'a part of what it was done to, such as an id')
    .option('--since <time>', 'from this moment on (ISO 8601)', parseTime)
    .option('--until <time>', 'before this moment', parseTime)
    .option('--before <position>', 'older than this one, for the next page', parseNumber)
    .option('--limit <number>', `at most this many, up to ${LIMIT_MAX}`, parseLimit, LIMIT_DEFAULT)
    .option('--json', 'print one JSON object')
    .action((options: ListOptions) => runList(context, options));
  addExamples(list, [
    ['naru audit list --action sub_account --since 2026-03-01', 'what happened to accounts since then'],
    ['naru audit list --actor operator:kim --json', 'what one operator did, for a program'],
  ]);
}

function parseNumber(text: string): bigint {
  if (!/^[1-9][0-9]{0,17}$/.test(text)) throw new InvalidArgumentError('It is not a number from 1 on.');
  return BigInt(text);
}

function parseHash(text: string): string {
  const hash = text.trim().toLowerCase();
  if (!HASH_PATTERN.test(hash)) throw new InvalidArgumentError('A head is 64 hexadecimal digits.');
  return hash;
}

export function parseTime(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime()))
    throw new InvalidArgumentError('It is not a time, as in 2026-03-01 or 2026-03-01T09:00:00Z.');
  return at;
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX)
    throw new InvalidArgumentError(`It is not a number from 1 to ${LIMIT_MAX}.`);
  return limit;
}

async function runList(context: CliContext, options: ListOptions): Promise<void> {
  const { limit, before, json, ...filter } = options;
  const events = await withDatabase(context, (db) =>
    listAuditEvents(db, filter, { limit, before: before ?? null }),
  );
  const last = events.at(-1);
  const next = events.length === limit ? (last?.position ?? null) : null;
  if (json === true) return context.output.json({ events, nextBefore: next });
  const { output } = context;
  if (events.length === 0) return output.line('Nothing of that kind is in the audit log.');
  const rows = events.map((event) => [
    showTime(event.at),
    showText(event.actor),
    event.action,
    showText(event.subject),
  ]);
  const columns = [{ head: 'WHEN (UTC)' }, { head: 'WHO' }, { head: 'WHAT' }, { head: 'TO WHAT' }];
  for (const [index, line] of renderTable(output.colours, columns, rows).split('\n').entries()) {
    output.line(line);
    const event = events[index - 1];
    if (event !== undefined)
      for (const detail of detailsOf(event)) output.line(wrapText(detail, output.width, '    '));
  }
  if (next !== null) output.note(`There may be more: --before ${next}`);
}

function detailsOf(event: AuditEvent): string[] {
  const names = Object.keys({ ...event.before, ...event.after });
  const changes = names.map((name) => {
    const [was, becomes] = [event.before?.[name] ?? null, event.after?.[name] ?? null];
    return event.before === null || event.after === null
      ? `${name} ${was ?? becomes ?? '–'}`
      : `${name} ${was ?? '–'} → ${becomes ?? '–'}`;
  });
  const from = [event.origin, event.application].filter((one) => one !== null && one !== '').join(', ');
  return [
    ...(changes.length === 0 ? [] : [showText(changes.join('; '))]),
    ...(event.reason === null ? [] : [showText(`because: ${event.reason}`)]),
    showText(`from ${from}${event.requestId === null ? '' : `, request ${event.requestId}`}`),
  ];
}

async function runVerify(context: CliContext, options: VerifyOptions): Promise<void> {
  const progress = createProgress(context.output, 'seals');
  const report = await withDatabase(context, (db) =>
    verifyHistory(
      { db },
      {
        ...(options.from === undefined ? {} : { from: options.from }),
        ...(options.expectHead === undefined ? {} : { expectHead: options.expectHead }),
        onProgress: (done, total) => progress.show(Number(done), Number(total), ''),
      },
    ),
  ).finally(() => progress.end());
  if (!report.ok) context.fail();
  if (options.json === true) return context.output.json(report);
  print(context, report);
}

function print({ output }: CliContext, report: HistoryReport): void {
  const { colours } = output;
  for (const { kind, subject, detail } of report.problems.slice(0, PROBLEMS_SHOWN_MAX)) {
    output.line(`${colours.red(kind.replaceAll('_', ' '))}  ${showText(subject)}`);
    output.line(wrapText(showText(detail), output.width, '    '));
  }
  if (report.problems.length > PROBLEMS_SHOWN_MAX)
    output.line(`… and ${plural(report.problems.length - PROBLEMS_SHOWN_MAX, 'more', 'more')} (--json)`);
  if (report.unsealed.length > 0)
    output.note(
      `Not sealed yet, which is usual for a few seconds: ${report.unsealed.map(showText).join(', ')}.`,
    );
  const read = `${plural(report.seals, 'seal')} over ${plural(report.rows, 'row')}`;
  output.line(
    report.ok
      ? colours.green(`History is as it was sealed: ${read}.`)
      : colours.red(
          `History is not as it was sealed (${read} read). What to do: docs/runbooks/audit-broken.md`,
        ),
  );
  if (report.head === null) output.line('Nothing is sealed yet: the jobs role does that.');
  else output.line(`Head: seal ${showCount(report.head.number)}\n  ${report.head.hash}`);
}
