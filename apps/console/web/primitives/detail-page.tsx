import { Banner } from '@naru/ui/banner.tsx';
import type { Tone } from '@naru/ui/tone.ts';
import type { ReactNode } from 'react';
import { Page } from './page.tsx';

/** What is the matter with the thing, before anything else about it, with what can be done. */
export type Anomaly = { tone: Tone; title: string; text: ReactNode; actions?: ReactNode };

/** One thing: what is wrong with it first, then what it is, then what happened to it. */
export function DetailPage(props: {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  anomaly?: Anomaly | null;
  /** Main column: what it is, and its history. */
  children: ReactNode;
  /** Beside it on a wide screen, below it on a phone. */
  aside?: ReactNode;
}) {
  const { anomaly } = props;
  return (
    <Page title={props.title} lead={props.lead} actions={props.actions}>
      {anomaly ? (
        <Banner tone={anomaly.tone} title={anomaly.title} actions={anomaly.actions}>
          {anomaly.text}
        </Banner>
      ) : null}
      <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(20rem,1fr)]">
        <div className="flex min-w-0 flex-col gap-4">{props.children}</div>
        {props.aside ? <aside className="flex min-w-0 flex-col gap-4">{props.aside}</aside> : null}
      </div>
    </Page>
  );
}
