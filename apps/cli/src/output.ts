import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';

export type Colours = ReturnType<typeof pc.createColors>;

/** Where a command writes: results to standard output, everything about the run itself to standard error. */
export type Output = {
  line(text?: string): void;
  json(value: unknown): void;
  /** On one line, for programs that read while it goes on. */
  jsonLine(value: unknown): void;
  note(text: string): void;
  warn(text: string): void;
  readonly colours: Colours;
  /** A person looks at standard error: progress may be redrawn. */
  readonly isInteractive: boolean;
  /** Columns of the terminal; 100 where there is none. */
  readonly width: number;
};

const WIDTH_DEFAULT = 100;

export function createOutput(
  streams: {
    out: NodeJS.WriteStream;
    err: NodeJS.WriteStream;
  },
  wantsColour: boolean,
): Output {
  const colours = pc.createColors(wantsColour && streams.out.isTTY === true);
  const errColours = pc.createColors(wantsColour && streams.err.isTTY === true);
  return {
    line: (text = '') => void streams.out.write(`${text}\n`),
    json: (value) => void streams.out.write(`${JSON.stringify(value, printable, 2)}\n`),
    jsonLine: (value) => void streams.out.write(`${JSON.stringify(value, printable)}\n`),
    note: (text) => void streams.err.write(`${errColours.dim(text)}\n`),
    warn: (text) => void streams.err.write(`${errColours.yellow(text)}\n`),
    colours,
    isInteractive: streams.err.isTTY === true,
    width: streams.out.columns ?? WIDTH_DEFAULT,
  };
}

/** Amounts and block numbers as decimal strings, sets and maps as lists: a JSON number holds neither exactly. */
function printable(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value;
}

export type Column = { head: string; align?: 'left' | 'right' };

/** A table with aligned columns, two spaces apart, its head in dim. Cells may be coloured. */
export function renderTable(
  colours: Colours,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  indent = '',
): string {
  const lines = [columns.map(({ head }) => colours.dim(head)), ...rows];
  const widths = columns.map((_, index) =>
    Math.max(...lines.map((line) => visibleLength(line[index] ?? ''))),
  );
  return lines
    .map((line) => {
      const cells = columns.map(({ align }, index) => {
        const cell = line[index] ?? '';
        const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - visibleLength(cell)));
        return align === 'right' ? space + cell : cell + space;
      });
      return `${indent}${cells.join('  ')}`.trimEnd();
    })
    .join('\n');
}

/** Names and values, one a line, the values in one column. */
export function renderFields(
  colours: Colours,
  fields: readonly (readonly [name: string, value: string] | null)[],
  indent = '',
): string {
  const shown = fields.filter((field) => field !== null);
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${indent}${colours.dim(name.padEnd(width))}  ${value}`).join('\n');
}

function visibleLength(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** Breaks a text at blanks into lines of at most `width` characters. */
export function wrapText(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, indent + line].join('\n');
}
