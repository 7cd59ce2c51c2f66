import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import {
  checkExport,
  exportLines,
  KEPT_DAYS,
  planExport,
  recordExport,
  removeExported,
} from '@naru/core/audit/export-history.ts';
import { type LogStream, logStreams } from '@naru/core/audit/seal.store.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { type Command, Option } from 'commander';
import { auditContextOf } from '../audit-context.ts';
import { withDatabase } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { plural, showText } from '../format.ts';

const DAY_MS = 86_400_000;

type ExportOptions = { stream: LogStream; out?: string; remove?: boolean; reason?: string; json?: boolean };
type Written = { file: string; sha256: string; rows: bigint };

export function registerExport(audit: Command, context: CliContext): void {
  const command = audit
    .command('export')
    .summary('write old history to a file, and remove what was written')
    .description(
      `Writes sealed history that is older than it must be kept here (audit log ${KEPT_DAYS.audit_event} days, events of withdrawals ${KEPT_DAYS.withdrawal_event}) to a compressed file, and puts the hash of that file into the chain of seals. With --remove, rows that were exported are then removed, now or in a later run; the chain still verifies, and proves the file.\n\n` +
        'Keep the file where it survives this database, before you say --remove.',
    )
    .addOption(new Option('--stream <stream>', 'which log').choices(logStreams).makeOptionMandatory())
    .option('--out <file>', 'file to make, *.jsonl.gz; without it nothing is exported')
    .option('--remove', 'remove rows that this run or an earlier one exported')
    .option('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object')
    .action((options: ExportOptions) => runExport(context, options));
  addExamples(command, [
    ['naru audit export --stream audit_event --out /mnt/archive/audit-2026.jsonl.gz', 'the file only'],
    ['naru audit export --stream audit_event --remove', 'once the file is in two places'],
  ]);
  const check = audit
    .command('check-export')
    .summary('compare an exported file with the chain of seals')
    .argument('<file>', 'as  naru audit export  made it')
    .description(
      'Computes the digest of each row in the file and compares it with the seals of this database.',
    )
    .option('--json', 'print one JSON object')
    .action((file: string, options: { json?: boolean }) => runCheck(context, file, options));
  addExamples(check, [
    ['naru audit check-export /mnt/archive/audit-2026.jsonl.gz', 'is it what was sealed?'],
  ]);
}

async function runExport(context: CliContext, options: ExportOptions): Promise<void> {
  const { stream, out } = options;
  if (out === undefined && options.remove !== true)
    throw usageError('say what to do: --out FILE to export, --remove to remove what was exported');
  const audit = auditContextOf(context, options.reason ?? null);
  const done = await withDatabase(
    context,
    async (db) => {
      let written: Written | null = null;
      if (out !== undefined) {
        const sealedBefore = new Date(systemClock.now().getTime() - KEPT_DAYS[stream] * DAY_MS);
        const plan = await planExport(db, stream, sealedBefore);
        if (plan !== null) {
          const { sha256 } = await writeWhole(out, exportLines(db, plan));
          await recordExport(db, plan, { file: path.basename(out), sha256 }, audit);
          written = { file: out, sha256, rows: plan.rowCount };
        }
      }
      const removed = options.remove === true ? await removeExported(db, stream, audit) : 0n;
      return { written, removed };
    },
    options.reason ?? null,
  );
  if (options.json === true) return context.output.json({ stream, ...done });
  if (out !== undefined)
    context.output.line(
      done.written === null
        ? `There is nothing in ${stream} that is older than ${KEPT_DAYS[stream]} days and not exported yet.`
        : `Wrote ${plural(done.written.rows, 'row')} to ${done.written.file}\n  SHA-256 ${done.written.sha256}, sealed`,
    );
  if (options.remove === true) context.output.line(`Removed ${plural(done.removed, 'row')} of ${stream}.`);
}

/** The file is there whole or not at all, and never takes the place of another. */
async function writeWhole(file: string, lines: AsyncIterable<string>): Promise<{ sha256: string }> {
  const part = `${file}.part`;
  const hash = createHash('sha256');
  try {
    const taken = await open(file, 'wx', 0o600).catch((error: unknown) => {
      throw new CodedError('file_there', `${file} cannot be made: is it there already?`, { cause: error });
    });
    await taken.close();
    await pipeline(
      Readable.from(withNewlines(lines)),
      createGzip(),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(part, { mode: 0o600, flush: true }),
    );
    await rename(part, file);
    return { sha256: hash.digest('hex') };
  } catch (error) {
    await rm(part, { force: true });
    if (!(error instanceof CodedError && error.code === 'file_there')) await rm(file, { force: true });
    throw error;
  }
}

async function* withNewlines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}

async function runCheck(context: CliContext, file: string, options: { json?: boolean }): Promise<void> {
  const problems = await withDatabase(context, (db) => checkExport(db, readLines(file)));
  if (problems.length > 0) context.fail();
  if (options.json === true) return context.output.json({ file, ok: problems.length === 0, problems });
  for (const problem of problems) context.output.line(context.output.colours.red(showText(problem)));
  context.output.line(
    problems.length === 0
      ? context.output.colours.green('The file is what was sealed.')
      : context.output.colours.red(`${plural(problems.length, 'thing')} in the file not as sealed.`),
  );
}

async function* readLines(file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of createReadStream(file).compose(createGunzip())) {
    const parts = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') throw new CodedError('file_cut_off', `${file} ends in the middle of a line`);
}
