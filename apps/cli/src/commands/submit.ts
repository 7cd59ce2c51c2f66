import { createHash } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { CodedError } from '@naru/kit/errors.ts';
import type { Naru } from '@naru/sdk/create-naru.ts';
import { NaruApiError, type RowError } from '@naru/sdk/errors.ts';
import type { BulkWithdrawalBody } from '@naru/wire/bulk.ts';
import { type Command, InvalidArgumentError } from 'commander';
import { requireApi } from '../connect.ts';
import type { CliContext } from '../context.ts';
import { addExamples } from '../examples.ts';
import { plural, showCount, showText } from '../format.ts';
import { renderTable } from '../output.ts';
import { fetchReport, type ReportSummary, saveReport } from '../submit/bulk-report.ts';
import { followBulk } from '../submit/follow-bulk.ts';
import { printSummary } from '../submit/print-summary.ts';

type SubmitOptions = {
  dryRun?: boolean;
  idempotencyKey?: string;
  report?: string;
  wait: boolean;
  json?: boolean;
};

/** Bad rows shown; --json has all that the API lists. */
const ROW_ERRORS_SHOWN_MAX = 20;

export function registerSubmitCommand(program: Command, context: CliContext): void {
  const command = program
    .command('submit')
    .summary('pay a CSV file of withdrawals and watch it to the end')
    .argument('<file>', 'CSV with the columns chain,asset,to,amount and, if wanted, reference,priority')
    .description(
      'Pays a file of withdrawals through the API and shows its progress to the end. All rows are checked first: with one bad row nothing is accepted.\n\n' +
        'Running the same command again never pays twice: unless you give one, the idempotency key is made of the content of the file, so the same file means the same payouts, and the command goes on watching them. To pay the very same rows once more on purpose, give another --idempotency-key.\n\n' +
        'Exit code 0 when every row is CONFIRMED (with --no-wait: accepted), 1 otherwise. Ctrl-C stops only the watching.',
    )
    .option('--dry-run', 'only check the file; nothing is accepted')
    .option(
      '--idempotency-key <key>',
      'names this submission; default: made of the content of the file',
      parseKey,
    )
    .option('--report <file>', 'write the result of every row, with its transaction hash, to this CSV file')
    .option('--no-wait', 'return once the file is accepted')
    .option('--json', 'print one JSON object at the end')
    .action((file: string, options: SubmitOptions) => runSubmit(context, file, options));
  addExamples(command, [
    ['naru submit payouts.csv --dry-run', 'is the file good?'],
    ['naru submit payouts.csv --report result.csv', 'pay it, watch it, keep the result'],
  ]);
}

/** Source: the API's rule for the header Idempotency-Key. */
function parseKey(text: string): string {
  if (!/^[\x21-\x7e]{1,255}$/.test(text))
    throw new InvalidArgumentError('It must be 1 to 255 visible ASCII characters, without blanks.');
  return text;
}

async function runSubmit(context: CliContext, file: string, options: SubmitOptions): Promise<void> {
  const { output } = context;
  const naru = requireApi(context);
  const contentHash = await hashFile(file);
  const csv = await openAsBlob(file, { type: 'text/csv' });
  try {
    if (options.dryRun === true) {
      const checked = await naru.bulk.create(csv, { dryRun: true });
      if (options.json === true) return output.json(checked);
      return output.line(
        `${plural(checked.total, 'row is', 'rows are')} good. Nothing was accepted (--dry-run).`,
      );
    }
    const idempotencyKey = options.idempotencyKey ?? `naru-submit-${contentHash}`;
    const startedMs = performance.now();
    const bulk = await naru.bulk.create(csv, { idempotencyKey });
    await watch(context, naru, { bulk, file, startedMs }, options);
  } catch (error) {
    if (!(error instanceof NaruApiError) || error.code !== 'bulk_invalid') throw error;
    context.fail();
    if (options.json === true) return output.json(error.problem);
    printRowErrors(context, file, error);
  }
}

async function watch(
  context: CliContext,
  naru: Naru,
  submission: { bulk: BulkWithdrawalBody; file: string; startedMs: number },
  options: SubmitOptions,
): Promise<void> {
  const { output } = context;
  const { bulk, file } = submission;
  output.note(`Accepted ${plural(bulk.total, 'row')} of ${file} as ${bulk.id}.`);
  const end = options.wait ? await followBulk(context, naru, bulk, file) : { bulk, isDone: true };
  if (!end.isDone) return;
  const summary = await summarise(naru, bulk.id, options.report);
  const elapsedMs = performance.now() - submission.startedMs;
  if (options.wait && (summary.states.get('CONFIRMED')?.count ?? 0) !== bulk.total) context.fail();
  if (options.json === true)
    return output.json({ ...end.bulk, ...toJson(summary), seconds: elapsedMs / 1_000 });
  printSummary(output, { bulk: end.bulk, summary, elapsedMs, waited: options.wait });
  if (options.report !== undefined) output.line(`Result of every row: ${options.report}`);
}

async function summarise(naru: Naru, id: string, reportFile: string | undefined): Promise<ReportSummary> {
  const text = await naru.bulk.report(id);
  return reportFile === undefined ? await fetchReport(text) : await saveReport(text, reportFile);
}

function toJson(summary: ReportSummary) {
  return {
    totals: summary.totals,
    failures: summary.failures,
  };
}

async function hashFile(file: string): Promise<string> {
  const found = await stat(file).catch(() => null);
  if (found === null || !found.isFile())
    throw new CodedError('no_file', `${file} does not exist or is not a file: give the path of a CSV file`);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

function printRowErrors({ output }: CliContext, file: string, error: NaruApiError): void {
  const { colours } = output;
  const errors = (error.problem.errors ?? []).filter((one): one is RowError => 'row' in one);
  const count = error.problem.errorCount ?? errors.length;
  output.line(
    colours.red(`${file} was not accepted: ${plural(count, 'problem')}. Nothing was paid or reserved.`),
  );
  output.line();
  const shown = errors.slice(0, ROW_ERRORS_SHOWN_MAX);
  const rows = shown.map(({ row, field, message }) => [
    row === 0 ? 'header' : showCount(row),
    showText(field),
    showText(message),
  ]);
  output.line(
    renderTable(
      colours,
      [{ head: 'ROW', align: 'right' }, { head: 'COLUMN' }, { head: 'PROBLEM' }],
      rows,
      '  ',
    ),
  );
  if (count > shown.length) output.line(`  … and ${showCount(count - shown.length)} more`);
  output.line('\nRows count from 1, the header not included. Correct them and run the same command again.');
}
