import { readFile, stat } from 'node:fs/promises';
import type { ScreeningAnswer, ScreeningSource } from '@naru/core/screening/screening.ts';
import { CodedError, errorText } from '@naru/kit/errors.ts';
import { z } from 'zod';

/** Larger than any list of addresses there is, by far; the file is read into memory. */
const FILE_BYTES_MAX = 128 * 1024 * 1024;
const ENTRIES_MAX = 2_000_000;
/** The category that makes an address sanctioned; every other one only weighs in the risk score. */
const SANCTIONS = 'sanctions';

/** A line of the file. `chain` absent: on every chain. */
const entry = z.strictObject({
  address: z.string().regex(/^0x[0-9a-fA-F]{40}$/, 'an address is 0x and 40 hexadecimal digits'),
  source: z.string().min(1).max(200),
  date: z.iso.date(),
  category: z
    .string()
    .regex(/^[a-z][a-z0-9_]{1,39}$/, 'a category is small letters, digits and _')
    .default(SANCTIONS),
  chain: z.string().min(1).max(41).optional(),
});
const REQUIRED_COLUMNS = ['address', 'source', 'date'];
const COLUMNS = [...REQUIRED_COLUMNS, 'category', 'chain'];

type Entries = ReadonlyMap<string, ScreeningAnswer>;

/**
 * Screening by a file of addresses: CSV with a header (address, source, date, and optionally category, chain), or the
 * same as JSON, an object on each line. It is read at once, and again when it changes. One that is broken is an error at
 * the start; later it gives no answers until it is whole again, so nothing passes by a list that nobody could read.
 */
export async function openListFile(file: string): Promise<ScreeningSource> {
  let current = await load(file);
  return {
    async check(chainId, addresses) {
      const stamp = await stampOf(file);
      if (stamp !== current.stamp) current = await load(file);
      const { entries } = current;
      return addresses.map((address): ScreeningAnswer => {
        const name = address.toLowerCase();
        const found = entries.get(`${chainId}/${name}`) ?? entries.get(`*/${name}`);
        return (
          found ?? { listed: false, category: null, detail: `not in the list of ${entries.size} addresses` }
        );
      });
    },
  };
}

async function stampOf(file: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(file);
  return `${ino}/${size}/${mtimeMs}`;
}

async function load(file: string): Promise<{ stamp: string; entries: Entries }> {
  try {
    const stamp = await stampOf(file);
    const { size } = await stat(file);
    if (size > FILE_BYTES_MAX) throw new Error(`it is larger than ${FILE_BYTES_MAX} bytes`);
    return { stamp, entries: parseList(await readFile(file, 'utf8')) };
  } catch (error) {
    throw new CodedError(
      'screening_list_broken',
      `the list of addresses ${file} cannot be used: ${errorText(error)}`,
    );
  }
}

/** By `chain/address` in small letters, `*` for every chain. Throws, naming the line, when any line is wrong. */
export function parseList(text: string): Entries {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, index) => ({ number: index + 1, text: line.trim() }))
    .filter((line) => line.text !== '' && !line.text.startsWith('#'));
  const [first] = lines;
  if (first === undefined) throw new Error('it is empty');
  const isJson = first.text.startsWith('{');
  const header = isJson ? null : readHeader(first.text);
  const entries = new Map<string, ScreeningAnswer>();
  for (const line of isJson ? lines : lines.slice(1)) {
    const parsed = entry.safeParse(header === null ? readJson(line) : readCells(header, line));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new Error(`line ${line.number}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
    }
    const { address, source, date, category, chain } = parsed.data;
    const answer = { listed: category === SANCTIONS, category, detail: `${source}, ${date}` };
    const name = `${chain ?? '*'}/${address.toLowerCase()}`;
    // Listed by one source and merely known to another: the stricter one counts.
    if (entries.get(name)?.listed !== true) entries.set(name, answer);
    if (entries.size > ENTRIES_MAX) throw new Error(`it has more than ${ENTRIES_MAX} addresses`);
  }
  if (entries.size === 0) throw new Error('it has a header and no address');
  return entries;
}

function readHeader(text: string): string[] {
  const columns = text.split(',').map((column) => column.trim());
  const missing = REQUIRED_COLUMNS.filter((column) => !columns.includes(column));
  if (missing.length > 0) throw new Error(`its header lacks ${missing.join(', ')}`);
  const unknown = columns.filter((column) => !COLUMNS.includes(column));
  if (unknown.length > 0) throw new Error(`its header has ${unknown.join(', ')}, which means nothing here`);
  return columns;
}

function readCells(
  columns: readonly string[],
  line: { number: number; text: string },
): Record<string, string> {
  if (line.text.includes('"')) throw new Error(`line ${line.number}: quotes are not for use here`);
  const cells = line.text.split(',').map((cell) => cell.trim());
  if (cells.length !== columns.length)
    throw new Error(`line ${line.number}: ${cells.length} cells under ${columns.length} columns`);
  return Object.fromEntries(
    columns.map((column, index) => [column, cells[index] ?? '']).filter(([, cell]) => cell !== ''),
  );
}

function readJson(line: { number: number; text: string }): unknown {
  try {
    return JSON.parse(line.text);
  } catch {
    throw new Error(`line ${line.number}: this is no JSON`);
  }
}
