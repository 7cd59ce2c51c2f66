import type { ReactNode } from 'react';

/** Nothing is there: what would stand here, and how it comes about. */
export function EmptyState(props: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-2 px-4 py-12 text-center">
      <p className="text-base font-semibold">{props.title}</p>
      {props.children ? <div className="max-w-prose text-sm text-muted">{props.children}</div> : null}
      {props.action}
    </div>
  );
}
