import type { ReactNode } from 'react';

/** A part of a page with a heading. */
export function Card(props: {
  title?: string;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
  /** Tables reach to the edge. */
  isFlush?: boolean;
}) {
  const { title, actions, children, className, isFlush } = props;
  return (
    <section
      className={`min-w-0 rounded-lg border border-border bg-surface ${className ?? ''}`}
      {...(title === undefined ? {} : { 'aria-label': title })}
    >
      {title === undefined && actions === undefined ? null : (
        <div className="flex min-h-11 flex-wrap items-center justify-between gap-2 border-b border-separator px-4 py-1.5">
          <h2 className="text-sm font-semibold">{title}</h2>
          {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
        </div>
      )}
      <div className={isFlush ? '' : 'p-4'}>{children}</div>
    </section>
  );
}
