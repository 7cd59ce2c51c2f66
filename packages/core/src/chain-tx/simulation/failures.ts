/** Something that may happen and that the program under test must live with: a call that failed, a lease that was lost. */
export class Trouble extends Error {}

/** Something that must never be true has become true: a bug. */
export class Violation extends Error {}

export function ensure(condition: boolean, message: () => string): void {
  if (!condition) throw new Violation(message());
}
