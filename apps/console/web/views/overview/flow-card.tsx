import { Card } from '@naru/ui/card.tsx';
import { Skeleton } from '@naru/ui/skeleton.tsx';
import { Stat } from '@naru/ui/stat.tsx';
import type { OverviewBody } from '@naru/wire/overview.ts';
import { lazy, Suspense, useMemo } from 'react';
import { useTheme } from '../../app/preferences.ts';
import { formatCount, formatRate, formatShare } from '../../format/number.ts';
import { formatClock, formatDuration } from '../../format/time.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { overviewTexts } from './overview.texts.ts';

const LiveLine = lazy(async () => ({ default: (await import('@naru/ui/live-line.tsx')).LiveLine }));

/** Pixels; held also before the chart is there. */
const CHART_HEIGHT = 168;

export function FlowCard({ flow }: { flow: OverviewBody['flow'] }) {
  const words = useTexts(overviewTexts);
  const theme = useTheme();
  const { bucketSeconds, buckets, now } = flow;
  const { times, values } = useMemo(() => {
    // The last one is not over, and would look like a fall.
    const whole = buckets.slice(0, -1);
    const line = (name: 'submitted' | 'confirmed' | 'failed') =>
      whole.map((bucket) => bucket[name] / bucketSeconds);
    return {
      times: whole.map((bucket) => Date.parse(bucket.at) / 1_000),
      values: [line('submitted'), line('confirmed'), line('failed')],
    };
  }, [buckets, bucketSeconds]);
  const series = useMemo(
    () =>
      [
        { label: words.submitted, token: '--accent' },
        { label: words.confirmed, token: '--good-text' },
        { label: words.failed, token: '--bad-text' },
      ] as const,
    [words],
  );
  const rates = { submitted: formatRate(now.submitted), confirmed: formatRate(now.confirmed) };
  const failed = formatRate(now.failed);
  return (
    <Card title={words.flow}>
      <dl className="grid grid-cols-3 gap-4 pb-3">
        <Stat label={words.submitted} value={rates.submitted} />
        <Stat label={words.confirmed} value={rates.confirmed} />
        <Stat label={words.failed} value={failed} tone={now.failed > 0 ? 'bad' : 'idle'} />
      </dl>
      <Suspense fallback={<Skeleton className="h-48 w-full" />}>
        <LiveLine
          times={times}
          values={values}
          series={series}
          height={CHART_HEIGHT}
          summary={words.flowSummary(rates.submitted, rates.confirmed, failed)}
          formatTime={(seconds) => formatClock(seconds * 1_000)}
          formatValue={(value) => formatRate(value)}
          theme={theme}
        />
      </Suspense>
    </Card>
  );
}

export function LastHourCard({ lastHour }: { lastHour: OverviewBody['lastHour'] }) {
  const words = useTexts(overviewTexts);
  const locale = useLocale();
  const { successRate, latencySeconds, failedOurs, failedRecipient, failedDecision } = lastHour;
  const latency = (seconds: number | undefined) =>
    seconds === undefined ? '—' : formatDuration(seconds * 1_000, locale);
  return (
    <Card title={words.lastHour}>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-4">
        <Stat
          label={words.successRate}
          value={successRate === null ? '—' : formatShare(successRate)}
          note={successRate === null ? words.nothingEnded : undefined}
          tone={successRate === null ? 'idle' : successRate < 0.99 ? 'bad' : 'good'}
        />
        <Stat label={words.submitted} value={formatCount(lastHour.submitted)} />
        <Stat label={words.confirmed} value={formatCount(lastHour.confirmed)} />
        <Stat
          label={words.failedOurs}
          value={formatCount(failedOurs)}
          tone={failedOurs > 0 ? 'bad' : 'idle'}
        />
        <Stat label={words.failedRecipient} value={formatCount(failedRecipient)} />
        <Stat label={words.failedDecision} value={formatCount(failedDecision)} />
      </dl>
      <h3 className="mt-4 border-t border-separator pt-3 text-xs text-muted">
        {words.latency}
        {latencySeconds === null ? ` · ${words.nothingConfirmed}` : ''}
      </h3>
      <dl className="mt-2 grid grid-cols-3 gap-4">
        <Stat label="p50" value={latency(latencySeconds?.p50)} />
        <Stat label="p95" value={latency(latencySeconds?.p95)} />
        <Stat label="p99" value={latency(latencySeconds?.p99)} />
      </dl>
    </Card>
  );
}
