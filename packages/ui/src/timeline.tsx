import type { ReactNode } from 'react';
import type { Tone } from './tone.ts';

export type TimelineEntry = {
  key: string;
  tone: Tone;
  title: ReactNode;
  time: ReactNode;
  detail?: ReactNode;
};

const dots: Readonly<Record<Tone, string>> = {
  idle: 'bg-idle-text',
  info: 'bg-info-text',
  good: 'bg-good-text',
  warn: 'bg-warn-text',
  bad: 'bg-bad-text',
};

/** What happened, in its order. */
export function Timeline({ entries, label }: { entries: readonly TimelineEntry[]; label: string }) {
  return (
    <ol aria-label={label} className="flex flex-col">
      {entries.map((entry, index) => (
        <li key={entry.key} className="relative flex gap-3 pb-4 last:pb-0">
          {index === entries.length - 1 ? null : (
            <span className="absolute top-4 bottom-0 left-[5px] w-px bg-border" aria-hidden />
          )}
          <span className={`mt-1.5 size-[11px] shrink-0 rounded-full ${dots[entry.tone]}`} aria-hidden />
          <div className="min-w-0 flex-1">
            <div className="flex flex-wrap items-baseline justify-between gap-x-4">
              <span className="text-sm font-medium">{entry.title}</span>
              <span className="tabular text-xs text-muted">{entry.time}</span>
            </div>
            {entry.detail ? <div className="mt-0.5 text-sm text-muted">{entry.detail}</div> : null}
          </div>
        </li>
      ))}
    </ol>
  );
}
