import type { ReactNode } from 'react';
import type { Tone } from './tone.ts';

const marks: Readonly<Record<Tone, string>> = {
  idle: '',
  info: 'text-info-text',
  good: 'text-good-text',
  warn: 'text-warn-text',
  bad: 'text-bad-text',
};

/** One figure with its name; of one width for digits, so that a live figure does not shake. */
export function Stat(props: { label: string; value: ReactNode; note?: ReactNode; tone?: Tone }) {
  return (
    <div className="flex min-w-0 flex-col gap-0.5">
      <dt className="text-xs text-muted">{props.label}</dt>
      <dd className={`tabular text-xl font-semibold ${marks[props.tone ?? 'idle']}`}>{props.value}</dd>
      {props.note ? <dd className="tabular text-xs text-muted">{props.note}</dd> : null}
    </div>
  );
}
