import type { BulkColumn } from '@naru/wire/bulk.ts';
import { CsvError, parse } from 'csv-parse/browser/esm/sync';

/** What a file says, before the API has judged it: for showing, never for deciding. */
export type ReadFile = {
  header: readonly string[];
  rows: readonly (readonly string[])[];
};

/** The same parser as the API's; null where even that cannot read it, which the API then explains. */
export function readCsv(text: string): ReadFile | null {
  try {
    const [header = [], ...rows] = parse(text, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as string[][];
    return { header: header.map((name) => name.trim()), rows };
  } catch (error) {
    if (error instanceof CsvError) return null;
    throw error;
  }
}

export function cellOf(file: ReadFile, row: readonly string[], column: BulkColumn): string {
  return row[file.header.indexOf(column)]?.trim() ?? '';
}

/** Amounts by chain and asset, as the file has them. */
export function amountsOf(file: ReadFile): { chain: string; asset: string; amount: string }[] {
  return file.rows.map((row) => ({
    chain: cellOf(file, row, 'chain'),
    asset: cellOf(file, row, 'asset'),
    amount: cellOf(file, row, 'amount'),
  }));
}
