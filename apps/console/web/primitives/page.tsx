import { type ReactNode, useEffect } from 'react';

/** What every view has: a title, also of the document, what can be done here, and its content. */
export function Page(props: {
  title: string;
  /** What this page is for, in one sentence. */
  lead?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}) {
  const { title } = props;
  useEffect(() => {
    document.title = `${title} · Naru`;
  }, [title]);
  return (
    <div className="flex min-w-0 flex-col gap-4 p-4 md:p-6">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-xl font-bold">{title}</h1>
          {props.lead ? <p className="mt-1 max-w-prose text-sm text-muted">{props.lead}</p> : null}
        </div>
        {props.actions ? <div className="flex flex-wrap items-center gap-2">{props.actions}</div> : null}
      </header>
      {props.children}
    </div>
  );
}
