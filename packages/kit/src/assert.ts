/**
 * Assertions stay on in production. A failed assertion is a bug of ours, never a caller's mistake:
 * the step that meets it stops, nothing is guessed. Refusals to callers are typed errors instead.
 */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Returns `value`, or fails when it is null or undefined. `what` names the thing in the message. */
export function assertPresent<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new AssertionError(`${what} is missing`);
  return value;
}

/** For the default branch of an exhaustive switch: does not compile while a case is missing. */
export function assertNever(value: never, what = 'value'): never {
  throw new AssertionError(`unexpected ${what}: ${JSON.stringify(value)}`);
}
