import { AlertTriangle, CheckCircle2, Info, XCircle } from 'lucide-react';
import type { ReactNode } from 'react';
import { type Tone, toneClasses } from './tone.ts';

const icons = { idle: Info, info: Info, good: CheckCircle2, warn: AlertTriangle, bad: XCircle } as const;

/** Something that must be read where it stands: what is the matter, why, and the way out. */
export function Banner(props: {
  tone: Tone;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  /** Said at once by screen readers; for what has just happened. */
  isAlert?: boolean;
}) {
  const Icon = icons[props.tone];
  return (
    <div
      role={props.isAlert ? 'alert' : 'status'}
      className={`flex flex-wrap items-start gap-x-3 gap-y-2 rounded-md px-3 py-2.5 ${toneClasses[props.tone]}`}
    >
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-semibold">{props.title}</p>
        {props.children ? <div className="mt-0.5 text-sm leading-relaxed">{props.children}</div> : null}
      </div>
      {props.actions ? <div className="flex flex-wrap gap-2">{props.actions}</div> : null}
    </div>
  );
}
