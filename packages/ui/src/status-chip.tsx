import { AlertTriangle, CheckCircle2, Circle, CircleDot, XCircle } from 'lucide-react';
import type { ComponentType } from 'react';
import { type Tone, toneClasses } from './tone.ts';

const icons: Readonly<Record<Tone, ComponentType<{ className?: string }>>> = {
  idle: Circle,
  info: CircleDot,
  good: CheckCircle2,
  warn: AlertTriangle,
  bad: XCircle,
};

/** A state in one word, with a mark: never by colour alone. */
export function StatusChip({ tone, children }: { tone: Tone; children: string }) {
  const Icon = icons[tone];
  return (
    <span
      className={`inline-flex h-5.5 items-center gap-1 rounded px-1.5 text-xs font-medium whitespace-nowrap ${toneClasses[tone]}`}
    >
      <Icon className="size-3 shrink-0" aria-hidden />
      {children}
    </span>
  );
}
