/** Languages that error texts come in. The first is the default. */
export const languages = ['en', 'ko'] as const;
export type Language = (typeof languages)[number];

type Texts = Readonly<Record<Language, string>>;
export type CatalogueEntry = {
  /** HTTP status. */
  status: number;
  /** Whether the very same call, with the same idempotency key, can succeed later. */
  retryable: boolean;
  title: Texts;
  /** What is wrong, when nothing more exact is known. */
  what: Texts;
  /** Did money move, and what to do now. */
  next: Texts;
};
