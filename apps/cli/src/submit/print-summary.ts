import type { BulkWithdrawalBody } from '@naru/wire/bulk.ts';
import { plural, showCount, showDuration, showText } from '../format.ts';
import { type Output, renderTable } from '../output.ts';
import type { ReportSummary } from './bulk-report.ts';

/** What became of a file, for a person. */
export function printSummary(
  output: Output,
  end: { bulk: BulkWithdrawalBody; summary: ReportSummary; elapsedMs: number; waited: boolean },
): void {
  const { colours } = output;
  const { summary, bulk } = end;
  output.line();
  output.line(headline(output, end));
  output.line();
  const right = { align: 'right' as const };
  const columns = [
    { head: 'CHAIN' },
    { head: 'ASSET' },
    { head: 'ROWS', ...right },
    { head: 'AMOUNT', ...right },
    { head: 'CONFIRMED', ...right },
  ];
  const rows = summary.totals.map((total) => [
    total.chain,
    total.asset,
    showCount(total.rows),
    group(total.amount),
    group(total.confirmed),
  ]);
  output.line(renderTable(colours, columns, rows, '  '));
  if (summary.failures.length > 0) {
    output.line(`\n${colours.red('Not paid; the amounts are available again:')}`);
    const failed = summary.failures.map(({ row, id, state, amount, reason }) => [
      showCount(row),
      id,
      state,
      amount,
      showText(reason),
    ]);
    const heads = [
      { head: 'ROW', ...right },
      { head: 'WITHDRAWAL' },
      { head: 'STATE' },
      { head: 'AMOUNT' },
      { head: 'WHY' },
    ];
    output.line(renderTable(colours, heads, failed, '  '));
  }
  if (!end.waited)
    output.line(
      `\nThe payouts are under way as ${bulk.id}. Run the same command to watch them: it never pays twice.`,
    );
}

function headline(
  { colours }: Output,
  { bulk, summary, elapsedMs, waited }: Parameters<typeof printSummary>[1],
): string {
  const confirmed = summary.states.get('CONFIRMED')?.count ?? 0;
  const unpaid = (summary.states.get('FAILED')?.count ?? 0) + (summary.states.get('CANCELED')?.count ?? 0);
  const counts = `${plural(bulk.total, 'row')}: ${showCount(confirmed)} confirmed, ${showCount(unpaid)} not paid`;
  if (!waited) return `${counts}, ${showCount(bulk.total - confirmed - unpaid)} under way.`;
  const text = `${counts}, in ${showDuration(elapsedMs)}.`;
  return unpaid === 0 ? colours.green(text) : colours.yellow(text);
}

function group(decimal: string): string {
  const [whole = '', fraction] = decimal.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
