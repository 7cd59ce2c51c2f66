import type { Tone } from './tone.ts';

const fills: Readonly<Record<Tone, string>> = {
  idle: 'bg-idle-text',
  info: 'bg-accent',
  good: 'bg-good-text',
  warn: 'bg-warn-text',
  bad: 'bg-bad-text',
};

/** A share from 0 to 1 as a bar; `text` says it in words. */
export function Meter({
  share,
  label,
  text,
  tone = 'info',
}: {
  share: number;
  label: string;
  text: string;
  tone?: Tone;
}) {
  const percent = Math.max(0, Math.min(100, share * 100));
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers do not let a <meter> be drawn with our tokens
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(percent)}
      aria-valuetext={text}
      className="h-1.5 w-full overflow-hidden rounded-full bg-idle-soft"
    >
      <div className={`h-full rounded-full ${fills[tone]}`} style={{ width: `${percent}%` }} />
    </div>
  );
}

/** Work that goes on: how much of it is done. */
export function Progress({
  done,
  total,
  label,
  text,
}: {
  done: number;
  total: number;
  label: string;
  text: string;
}) {
  const percent = total === 0 ? 0 : Math.min(100, (done / total) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(percent)}
      aria-valuetext={text}
      className="h-2 w-full overflow-hidden rounded-full bg-idle-soft"
    >
      <div className="h-full rounded-full bg-accent transition-[width]" style={{ width: `${percent}%` }} />
    </div>
  );
}
