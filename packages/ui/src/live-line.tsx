import { useEffect, useRef } from 'react';
import uPlot from 'uplot';

export type LiveSeries = { label: string; token: '--accent' | '--good-text' | '--bad-text' | '--warn-text' };

/**
 * Lines over time that are redrawn as figures come. `times` are seconds since 1970; a null is a gap. `summary` is what a
 * screen reader is told instead.
 */
export function LiveLine(props: {
  times: readonly number[];
  values: readonly (readonly (number | null)[])[];
  series: readonly LiveSeries[];
  height?: number;
  summary: string;
  formatTime: (seconds: number) => string;
  formatValue: (value: number) => string;
  /** Changes when colours do. */
  theme: string;
}) {
  const { times, values, series, height = 160, summary, formatTime, formatValue, theme } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const seriesKey = series.map((one) => one.label).join('\n');

  // biome-ignore lint/correctness/useExhaustiveDependencies: data is set below; made anew only when its look changes
  useEffect(() => {
    const target = place.current;
    if (target === null) return;
    const colorOf = (token: string) => getComputedStyle(target).getPropertyValue(token).trim();
    const axis = {
      stroke: colorOf('--muted'),
      grid: { stroke: colorOf('--separator'), width: 1 },
      ticks: { show: false },
      font: '11px "Pretendard Variable", sans-serif',
    };
    const made = new uPlot(
      {
        width: Math.max(target.clientWidth, 200),
        height,
        legend: { show: false },
        cursor: { y: false },
        scales: { y: { range: (_plot, _min, max) => [0, Math.max(max * 1.1, 1)] } },
        axes: [
          { ...axis, values: (_plot, splits) => splits.map(formatTime), space: 80 },
          { ...axis, values: (_plot, splits) => splits.map(formatValue), size: 48 },
        ],
        series: [
          {},
          ...series.map((one) => ({
            label: one.label,
            stroke: colorOf(one.token),
            width: 1.5,
            points: { show: false },
          })),
        ],
      },
      toData(times, values),
      target,
    );
    plot.current = made;
    const observer = new ResizeObserver(() =>
      made.setSize({ width: Math.max(target.clientWidth, 200), height }),
    );
    observer.observe(target);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [seriesKey, height, theme]);

  useEffect(() => {
    plot.current?.setData(toData(times, values));
  }, [times, values]);

  return (
    <figure className="m-0 flex min-w-0 flex-col gap-2">
      <div
        ref={place}
        role="img"
        aria-label={summary}
        style={{ height }}
        className="min-w-0 overflow-hidden"
      />
      <figcaption className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
        {series.map((one) => (
          <span key={one.label} className="inline-flex items-center gap-1.5">
            <span className="h-0.5 w-4 rounded" style={{ background: `var(${one.token})` }} aria-hidden />
            {one.label}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

function toData(
  times: readonly number[],
  values: readonly (readonly (number | null)[])[],
): uPlot.AlignedData {
  return [[...times], ...values.map((line) => [...line])];
}
