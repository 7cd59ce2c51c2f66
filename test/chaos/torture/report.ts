import type { Machine } from '@naru/bench/machine.ts';
import type { Wrong } from './judge.ts';
import { type PhaseResult, secondsText, type TortureResult } from './run-torture.ts';

export type Report = { machine: Machine; replay: string; minutes: number; result: TortureResult };

const HEAD = [
  'fault',
  'payouts',
  'duplicates',
  'lost',
  'wrong state',
  'ledger − chain',
  'other',
  'goes on',
  'all final',
];
const OTHER: ReadonlySet<Wrong['kind']> = new Set<Wrong['kind']>([
  'books',
  'nonce',
  'paused',
  'unknown payment',
  'rules',
  'account move',
  'deposit',
  'webhook',
  'setting',
]);

function rowsOf({ phases, wrong, payouts }: TortureResult): string[][] {
  const worst = (values: (number | null)[]) =>
    values.includes(null) ? null : Math.max(0, ...values.map((value) => value ?? 0));
  const total = [
    'all',
    String(payouts.length),
    ...countsOf(wrong),
    phases.every(({ ledgerMinusChain }) => ledgerMinusChain === '0') ? '0' : 'differs',
    String(wrong.filter(({ kind }) => OTHER.has(kind)).length),
    secondsText(worst(phases.map(({ goesOnMs }) => goesOnMs))),
    secondsText(worst(phases.map(({ settledMs }) => settledMs))),
  ];
  return [HEAD, ...phases.map(rowOf), total];
}

function rowOf(phase: PhaseResult): string[] {
  return [
    phase.name,
    String(phase.payouts),
    ...countsOf(phase.wrong),
    phase.ledgerMinusChain,
    String(phase.wrong.filter(({ kind }) => OTHER.has(kind)).length),
    secondsText(phase.goesOnMs),
    secondsText(phase.settledMs),
  ];
}

function countsOf(wrong: readonly Wrong[]): string[] {
  const count = (...kinds: Wrong['kind'][]) =>
    String(wrong.filter(({ kind }) => kinds.includes(kind)).length);
  return [count('duplicate', 'unknown payment'), count('lost'), count('wrong state')];
}

/** For a terminal. */
export function tableText(result: TortureResult): string {
  const rows = rowsOf(result);
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  const lines = rows.map(line);
  return [lines[0], rule, ...lines.slice(1, -1), rule, lines.at(-1), ...mixLines(result)].join('\n');
}

const MIX_WIDTH = 14;

/** What went on beside the payouts, and how much of it. */
function mixLines({ mix }: TortureResult): string[] {
  if (mix === null) return [];
  return ['', ...mix.map(({ what, text }) => `${what.padEnd(MIX_WIDTH)}${text}`)];
}

export function headerText({ machine, replay, minutes }: Report): string {
  return [
    `Naru ${machine.commit}, ${machine.date}, ${minutes.toFixed(1)} minutes`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGib} GiB, ${machine.os}`,
    `Node ${machine.node}, ${machine.postgres}, ${machine.anvil}`,
    replay,
  ].join('\n');
}

const BEGIN = '<!-- torture:begin -->';
const END = '<!-- torture:end -->';

/** The document with this report between its marks; a document without marks gets them at its end. */
export function insertReport(document: string, report: Report): string {
  const section = `${BEGIN}\n\n${markdown(report)}\n\n${END}`;
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin === -1 || end < begin) return `${document.trimEnd()}\n\n${section}\n`;
  return `${document.slice(0, begin)}${section}${document.slice(end + END.length)}`;
}

function markdown(report: Report): string {
  const rows = rowsOf(report.result);
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  const mix = (report.result.mix ?? []).map(({ what, text }) => `- **${what}**: ${text}`);
  return [
    `\`\`\`text\n${headerText(report)}\n\`\`\``,
    '',
    line(head),
    rule,
    ...body.map(line),
    '',
    'In the mix, in the whole run:',
    '',
    ...mix,
  ].join('\n');
}
