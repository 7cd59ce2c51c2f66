import { SkeletonRows } from '@naru/ui/skeleton.tsx';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { common } from '../i18n/common.ts';
import { useTexts } from '../i18n/locale.ts';
import { PageProblem, PartProblem, ProblemBanner } from './problem.tsx';

type Shown<Data> = {
  query: UseQueryResult<Data>;
  skeletonRows?: number;
  children: (data: Data) => ReactNode;
};

/** A part of a page: one answer of the API in all its states. */
export function QueryView<Data>(props: Shown<Data>) {
  return <QueryStates {...props} problem={PartProblem} />;
}

/** The same of an answer that is the whole page: when there is none, what went wrong is the page's heading. */
export function QueryPage<Data>(props: Shown<Data>) {
  return <QueryStates {...props} problem={PageProblem} />;
}

/** What was shown before stays when a later look fails, with the problem above it. */
function QueryStates<Data>(props: Shown<Data> & { problem: typeof PartProblem }) {
  const words = useTexts(common);
  const { query, problem: Problem } = props;
  const retry = () => void query.refetch();
  if (query.data === undefined)
    return query.isError ? (
      <Problem error={query.error} onRetry={retry} />
    ) : (
      <SkeletonRows rows={props.skeletonRows ?? 6} label={words.loading} />
    );
  return (
    <>
      {query.isError ? <ProblemBanner error={query.error} onRetry={retry} /> : null}
      {props.children(query.data)}
    </>
  );
}
