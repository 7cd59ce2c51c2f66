import { Card } from '@naru/ui/card.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { OverviewBody } from '@naru/wire/overview.ts';
import { Link } from '@tanstack/react-router';
import { formatAmount, formatCount } from '../../format/number.ts';
import { formatDuration } from '../../format/time.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { withdrawalStateTexts, withdrawalTones } from '../../i18n/withdrawal-states.ts';
import { overviewTexts } from './overview.texts.ts';

type Stage = OverviewBody['stages'][number];

/** Where withdrawals are on their way, how many, and how old the oldest is. */
export function StagesCard({ body }: { body: OverviewBody }) {
  const words = useTexts(overviewTexts);
  return (
    <Card title={words.stages}>
      <ol className="grid grid-cols-2 gap-2 lg:grid-cols-4 2xl:grid-cols-8">
        {body.stages.map((stage) => (
          <li key={stage.state}>
            <StageBox stage={stage} asOf={body.asOf} />
          </li>
        ))}
      </ol>
    </Card>
  );
}

function StageBox({ stage, asOf }: { stage: Stage; asOf: string }) {
  const words = useTexts(overviewTexts);
  const states = useTexts(withdrawalStateTexts);
  const locale = useLocale();
  const isPerson = stage.state === 'REVIEW';
  const isStuck = stage.stuck > 0 && !isPerson;
  const age =
    stage.oldestAt === null
      ? null
      : formatDuration(Math.max(0, Date.parse(asOf) - Date.parse(stage.oldestAt)), locale);
  return (
    <Link
      to="/withdrawals"
      search={{ state: stage.state, order: 'oldest' }}
      className={`flex h-full flex-col gap-1 rounded-md border px-3 py-2.5 outline-offset-2 hover:bg-surface-secondary focus-visible:outline-2 focus-visible:outline-focus ${isStuck ? 'border-bad-text' : 'border-border'}`}
    >
      <span className="flex items-center justify-between gap-2">
        <StatusChip tone={isStuck ? 'bad' : stage.count === 0 ? 'idle' : withdrawalTones[stage.state]}>
          {states[stage.state]}
        </StatusChip>
        <span className="tabular text-xl font-semibold">{formatCount(stage.count)}</span>
      </span>
      <span className="tabular text-xs text-muted">{age === null ? words.empty : words.oldest(age)}</span>
      <span
        className={`tabular min-h-4 truncate text-xs ${isStuck ? 'font-semibold text-bad-text' : 'text-muted'}`}
      >
        {isStuck
          ? `${words.stuck} ${words.count(formatCount(stage.stuck))}`
          : isPerson && stage.count > 0
            ? words.waitsForPerson
            : stage.assets.map((one) => `${formatAmount(one.amount)} ${one.asset}`).join(' · ')}
      </span>
    </Link>
  );
}
