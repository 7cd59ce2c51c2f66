import { csvLine } from '@naru/kit/csv.ts';
import type { ReportBody } from '@naru/wire/report.ts';

/** One figure a line, so that a program finds it by its names and a spreadsheet can turn the table as it likes. */
const columns = ['section', 'chain', 'asset', 'item', 'figure', 'count', 'amount'] as const;
type Cells = readonly [string, string, string, string, string, number | null, string | null];

export function reportLines(report: ReportBody): string {
  const lines = [
    ...headLines(report),
    ...withdrawalLines(report),
    ...moneyLines(report),
    ...slotLines(report),
  ];
  return `\u{FEFF}${csvLine(columns)}${lines.map((cells) => csvLine(cells)).join('')}`;
}

function headLines({
  period,
  date,
  status,
  version,
  asOf,
  ties,
  totals,
  failures,
  mismatches,
}: ReportBody): Cells[] {
  const fact = (figure: string, value: string): Cells => ['report', '', '', '', figure, null, value];
  const total = (figure: string, count: number): Cells => ['total', '', '', '', figure, count, null];
  return [
    fact('period', period),
    fact('date', date),
    fact('status', status),
    fact('version', String(version)),
    fact('as_of', asOf),
    fact('ties', String(ties)),
    total('submitted', totals.submitted),
    total('confirmed', totals.confirmed),
    total('failed', totals.failed),
    total('canceled', totals.canceled),
    ...(totals.successRate === null ? [] : [fact('success_rate', String(totals.successRate))]),
    ...Object.entries(totals.latency ?? {}).map(([name, seconds]) =>
      fact(`latency_${name}_s`, seconds.toFixed(2)),
    ),
    ...failures.map(({ code, cause, count }): Cells => ['failure', '', '', code, cause, count, null]),
    ...mismatches.map(
      ({ kind, subject, expected, found }): Cells => [
        'mismatch',
        '',
        '',
        subject,
        kind,
        null,
        `expected ${expected}; found ${found}`,
      ],
    ),
  ];
}

function withdrawalLines({ assets }: ReportBody): Cells[] {
  const figures = ['openBefore', 'submitted', 'confirmed', 'failed', 'canceled', 'openAfter'] as const;
  return assets.flatMap((flow) => [
    ...figures.map(
      (figure): Cells => [
        'withdrawals',
        flow.chain,
        flow.asset,
        '',
        figure,
        flow[figure].count,
        flow[figure].amount,
      ],
    ),
    ['withdrawals', flow.chain, flow.asset, '', 'fees', null, flow.fees] as const,
  ]);
}

function moneyLines({ deposits, gas, ledger }: ReportBody): Cells[] {
  const sides = ['opening', 'in', 'out', 'closing'] as const;
  return [
    ...deposits.map(
      ({ chain, asset, credited }): Cells => [
        'deposits',
        chain,
        asset,
        '',
        'credited',
        credited.count,
        credited.amount,
      ],
    ),
    ...gas.map((line): Cells => ['gas', line.chain, line.asset, '', 'spent', line.transactions, line.spent]),
    ...ledger.flatMap((line) =>
      sides.map((side): Cells => ['ledger', line.chain, line.asset, line.holder, side, null, line[side]]),
    ),
  ];
}

function slotLines({ slots }: ReportBody): Cells[] {
  const figures = ['submitted', 'confirmed', 'failed', 'canceled'] as const;
  return slots.flatMap((slot) =>
    figures.map((figure): Cells => ['slot', '', '', slot.at, figure, slot[figure], null]),
  );
}
