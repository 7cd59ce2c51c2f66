import { type Language, languages } from '@naru/wire/problem-entry.ts';

/** Longer lists are nobody's; reading stops there. */
const RANGES_MAX = 20;

/** The language of error texts. Source: RFC 9110, 12.5.4 (weights; `ko-KR` matches `ko`; `*` is the default). */
export function negotiateLanguage(acceptLanguage: string | undefined): Language {
  if (acceptLanguage === undefined) return languages[0];
  let best: Language = languages[0];
  let bestWeight = 0;
  for (const range of acceptLanguage.split(',').slice(0, RANGES_MAX)) {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
    const weightText = parameters.map((text) => text.trim()).find((text) => text.startsWith('q='));
    const weight = weightText === undefined ? 1 : Number(weightText.slice(2));
    const primary = tag.trim().split('-')[0];
    const language = primary === '*' ? languages[0] : languages.find((known) => known === primary);
    if (language !== undefined && weight > bestWeight) {
      best = language;
      bestWeight = weight;
    }
  }
  return best;
}
