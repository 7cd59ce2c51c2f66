import type { ReportBody } from '@naru/wire/report.ts';
import type { Cell, Sheet } from 'write-excel-file/universal';
import { formatDay, formatTime } from '../../format/time.ts';
import type { ReportWords } from './report.texts.ts';

/** Significant digits that a number of a spreadsheet holds (IEEE 754 double). What has more is written as text, and exact. */
const DIGITS_MAX = 15;
/** Characters of the name of a sheet; a spreadsheet takes no more. */
const NAME_LENGTH_MAX = 31;
const WIDTH = { text: 24, figure: 18 };

type Column = { header: string; isText?: boolean };
type Value = string | number | { amount: string };

/** The tables of a report as sheets of a workbook, under the names that the page has for them. */
export function reportSheets(report: ReportBody, words: ReportWords): Sheet<Blob>[] {
  return [
    summary(report, words),
    withdrawals(report, words),
    failures(report, words),
    gas(report, words),
    deposits(report, words),
    ledger(report, words),
    slots(report, words),
    ...(report.mismatches.length === 0 ? [] : [mismatches(report, words)]),
  ];
}

const amount = (text: string): Value => ({ amount: text });
const tieOf = (ties: boolean, words: ReportWords) => (ties ? words.tied : words.untied);

function summary(report: ReportBody, words: ReportWords): Sheet<Blob> {
  const { totals } = report;
  const { latency } = totals;
  const rows: (readonly [string, Value])[] = [
    [words.period, words[report.period]],
    [words.date, report.date],
    [words.status, words[report.status]],
    [words.version, report.version],
    [words.at, formatTime(report.madeAt)],
    [words.ties, tieOf(report.ties, words)],
    [words.submitted, totals.submitted],
    [words.confirmed, totals.confirmed],
    [words.failed, totals.failed],
    [words.canceled, totals.canceled],
    ...(totals.successRate === null ? [] : [[words.success, totals.successRate] as const]),
    ...(latency === null
      ? []
      : (['p50', 'p95', 'p99'] as const).map(
          (name) => [`${words.latency} ${name}`, words.seconds(latency[name].toFixed(1))] as const,
        )),
  ];
  return sheet(words.summary, [{ header: words.summary, isText: true }, { header: '' }], rows);
}

function withdrawals({ assets }: ReportBody, words: ReportWords): Sheet<Blob> {
  const figures = ['openBefore', 'submitted', 'confirmed', 'failed', 'canceled', 'openAfter'] as const;
  return sheet(
    words.withdrawals,
    [
      ...named(words),
      ...figures.flatMap((figure) => [
        { header: `${words[figure]} · ${words.count}` },
        { header: `${words[figure]} · ${words.amount}` },
      ]),
      { header: words.fees },
      { header: words.ties, isText: true },
    ],
    assets.map((row) => [
      row.asset,
      row.chain,
      ...figures.flatMap((figure) => [row[figure].count, amount(row[figure].amount)]),
      amount(row.fees),
      tieOf(row.ties, words),
    ]),
  );
}

function failures(report: ReportBody, words: ReportWords): Sheet<Blob> {
  return sheet(
    words.failures,
    [{ header: words.code, isText: true }, { header: words.cause, isText: true }, { header: words.count }],
    report.failures.map(({ code, cause, count }) => [code, words[cause], count]),
  );
}

function gas(report: ReportBody, words: ReportWords): Sheet<Blob> {
  return sheet(
    words.gas,
    [
      ...named(words),
      { header: words.transactions },
      { header: words.items },
      { header: words.gasUsed },
      { header: words.spent },
    ],
    report.gas.map((row) => [
      row.asset,
      row.chain,
      row.transactions,
      row.items,
      amount(row.gasUsed),
      amount(row.spent),
    ]),
  );
}

function deposits(report: ReportBody, words: ReportWords): Sheet<Blob> {
  return sheet(
    words.deposits,
    [...named(words), { header: words.count }, { header: words.amount }],
    report.deposits.map((row) => [row.asset, row.chain, row.credited.count, amount(row.credited.amount)]),
  );
}

function ledger(report: ReportBody, words: ReportWords): Sheet<Blob> {
  const names: Readonly<Record<string, unknown>> = words;
  return sheet(
    words.ledger,
    [
      ...named(words),
      { header: words.holder, isText: true },
      { header: words.opening },
      { header: words.in },
      { header: words.out },
      { header: words.closing },
      { header: words.ties, isText: true },
    ],
    report.ledger.map((line) => [
      line.asset,
      line.chain,
      typeof names[line.holder] === 'string' ? String(names[line.holder]) : line.holder,
      amount(line.opening),
      amount(line.in),
      amount(line.out),
      amount(line.closing),
      tieOf(line.ties, words),
    ]),
  );
}

function slots(report: ReportBody, words: ReportWords): Sheet<Blob> {
  const isDay = report.period === 'daily';
  const figures = ['submitted', 'confirmed', 'failed', 'canceled'] as const;
  return sheet(
    isDay ? words.chartHours : words.chartDays,
    [{ header: words.date, isText: true }, ...figures.map((figure) => ({ header: words[figure] }))],
    report.slots.map((slot) => [
      isDay ? formatTime(slot.at) : formatDay(slot.at),
      ...figures.map((figure) => slot[figure]),
    ]),
  );
}

function mismatches(report: ReportBody, words: ReportWords): Sheet<Blob> {
  return sheet(
    words.mismatches,
    [
      { header: words.subject, isText: true },
      { header: words.expected, isText: true },
      { header: words.found, isText: true },
    ],
    report.mismatches.map(({ kind, subject, expected, found }) => [`${kind} · ${subject}`, expected, found]),
  );
}

function named(words: ReportWords): Column[] {
  return [
    { header: words.asset, isText: true },
    { header: words.chain, isText: true },
  ];
}

function sheet(name: string, columns: readonly Column[], rows: readonly (readonly Value[])[]): Sheet<Blob> {
  const header = columns.map(
    ({ header: value, isText }): Cell => ({
      value,
      fontWeight: 'bold',
      align: isText ? 'left' : 'right',
      bottomBorderStyle: 'thin',
    }),
  );
  return {
    sheet: name.slice(0, NAME_LENGTH_MAX),
    columns: columns.map(({ isText }) => ({ width: isText ? WIDTH.text : WIDTH.figure })),
    stickyRowsCount: 1,
    data: [header, ...rows.map((row) => row.map(cellOf))],
  };
}

/** An amount with all of its digits: a number that sums, where a spreadsheet holds it exactly, and else a text. */
export function cellOf(value: Value): Cell {
  if (typeof value === 'string') return { value, type: String };
  if (typeof value === 'number') return { value, type: Number };
  const { amount: text } = value;
  const [, decimals = ''] = text.split('.');
  const digits = text.replace(/[-.]/g, '').replace(/^0+/, '').length;
  if (digits > DIGITS_MAX) return { value: text, type: String, align: 'right' };
  return {
    value: Number(text),
    type: Number,
    format: decimals === '' ? '#,##0' : `#,##0.${'0'.repeat(decimals.length)}`,
  };
}
