import { SkeletonRows } from '@naru/ui/skeleton.tsx';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { common } from '../i18n/common.ts';
import { useTexts } from '../i18n/locale.ts';
import { PageProblem, ProblemBanner } from './problem.tsx';

/** One answer of the API in all its states. What was shown before stays when a later look fails, with the problem above it. */
export function QueryView<Data>(props: {
  query: UseQueryResult<Data>;
  skeletonRows?: number;
  children: (data: Data) => ReactNode;
}) {
  const words = useTexts(common);
  const { query } = props;
  const retry = () => void query.refetch();
  if (query.data === undefined)
    return query.isError ? (
      <PageProblem error={query.error} onRetry={retry} />
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
