import { nameReason } from '../i18n/causes.ts';
import { defineTexts, useLocale, useTexts } from '../i18n/locale.ts';
import { sayMachineText } from '../i18n/machine-texts.ts';

const texts = defineTexts({
  ko: { points: (points: string) => `위험 ${points}점`, decides: '이것만으로 결정' },
  en: { points: (points) => `${points} points of risk`, decides: 'Decided by itself' },
});

/** Why the rules said what they said; those that decided first. */
export function ReasonList({
  reasons,
}: {
  reasons: readonly { code: string; text: string; points?: number | null }[];
}) {
  const words = useTexts(texts);
  const locale = useLocale();
  return (
    <ul className="flex flex-col gap-2">
      {reasons.map(({ code, text, points }) => (
        <li key={`${code} ${text}`} className="border-s-2 border-border ps-2.5 text-sm">
          <span className="flex flex-wrap items-baseline justify-between gap-x-3">
            <span className="font-medium">{nameReason(code, locale)}</span>
            {points === undefined ? null : (
              <span className="tabular text-xs text-muted">
                {points === null ? words.decides : words.points(String(points))}
              </span>
            )}
          </span>
          <span className="text-muted">{sayMachineText(text, locale)}</span>
        </li>
      ))}
    </ul>
  );
}
