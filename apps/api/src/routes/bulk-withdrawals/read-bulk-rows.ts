import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import type { BulkRow } from '@naru/core/withdrawal/withdrawals.ts';
import { type BulkColumn, bulkColumns, optionalBulkColumns } from '@naru/wire/bulk.ts';
import { type FieldProblemCode, fieldProblems } from '@naru/wire/field-problem.ts';
import { priorities, referenceInput } from '@naru/wire/withdrawal.ts';
import { CsvError, parse } from 'csv-parse';
import { ProblemError } from '../../http/problem-error.ts';

/** Rows handed on at once: few enough to keep memory flat, enough for one statement each to be worth it. */
const ROWS_IN_CHUNK = 500;
/** Bytes of one record: every column at its longest, with room. More is an unclosed quote. */
const RECORD_BYTES_MAX = 16 * 1024;
/** Made once: making a schema costs more than using it. */
const referenceCell = referenceInput.nullable();
/** What undecodable bytes become. */
const REPLACEMENT_CHARACTER = '\uFFFD';

export type BulkFile = {
  /** Read once, to its end. A row of the wrong shape comes as what is wrong with it, in its place. */
  rows: AsyncIterable<BulkRow[]>;
  /** SHA-256 of the bytes as they came, and of `dryRun`. To be asked after the last row. */
  inputHash: () => Buffer;
};

/** CSV (RFC 4180; CRLF or LF, an UTF-8 byte order mark is skipped) → rows, while it streams in. */
export function readBulkRows(source: Readable, options: { bytesMax: number; dryRun: boolean }): BulkFile {
  const hash = createHash('sha256');
  async function* metered(): AsyncGenerator<Buffer> {
    let bytes = 0;
    // The socket stays open when we stop early: the answer still has to go out on it.
    for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > options.bytesMax) throw new ProblemError('payload_too_large');
      hash.update(chunk);
      yield chunk;
    }
  }
  return {
    rows: readChunks(metered(), source),
    inputHash: () => hash.update(options.dryRun ? 'dryRun=true' : 'dryRun=false').digest(),
  };
}

async function* readChunks(bytes: AsyncIterable<Buffer>, source: Readable): AsyncGenerator<BulkRow[]> {
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: RECORD_BYTES_MAX,
  });
  // A failure reaches the reader of `parser`; there is nothing else to do about it here.
  pipeline(Readable.from(bytes), parser, () => undefined);
  let columns: BulkColumn[] | null = null;
  let row = 0;
  let chunk: BulkRow[] = [];
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      if (columns === null) {
        columns = readHeader(cells);
        continue;
      }
      row++;
      chunk.push(readRow(row, cells, columns));
      if (chunk.length === ROWS_IN_CHUNK) {
        yield chunk;
        chunk = [];
      }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // What comes after it cannot be told apart any more, so this is the last problem of the file.
    chunk.push(rowProblem(row + 1, [['file', 'csv_malformed', error.message]]));
    columns ??= [];
  } finally {
    // Lets the rest of the upload flow away, so that the client gets to read the answer.
    source.resume();
  }
  if (columns === null) throw headerProblem([['file', 'file_empty']]);
  if (chunk.length > 0) yield chunk;
}

type CellProblem = [field: string, code: FieldProblemCode, message?: string];

function rowProblem(row: number, problems: readonly CellProblem[]): BulkRow {
  return {
    row,
    problems: problems.map(([field, code, message]) => ({
      row,
      field,
      code,
      message: message ?? fieldProblems[code].en,
    })),
  };
}

/** The header names columns in any order; reference and priority may be missing. */
function readHeader(cells: readonly string[]): BulkColumn[] {
  const names = cells.map((cell) => cell.trim());
  const problems: [field: string, code: FieldProblemCode][] = [];
  for (const [index, name] of names.entries()) {
    if (!isColumn(name)) problems.push([name, 'column_unknown']);
    else if (names.indexOf(name) !== index) problems.push([name, 'column_repeated']);
  }
  for (const column of bulkColumns)
    if (!names.includes(column) && !optionalBulkColumns.includes(column))
      problems.push([column, 'column_missing']);
  if (problems.length > 0) throw headerProblem(problems);
  return names.filter(isColumn);
}

function isColumn(name: string): name is BulkColumn {
  return (bulkColumns as readonly string[]).includes(name);
}

function headerProblem(problems: readonly [field: string, code: FieldProblemCode][]): ProblemError {
  const errors = problems.map(([field, code]) => ({ row: 0, field, code, message: fieldProblems[code].en }));
  return new ProblemError('bulk_invalid', { rows: { errors, errorCount: errors.length } });
}

/** The shape of one row. What chain, asset, address and amount say is judged by the core, empty ones too. */
function readRow(row: number, cells: readonly string[], columns: readonly BulkColumn[]): BulkRow {
  if (cells.length !== columns.length) return rowProblem(row, [['file', 'columns_mismatch']]);
  const values: Record<BulkColumn, string> = {
    chain: '',
    asset: '',
    to: '',
    amount: '',
    reference: '',
    priority: '',
  };
  for (const [index, column] of columns.entries()) values[column] = cells[index] ?? '';
  const problems: CellProblem[] = columns
    .filter((column) => values[column].includes(REPLACEMENT_CHARACTER))
    .map((column) => [column, 'encoding_invalid']);
  const reference = values.reference === '' ? null : values.reference;
  if (!referenceCell.safeParse(reference).success)
    problems.push(['reference', values.reference.length > 255 ? 'too_long' : 'character_not_allowed']);
  const priority =
    values.priority === '' ? 'STANDARD' : priorities.find((known) => known === values.priority);
  if (priority === undefined) problems.push(['priority', 'value_not_allowed']);
  if (priority === undefined || problems.length > 0) return rowProblem(row, problems);
  const { chain, asset, to, amount } = values;
  return { row, request: { chain, asset, to, amount, reference, priority, metadata: {} } };
}
