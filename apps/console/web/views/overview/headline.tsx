import type { OverviewBody } from '@naru/wire/overview.ts';
import { Link } from '@tanstack/react-router';
import { AlertTriangle, CheckCircle2, XCircle } from 'lucide-react';
import { formatAmount, formatCount } from '../../format/number.ts';
import { formatDuration } from '../../format/time.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import type { Exception } from './find-exceptions.ts';
import { overviewTexts } from './overview.texts.ts';

const looks = {
  good: { icon: CheckCircle2, ground: 'bg-good-soft text-good-text' },
  warn: { icon: AlertTriangle, ground: 'bg-warn-soft text-warn-text' },
  bad: { icon: XCircle, ground: 'bg-bad-soft text-bad-text' },
} as const;

/** After these money will be stuck soon, or is not what the books say. */
const GRAVE: ReadonlySet<string> = new Set(['roles', 'books']);

/** Is money stuck? One sentence, before anything else. */
export function Headline({ body, exceptions }: { body: OverviewBody; exceptions: readonly Exception[] }) {
  const words = useTexts(overviewTexts);
  const locale = useLocale();
  const open = body.stages.reduce((sum, stage) => sum + (stage.state === 'REVIEW' ? 0 : stage.count), 0);
  const isStuck = body.stuck.count > 0;
  const isGrave = exceptions.some((one) => GRAVE.has(one.key));
  const tone = isStuck || isGrave ? 'bad' : exceptions.length > 0 ? 'warn' : 'good';
  const { icon: Icon, ground } = looks[tone];
  const title = isStuck
    ? words.stuckTitle(formatCount(body.stuck.count), formatDuration(body.stuckAfterSeconds * 1_000, locale))
    : exceptions.length > 0
      ? words.watchTitle(formatCount(exceptions.length))
      : open > 0
        ? words.movesTitle(formatCount(open))
        : words.quietTitle;
  return (
    <div role="status" className={`flex items-start gap-3 rounded-lg px-4 py-4 md:px-5 ${ground}`}>
      <Icon className="mt-0.5 size-6 shrink-0" aria-hidden />
      <div className="min-w-0">
        <p className="text-lg leading-snug font-bold md:text-xl">{title}</p>
        <p className="tabular mt-1 flex flex-wrap gap-x-4 text-sm">
          {isStuck ? (
            <span className="font-semibold">
              {words.stuckText}:{' '}
              {body.stuck.assets.map((one) => `${formatAmount(one.amount)} ${one.asset}`).join(' · ')}
            </span>
          ) : null}
          <span>{words.openCount(formatCount(open))}</span>
          <span>{words.inReview(formatCount(body.reviews.open))}</span>
        </p>
      </div>
    </div>
  );
}

/** Only what is not as it should be; nothing, and no place for it, when all is well. */
export function ExceptionBoxes({ exceptions }: { exceptions: readonly Exception[] }) {
  const words = useTexts(overviewTexts);
  if (exceptions.length === 0) return null;
  return (
    <section aria-label={words.exceptions}>
      <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2 lg:grid-cols-3 2xl:grid-cols-4">
        {exceptions.map((one) => {
          const { icon: Icon } = looks[one.tone];
          return (
            <li
              key={one.key}
              className={`flex flex-col gap-1 rounded-lg border bg-surface p-4 ${one.tone === 'bad' ? 'border-bad-text' : 'border-warn-text'}`}
            >
              <h2 className="flex items-center gap-2 text-sm font-semibold">
                <Icon
                  className={`size-4 shrink-0 ${one.tone === 'bad' ? 'text-bad-text' : 'text-warn-text'}`}
                  aria-hidden
                />
                {one.title}
                <span className="tabular ms-auto text-base font-bold">{one.figure}</span>
              </h2>
              <ul className="flex flex-col text-sm text-muted">
                {one.lines.map((line) => (
                  <li key={line} className="tabular line-clamp-2 break-words">
                    {line}
                  </li>
                ))}
              </ul>
              <ExceptionLink exception={one} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const LINK =
  'mt-auto inline-flex min-h-8 items-center self-start pt-1 text-sm font-medium text-link underline';

function ExceptionLink({ exception: { to, action } }: { exception: Exception }) {
  if (to.startsWith('#'))
    return (
      <a href={to} className={LINK}>
        {action}
      </a>
    );
  const [path = '/', query = ''] = to.split('?');
  return (
    <Link to={path} search={Object.fromEntries(new URLSearchParams(query))} className={LINK}>
      {action}
    </Link>
  );
}
