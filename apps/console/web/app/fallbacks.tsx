import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { common } from '../i18n/common.ts';
import { useTexts } from '../i18n/locale.ts';
import { Page } from '../primitives/page.tsx';
import { PageProblem } from '../primitives/problem.tsx';
import { isRefusedForNow, signInAddress } from './refusals.ts';

/** In place of a view that one may not see. The API refuses its calls, too. */
export function NotAllowed({ scope }: { scope: string }) {
  const words = useTexts(common);
  return (
    <Page title={words.notAllowed} lead={words.notAllowedHint(scope)}>
      <Home />
    </Page>
  );
}

export function NotFound() {
  const words = useTexts(common);
  return (
    <Page title={words.notFound} lead={words.notFoundHint}>
      <Home />
    </Page>
  );
}

function Home() {
  const words = useTexts(common);
  return (
    <Link to="/" className="text-link underline">
      {words.home}
    </Link>
  );
}

/**
 * Whoever is not signed in any more goes there and comes back to where they were. The page is loaded anew, so that nothing
 * of the session that has ended stays in it.
 */
export function RouteProblem({ error, reset }: { error: unknown; reset: () => void }) {
  const isRefused = isRefusedForNow(error);
  useEffect(() => {
    if (isRefused) window.location.replace(signInAddress(window.location.pathname + window.location.search));
  }, [isRefused]);
  return isRefused ? null : <PageProblem error={error} onRetry={reset} />;
}
