import type { Machine } from './machine.ts';
import type { Bar, Measurement } from './measurement.ts';

/** Significant digits of small figures; larger ones are shown whole. */
const DIGITS = 3;
const WHOLE_FROM = 100;
const NOTE_WIDTH = 100;

export function headerText(machine: Machine, isQuick: boolean): string {
  const lines = [
    `Naru ${machine.commit}, ${machine.date}`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGib} GiB, ${machine.os}`,
    `Node ${machine.node}, ${machine.postgres}, ${machine.anvil}`,
  ];
  if (isQuick) lines.push('QUICK: small sizes, to see that everything works. These are no figures to keep.');
  return lines.join('\n');
}

/** One table of everything; what a figure means stands below its line. */
export function tableText(measurements: readonly Measurement[]): string {
  const rows = [
    ['what', 'measured', 'bar', ''],
    ...measurements.map((one) => [one.name, figureText(one), barText(one), verdictOf(one)]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = rows;
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width + 2, 0));
  const lines = body.flatMap((row, index) => [line(row), ...wrap(measurements[index]?.note ?? '')]);
  return [line(head), rule, ...lines, rule].join('\n');
}

export function figureText({ figure, unit, isError }: Measurement): string {
  if (figure === null) return isError ? 'ERROR' : '–';
  return `${numberText(figure)} ${unit}`;
}

function barText({ bar, unit }: Measurement): string {
  return bar === null ? '' : `${signOf(bar)} ${numberText(bar.value)} ${unit}`;
}

function signOf(bar: Bar): string {
  return bar.kind === 'at_least' ? '≥' : '≤';
}

function verdictOf({ met, isError }: Measurement): string {
  if (isError) return 'error';
  if (met === null) return '';
  return met ? 'met' : 'MISSED';
}

function numberText(value: number): string {
  return value >= WHOLE_FROM
    ? Math.round(value).toLocaleString('en')
    : value.toLocaleString('en', { maximumSignificantDigits: DIGITS });
}

function wrap(note: string): string[] {
  const lines: string[] = [];
  for (const word of note.split(' ').filter((one) => one !== '')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 1 > NOTE_WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((text) => `    ${text}`);
}
