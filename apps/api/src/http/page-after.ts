import { fieldProblems } from '@naru/wire/field-problem.ts';
import { decodeCursor } from './cursor.ts';
import { ProblemError } from './problem-error.ts';

/** The id after which the page begins; null: at the start. A cursor of another filter is refused. */
export function readPageCursor(
  cursor: string | undefined,
  filter: Readonly<Record<string, unknown>>,
): string | null {
  if (cursor === undefined) return null;
  const decoded = decodeCursor(cursor, filter);
  if (decoded.ok) return decoded.after;
  const message = fieldProblems[decoded.problem].en;
  throw new ProblemError('validation_failed', {
    errors: [{ pointer: '/cursor', code: decoded.problem, message }],
  });
}

/** Without the members that were not given, for a filter that must not have them. */
export function given<T extends Record<string, unknown>>(
  filter: T,
): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
