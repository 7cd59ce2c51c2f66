import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import type { BulkRow } from '@naru/core/withdrawal/withdrawals.ts';
import {
  BULK_ERRORS_LISTED_MAX,
  type BulkColumn,
  bulkColumns,
  optionalBulkColumns,
} from '@naru/wire/bulk.ts';
import { type FieldProblemCode, fieldProblems } from '@naru/wire/field-problem.ts';
import { priorities, referenceInput } from '@naru/wire/withdrawal.ts';
import { CsvError, parse } from 'csv-parse';
import { ProblemError, type RowProblem } from '../../http/problem-error.ts';

/** Rows handed on at once: few enough to keep memory flat, enough for one statement each to be worth it. */
const ROWS_IN_CHUNK = 1_000;
/** Bytes of one record: every column at its longest, with room. More is an unclosed quote. */
const RECORD_BYTES_MAX = 16 * 1024;
/** What undecodable bytes become. */
const REPLACEMENT_CHARACTER = '\uFFFD';

export type BulkFile = {
  /** Read once, to its end. Ends with `bulk_invalid` when any row has the wrong shape, after all were looked at. */
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
  const problems = createProblemList();
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
      const request = readRow(row, cells, columns, problems);
      if (request !== null) chunk.push(request);
      if (chunk.length === ROWS_IN_CHUNK) {
        yield chunk;
        chunk = [];
      }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    problems.add(row + 1, 'file', 'csv_malformed', error.message);
  } finally {
    // Lets the rest of the upload flow away, so that the client gets to read the answer.
    source.resume();
  }
  if (columns === null && problems.count() === 0) throw headerProblem([['file', 'file_empty']]);
  if (problems.count() > 0) throw problems.toError();
  if (chunk.length > 0) yield chunk;
}

type ProblemList = {
  add(row: number, field: string, code: FieldProblemCode, message?: string): void;
  count(): number;
  toError(): ProblemError;
};

function createProblemList(): ProblemList {
  const errors: RowProblem[] = [];
  let errorCount = 0;
  return {
    add(row, field, code, message) {
      errorCount++;
      if (errors.length < BULK_ERRORS_LISTED_MAX)
        errors.push({ row, field, code, message: message ?? fieldProblems[code].en });
    },
    count: () => errorCount,
    toError: () => new ProblemError('bulk_invalid', { rows: { errors, errorCount } }),
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
function readRow(
  row: number,
  cells: readonly string[],
  columns: readonly BulkColumn[],
  problems: ProblemList,
): BulkRow | null {
  if (cells.length !== columns.length) {
    problems.add(row, 'file', 'columns_mismatch');
    return null;
  }
  const values: Record<BulkColumn, string> = {
    chain: '',
    asset: '',
    to: '',
    amount: '',
    reference: '',
    priority: '',
  };
  for (const [index, column] of columns.entries()) values[column] = cells[index] ?? '';
  const before = problems.count();
  for (const column of columns)
    if (values[column].includes(REPLACEMENT_CHARACTER)) problems.add(row, column, 'encoding_invalid');
  const reference = values.reference === '' ? null : values.reference;
  const referenceCheck = referenceInput.nullable().safeParse(reference);
  if (!referenceCheck.success)
    problems.add(row, 'reference', values.reference.length > 255 ? 'too_long' : 'character_not_allowed');
  const priority =
    values.priority === '' ? 'STANDARD' : priorities.find((known) => known === values.priority);
  if (priority === undefined) problems.add(row, 'priority', 'value_not_allowed');
  if (priority === undefined || problems.count() > before) return null;
  const { chain, asset, to, amount } = values;
  return { row, request: { chain, asset, to, amount, reference, priority, metadata: {} } };
}
