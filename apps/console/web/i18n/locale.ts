import { createContext, useContext } from 'react';

export const locales = ['ko', 'en'] as const;
export type Locale = (typeof locales)[number];

export const LocaleContext = createContext<Locale>('ko');

export function useLocale(): Locale {
  return useContext(LocaleContext);
}

/** The words of one view in both languages; the English ones must have each that the Korean ones have. */
export type Texts<Words> = { readonly ko: Words; readonly en: Words };

export function defineTexts<const Words extends Readonly<Record<string, unknown>>>(texts: {
  ko: Words;
  en: { [Key in keyof Words]: Widened<Words[Key]> };
}): Texts<{ [Key in keyof Words]: Widened<Words[Key]> }> {
  return texts as never;
}

type Widened<Value> = Value extends string
  ? string
  : Value extends (...args: infer Args) => string
    ? (...args: Args) => string
    : { [Key in keyof Value]: Widened<Value[Key]> };

export function useTexts<Words>(texts: Texts<Words>): Words {
  return texts[useLocale()];
}
