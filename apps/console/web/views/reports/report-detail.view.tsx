import { Banner } from '@naru/ui/banner.tsx';
import { Button } from '@naru/ui/button.tsx';
import { Card } from '@naru/ui/card.tsx';
import { Stat } from '@naru/ui/stat.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { ReportBody } from '@naru/wire/report.ts';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { naru } from '../../app/client.ts';
import { formatCount, formatShare } from '../../format/number.ts';
import { formatDay, formatTime } from '../../format/time.ts';
import { useTexts } from '../../i18n/locale.ts';
import { Page } from '../../primitives/page.tsx';
import { QueryPage } from '../../primitives/query-view.tsx';
import { DownloadWorkbook } from './download-workbook.tsx';
import { type ReportWords, reportTexts } from './report.texts.ts';
import { ReportTables } from './report-tables.tsx';
import { RerunButton } from './rerun-button.tsx';
import { SlotBars } from './slot-bars.tsx';

/** How often a report that changes is looked at again. */
const DRAFT_LOOK_MS = 30_000;
const RERUN_LOOK_MS = 3_000;

export function ReportDetailView() {
  const words = useTexts(reportTexts);
  const name = useParams({ from: '/shell/reports/$period/$date' });
  const { version } = useSearch({ from: '/shell/reports/$period/$date' });
  // The API judges what the address says.
  const period = name.period as ReportBody['period'];
  const asked = { period, date: name.date, ...(version === undefined ? {} : { version }) };
  const query = useQuery({
    queryKey: ['reports', name.period, name.date, version ?? 'newest'],
    queryFn: ({ signal }) => naru.admin.reports.get(asked, { signal }),
    refetchInterval: ({ state }) => {
      if (state.data?.rerun) return RERUN_LOOK_MS;
      return state.data?.status === 'DRAFT' ? DRAFT_LOOK_MS : false;
    },
  });
  useLightPrint();
  return (
    <QueryPage query={query} skeletonRows={12}>
      {(report) => (
        <Page
          title={words.heading(words[report.period], report.date)}
          lead={words.range(formatDay(report.from), formatDay(new Date(new Date(report.to).getTime() - 1)))}
          actions={<Actions report={report} words={words} />}
        >
          <Notices report={report} words={words} />
          <Summary report={report} words={words} />
          <Card title={report.period === 'daily' ? words.chartHours : words.chartDays}>
            <SlotBars report={report} words={words} />
          </Card>
          <ReportTables report={report} words={words} />
          <p className="hidden text-xs print:block">{words.printed}</p>
        </Page>
      )}
    </QueryPage>
  );
}

function Actions({ report, words }: { report: ReportBody; words: ReportWords }) {
  const { period, date, version, status } = report;
  const path = naru.admin.reports.filePath({ period, date, ...(status === 'DRAFT' ? {} : { version }) });
  return (
    <div className="flex flex-wrap gap-2 print:hidden">
      <RerunButton report={report} />
      <a
        href={`/api${path}`}
        download
        className="inline-flex h-8 items-center rounded-md border border-border px-3 text-sm font-medium hover:bg-surface-secondary"
      >
        {words.csv}
      </a>
      <DownloadWorkbook report={report} />
      <Button variant="primary" onPress={() => window.print()}>
        {words.print}
      </Button>
    </div>
  );
}

function Notices({ report, words }: { report: ReportBody; words: ReportWords }) {
  const newest = report.versions[0]?.version ?? 0;
  const { period, date } = report;
  return (
    <>
      {report.ties ? null : (
        <Banner
          tone="bad"
          title={words.untiedTitle}
          actions={
            <Link to="/reconciliation" className="text-sm font-medium underline print:hidden">
              {words.toReconciliation}
            </Link>
          }
        >
          {words.untiedText}
        </Banner>
      )}
      {report.status === 'DRAFT' ? (
        <Banner tone="info" title={words.draftTitle}>
          {words.draftText(formatTime(report.asOf))}
        </Banner>
      ) : null}
      {report.rerun === null ? null : (
        <Banner tone="info" title={words.rerunTitle}>
          {words.rerunText(report.rerun.reason)}
        </Banner>
      )}
      {report.status === 'FINAL' && report.version < newest ? (
        <Banner
          tone="warn"
          title={words.oldTitle}
          actions={
            <Link
              to="/reports/$period/$date"
              params={{ period, date }}
              search={{}}
              className="text-sm font-medium underline print:hidden"
            >
              {words.newest}
            </Link>
          }
        >
          {words.oldText}
        </Banner>
      ) : null}
    </>
  );
}

function Summary({ report, words }: { report: ReportBody; words: ReportWords }) {
  const { totals, status, version, ties } = report;
  const { latency } = totals;
  const seconds = (value: number) => words.seconds(value.toFixed(1));
  return (
    <Card
      title={words.summary}
      actions={
        <>
          <StatusChip tone={status === 'FINAL' ? 'good' : 'info'}>
            {status === 'FINAL' ? `${words.FINAL} · v${version}` : words.DRAFT}
          </StatusChip>
          <StatusChip tone={ties ? 'good' : 'bad'}>
            {`${words.ties}: ${ties ? words.tied : words.untied}`}
          </StatusChip>
        </>
      }
    >
      <dl className="grid grid-cols-2 gap-4 sm:grid-cols-3 xl:grid-cols-6">
        {(['submitted', 'confirmed', 'failed', 'canceled'] as const).map((figure) => (
          <Stat key={figure} label={words[figure]} value={formatCount(totals[figure])} />
        ))}
        <Stat
          label={words.success}
          value={totals.successRate === null ? '—' : formatShare(totals.successRate)}
        />
        <Stat
          label={words.latency}
          value={latency === null ? '—' : seconds(latency.p50)}
          {...(latency === null ? {} : { note: `p95 ${seconds(latency.p95)} · p99 ${seconds(latency.p99)}` })}
        />
      </dl>
    </Card>
  );
}

/** Paper is white whatever the theme is. */
function useLightPrint(): void {
  useEffect(() => {
    const root = document.documentElement;
    const kept = { theme: '', className: '' };
    const before = () => {
      kept.theme = root.dataset['theme'] ?? '';
      kept.className = root.className;
      root.dataset['theme'] = 'light';
      root.classList.replace('dark', 'light');
    };
    const after = () => {
      root.dataset['theme'] = kept.theme;
      root.className = kept.className;
    };
    window.addEventListener('beforeprint', before);
    window.addEventListener('afterprint', after);
    return () => {
      window.removeEventListener('beforeprint', before);
      window.removeEventListener('afterprint', after);
    };
  }, []);
}
