import { Button } from '@naru/ui/button.tsx';
import { Card } from '@naru/ui/card.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { Tone } from '@naru/ui/tone.ts';
import type { DeadLetterBody } from '@naru/wire/dead-letter.ts';
import { useMe } from '../../app/me.ts';
import { formatCount } from '../../format/number.ts';
import { causeClassTexts, describeCause } from '../../i18n/causes.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { Prose } from '../../primitives/prose.tsx';
import { Sums } from '../../primitives/sums.tsx';
import { letterTexts } from './dead-letter.texts.ts';
import { RetryCause } from './retry-cause.tsx';
import { mayRetry } from './retry-letter.ts';

export const classTones = {
  RETRYABLE: 'info',
  UNKNOWN: 'warn',
  OPERATOR: 'bad',
  FINAL: 'idle',
} as const satisfies Record<DeadLetterBody['class'], Tone>;

/** Each cause once: how many, how much, what it means and what to do. `isWhole`: there are no more than these. */
export function CauseCards(props: {
  letters: readonly DeadLetterBody[];
  isWhole: boolean;
  onChoose: (cause: string) => void;
  onRetry: (letters: readonly DeadLetterBody[]) => void;
}) {
  const words = useTexts(letterTexts);
  const classes = useTexts(causeClassTexts);
  const locale = useLocale();
  const mayOperate = useMe().can('operations:write');
  const causes = [...Map.groupBy(props.letters, (letter) => letter.cause)].sort(
    ([, one], [, other]) => other.length - one.length,
  );
  return (
    <ul
      aria-label={words.causes}
      className="grid grid-cols-[repeat(auto-fill,minmax(min(22rem,100%),1fr))] gap-4"
    >
      {causes.map(([code, letters]) => {
        const [first] = letters;
        if (first === undefined) return null;
        const cause = describeCause(code, first, locale);
        const count = formatCount(letters.length);
        const amounts = letters.flatMap(({ amount, asset }) =>
          amount === null || asset === null ? [] : [{ amount, asset }],
        );
        return (
          <li key={code}>
            <Card
              title={cause.name}
              actions={
                <span className="tabular text-sm font-semibold">
                  {props.isWhole ? words.count(count) : words.countAtLeast(count)}
                </span>
              }
              className="h-full"
            >
              <div className="flex flex-col gap-3 text-sm">
                <StatusChip tone={classTones[first.class]}>{classes[first.class]}</StatusChip>
                <p>
                  <Prose text={cause.means} />
                </p>
                <p>
                  <span className="font-semibold">{words.action}: </span>
                  <Prose text={cause.action} />
                </p>
                {amounts.length === 0 ? null : (
                  <span className="flex items-baseline justify-between gap-3">
                    <span className="text-muted">{words.atStake}</span>
                    <Sums rows={amounts} />
                  </span>
                )}
                <span className="flex flex-wrap gap-2">
                  <Button variant="outline" onPress={() => props.onChoose(code)}>
                    {words.only}
                  </Button>
                  {mayOperate && letters.some(mayRetry) ? (
                    <RetryCause cause={code} causeName={cause.name} onRead={props.onRetry} />
                  ) : null}
                </span>
              </div>
            </Card>
          </li>
        );
      })}
    </ul>
  );
}
