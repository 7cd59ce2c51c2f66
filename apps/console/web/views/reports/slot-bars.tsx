import type { ReportBody } from '@naru/wire/report.ts';
import { formatCount } from '../../format/number.ts';
import { formatDay, formatMinute } from '../../format/time.ts';
import type { ReportWords } from './report.texts.ts';

const HEIGHT = 160;
const BAR = 24;
const GAP = 6;
const figures = [
  { name: 'confirmed', fill: 'var(--good-text)' },
  { name: 'failed', fill: 'var(--bad-text)' },
  { name: 'canceled', fill: 'var(--muted)' },
] as const;

/** What ended in each hour or day, one bar on the other, and a line where it was submitted. Prints as it is: no canvas. */
export function SlotBars({ report, words }: { report: ReportBody; words: ReportWords }) {
  const { slots, totals, period } = report;
  const isDaily = period === 'daily';
  const ended = (slot: (typeof slots)[number]) => slot.confirmed + slot.failed + slot.canceled;
  const most = Math.max(1, ...slots.map((slot) => Math.max(ended(slot), slot.submitted)));
  const width = slots.length * (BAR + GAP);
  const high = (count: number) => (count / most) * (HEIGHT - 20);
  const summary = words.chartSummary(
    formatCount(totals.submitted),
    formatCount(totals.confirmed),
    formatCount(totals.failed),
  );
  return (
    <figure className="m-0 flex min-w-0 flex-col gap-2">
      <svg
        role="img"
        aria-label={summary}
        viewBox={`0 0 ${width} ${HEIGHT + 18}`}
        preserveAspectRatio="none"
        className="h-48 w-full"
      >
        <line x1="0" x2={width} y1={HEIGHT} y2={HEIGHT} stroke="var(--separator)" />
        {slots.map((slot, index) => {
          const x = index * (BAR + GAP) + GAP / 2;
          let top = HEIGHT;
          const title = `${isDaily ? formatMinute(slot.at) : formatDay(slot.at)}  ${words.submitted} ${formatCount(slot.submitted)}, ${words.confirmed} ${formatCount(slot.confirmed)}, ${words.failed} ${formatCount(slot.failed)}, ${words.canceled} ${formatCount(slot.canceled)}`;
          return (
            <g key={slot.at}>
              <title>{title}</title>
              <rect x={x} y={0} width={BAR} height={HEIGHT} fill="transparent" />
              {figures.map(({ name, fill }) => {
                const size = high(slot[name]);
                top -= size;
                return <rect key={name} x={x} y={top} width={BAR} height={size} fill={fill} />;
              })}
              {slot.submitted === 0 ? null : (
                <line
                  x1={x - 2}
                  x2={x + BAR + 2}
                  y1={HEIGHT - high(slot.submitted)}
                  y2={HEIGHT - high(slot.submitted)}
                  stroke="var(--accent)"
                  strokeWidth="2"
                />
              )}
            </g>
          );
        })}
      </svg>
      <div className="tabular flex justify-between text-xs text-muted" aria-hidden>
        {[0, Math.floor(slots.length / 2), slots.length - 1].map((index) => {
          const slot = slots[index];
          if (slot === undefined) return null;
          return <span key={index}>{isDaily ? formatMinute(slot.at) : formatDay(slot.at)}</span>;
        })}
      </div>
      <figcaption className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
        <span className="inline-flex items-center gap-1.5">
          <span className="h-0.5 w-4" style={{ background: 'var(--accent)' }} aria-hidden />
          {words.submitted} {formatCount(totals.submitted)}
        </span>
        {figures.map(({ name, fill }) => (
          <span key={name} className="inline-flex items-center gap-1.5">
            <span className="size-2.5" style={{ background: fill }} aria-hidden />
            {words[name]} {formatCount(totals[name])}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
