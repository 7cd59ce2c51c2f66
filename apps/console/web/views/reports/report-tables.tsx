import { Card } from '@naru/ui/card.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { ReportBody } from '@naru/wire/report.ts';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatAmount, formatCount } from '../../format/number.ts';
import { Time } from '../../primitives/time.tsx';
import { FiguresTable } from './figures-table.tsx';
import type { ReportWords } from './report.texts.ts';

type Parts = { report: ReportBody; words: ReportWords };
type Named = { chain: string; asset: string };

const nameOf = ({ chain, asset }: Named) => (
  <span className="whitespace-nowrap">
    <span className="font-medium">{asset}</span> <span className="text-xs text-muted">{chain}</span>
  </span>
);

/** Every table of a report, in the order in which one asks: what was paid, what went wrong, what it cost, what is left. */
export function ReportTables({ report, words }: Parts) {
  return (
    <>
      <Mismatches report={report} words={words} />
      <Withdrawals report={report} words={words} />
      <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-3">
        <Failures report={report} words={words} />
        <Gas report={report} words={words} />
        <Deposits report={report} words={words} />
      </div>
      <Ledger report={report} words={words} />
      <Versions report={report} words={words} />
    </>
  );
}

function Withdrawals({ report, words }: Parts) {
  const figures = ['openBefore', 'submitted', 'confirmed', 'failed', 'canceled', 'openAfter'] as const;
  const tally = ({ count, amount }: { count: number; amount: string }): ReactNode => (
    <span className="flex flex-col items-end">
      <span>{formatAmount(amount)}</span>
      <span className="text-xs text-muted">{formatCount(count)}</span>
    </span>
  );
  return (
    <Card title={words.withdrawals} isFlush>
      <FiguresTable
        label={words.withdrawals}
        columns={[
          { header: words.asset, isText: true },
          ...figures.map((figure) => ({ header: words[figure] })),
          { header: words.fees },
          { header: words.ties },
        ]}
        rows={report.assets.map((row) => ({
          key: `${row.chain}:${row.asset}`,
          cells: [
            nameOf(row),
            ...figures.map((figure) => tally(row[figure])),
            formatAmount(row.fees),
            <Tie key="tie" ties={row.ties} words={words} />,
          ],
        }))}
      />
    </Card>
  );
}

function Tie({ ties, words }: { ties: boolean; words: ReportWords }) {
  return <StatusChip tone={ties ? 'good' : 'bad'}>{ties ? words.tied : words.untied}</StatusChip>;
}

function Failures({ report, words }: Parts) {
  return (
    <Card title={words.failures} isFlush>
      {report.failures.length === 0 ? (
        <p className="p-4 text-sm text-muted">{words.noFailures}</p>
      ) : (
        <FiguresTable
          label={words.failures}
          columns={[
            { header: words.code, isText: true },
            { header: words.cause, isText: true },
            { header: words.count },
          ]}
          rows={report.failures.map(({ code, cause, count }) => ({
            key: `${code} ${cause}`,
            cells: [
              <code key="code" className="text-xs">
                {code}
              </code>,
              words[cause],
              formatCount(count),
            ],
          }))}
        />
      )}
    </Card>
  );
}

function Gas({ report, words }: Parts) {
  return (
    <Card title={words.gas} isFlush>
      {report.gas.length === 0 ? (
        <p className="p-4 text-sm text-muted">{words.noGas}</p>
      ) : (
        <FiguresTable
          label={words.gas}
          columns={[
            { header: words.asset, isText: true },
            { header: words.transactions },
            { header: words.gasUsed },
            { header: words.spent },
          ]}
          rows={report.gas.map((row) => ({
            key: `${row.chain}:${row.asset}`,
            cells: [
              nameOf(row),
              formatCount(row.transactions),
              formatAmount(row.gasUsed),
              formatAmount(row.spent),
            ],
          }))}
        />
      )}
    </Card>
  );
}

function Deposits({ report, words }: Parts) {
  return (
    <Card title={words.deposits} isFlush>
      {report.deposits.length === 0 ? (
        <p className="p-4 text-sm text-muted">{words.noDeposits}</p>
      ) : (
        <FiguresTable
          label={words.deposits}
          columns={[{ header: words.asset, isText: true }, { header: words.count }, { header: words.amount }]}
          rows={report.deposits.map((row) => ({
            key: `${row.chain}:${row.asset}`,
            cells: [nameOf(row), formatCount(row.credited.count), formatAmount(row.credited.amount)],
          }))}
        />
      )}
    </Card>
  );
}

function Ledger({ report, words }: Parts) {
  const names = words as unknown as Record<string, unknown>;
  const holderOf = (holder: string) => (typeof names[holder] === 'string' ? names[holder] : holder);
  return (
    <Card title={words.ledger} isFlush>
      <p className="px-4 py-3 text-sm text-muted">{words.ledgerHint}</p>
      <FiguresTable
        label={words.ledger}
        columns={[
          { header: words.asset, isText: true },
          { header: words.holder, isText: true },
          { header: words.opening },
          { header: words.in },
          { header: words.out },
          { header: words.closing },
          { header: words.ties },
        ]}
        rows={report.ledger.map((line) => ({
          key: `${line.chain}:${line.asset} ${line.holder}`,
          cells: [
            nameOf(line),
            holderOf(line.holder),
            formatAmount(line.opening),
            formatAmount(line.in),
            formatAmount(line.out),
            <strong key="closing" className="font-semibold">
              {formatAmount(line.closing)}
            </strong>,
            <Tie key="tie" ties={line.ties} words={words} />,
          ],
        }))}
      />
    </Card>
  );
}

function Mismatches({ report, words }: Parts) {
  if (report.mismatches.length === 0) return null;
  return (
    <Card title={words.mismatches} isFlush>
      <FiguresTable
        label={words.mismatches}
        columns={[
          { header: words.subject, isText: true },
          { header: words.expected },
          { header: words.found },
        ]}
        rows={report.mismatches.map(({ kind, subject, expected, found }) => ({
          key: `${kind} ${subject}`,
          cells: [`${kind} · ${subject}`, expected, found],
        }))}
      />
    </Card>
  );
}

function Versions({ report, words }: Parts) {
  const { period, date, versions } = report;
  if (versions.length === 0) return null;
  return (
    <Card title={words.versions} isFlush>
      <FiguresTable
        label={words.versions}
        columns={[
          { header: words.version, isText: true },
          { header: words.why, isText: true },
          { header: words.by, isText: true },
          { header: words.at },
          { header: words.ties },
        ]}
        rows={versions.map((one) => ({
          key: String(one.version),
          cells: [
            <Link
              key="version"
              to="/reports/$period/$date"
              params={{ period, date }}
              search={{ version: one.version }}
              className="font-medium hover:underline"
              {...(one.version === report.version ? { 'aria-current': 'true' as const } : {})}
            >
              v{one.version}
            </Link>,
            one.madeFor.startsWith('system:') ? words.onTime : one.reason,
            one.madeFor.startsWith('system:') ? words.system : one.madeFor,
            <Time key="at" at={one.madeAt} />,
            <Tie key="tie" ties={one.ties} words={words} />,
          ],
        }))}
      />
    </Card>
  );
}
