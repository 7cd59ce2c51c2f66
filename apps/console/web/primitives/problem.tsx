import {
  NaruApiError,
  NaruConnectionError,
  NaruTimeoutError,
  OutcomeUnknownError,
} from '@naru/sdk/errors.ts';
import { Banner } from '@naru/ui/banner.tsx';
import { Button } from '@naru/ui/button.tsx';
import { EmptyState } from '@naru/ui/empty-state.tsx';
import { common } from '../i18n/common.ts';
import { useTexts } from '../i18n/locale.ts';
import { NotPossible } from './not-possible.ts';
import { Page } from './page.tsx';
import { problemTexts } from './problem.texts.ts';

/** The call may have reached the server: nobody knows what became of it. */
function isWithoutAnswer(error: unknown): boolean {
  return error instanceof NaruConnectionError || error instanceof NaruTimeoutError;
}

/**
 * What went wrong, whether anything was changed, and what to do, for any error of a call. Of a command that was not
 * answered it is never said that nothing was changed.
 */
export function ProblemBanner({
  error,
  isCommand = false,
  onRetry,
}: {
  error: unknown;
  isCommand?: boolean;
  onRetry?: (() => void) | undefined;
}) {
  const words = useTexts(common);
  const own = useTexts(problemTexts);
  const retry =
    onRetry === undefined ? null : (
      <Button size="sm" variant="outline" onPress={onRetry}>
        {words.retry}
      </Button>
    );
  if (error instanceof NotPossible) return <Banner tone="bad" title={error.message} isAlert />;
  if (error instanceof OutcomeUnknownError || (isCommand && isWithoutAnswer(error)))
    return (
      <Banner tone="warn" title={own.outcomeUnknown} actions={retry} isAlert>
        {own.outcomeUnknownHint}
      </Banner>
    );
  if (error instanceof NaruApiError) {
    const fields = error.problem.errors ?? [];
    return (
      <Banner tone="bad" title={error.problem.title} actions={error.retryable ? retry : null} isAlert>
        <p>{error.problem.detail}</p>
        {fields.length === 0 ? null : (
          <ul className="mt-1 list-disc ps-5">
            {fields.slice(0, 10).map((field) => (
              <li key={`${'pointer' in field ? field.pointer : `${field.row} ${field.field}`} ${field.code}`}>
                {'pointer' in field ? <code className="text-xs">{field.pointer}</code> : null} {field.message}
              </li>
            ))}
          </ul>
        )}
        <p className="mt-1 text-xs">
          {words.requestId}: <code>{error.requestId}</code>
        </p>
      </Banner>
    );
  }
  if (isWithoutAnswer(error))
    return (
      <Banner tone="bad" title={words.unreachable} actions={retry} isAlert>
        {words.unreachableHint}
      </Banner>
    );
  return (
    <Banner tone="bad" title={words.unknownError} actions={retry} isAlert>
      {error instanceof Error ? error.message : String(error)}
    </Banner>
  );
}

/** In place of a part of a page that could not be loaded. */
export function PartProblem({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const absence = useAbsence(error);
  if (absence !== null) return <EmptyState title={absence.title}>{absence.hint}</EmptyState>;
  return (
    <div className="p-4">
      <ProblemBanner error={error} onRetry={onRetry} />
    </div>
  );
}

/** In place of a whole page that could not be loaded. */
export function PageProblem({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const own = useTexts(problemTexts);
  const absence = useAbsence(error);
  if (absence !== null) return <Page title={absence.title} lead={absence.hint} />;
  return (
    <Page title={own.pageFailed}>
      <ProblemBanner error={error} onRetry={onRetry} />
    </Page>
  );
}

/** Of what is not there, or not for this person; null of anything else. */
function useAbsence(error: unknown): { title: string; hint: string } | null {
  const words = useTexts(common);
  if (!(error instanceof NaruApiError)) return null;
  if (error.status === 404) return { title: words.notFound, hint: words.notFoundHint };
  if (error.code === 'forbidden') return { title: words.notAllowed, hint: error.problem.detail };
  return null;
}
