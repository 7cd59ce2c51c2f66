import { isNaruApiError } from '@naru/sdk/errors.ts';
import { EmptyState } from '@naru/ui/empty-state.tsx';
import { Navigate, useLocation } from '@tanstack/react-router';
import { common } from '../i18n/common.ts';
import { useTexts } from '../i18n/locale.ts';
import { PageProblem } from '../primitives/problem.tsx';

export function NotFound() {
  const words = useTexts(common);
  return <EmptyState title={words.notFound}>{words.notFoundHint}</EmptyState>;
}

/** Whoever is not signed in, or not all the way, goes there and comes back to where they wanted to be. */
export function RouteProblem({ error, reset }: { error: unknown; reset: () => void }) {
  const location = useLocation();
  if (isNaruApiError(error, 'unauthenticated') || isNaruApiError(error, 'second_factor_required'))
    return <Navigate to="/sign-in" search={{ back: location.href }} replace />;
  return <PageProblem error={error} onRetry={reset} />;
}
