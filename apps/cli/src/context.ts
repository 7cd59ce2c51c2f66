import { CodedError } from '@naru/kit/errors.ts';
import type { CliConfig } from './config.ts';
import type { Output } from './output.ts';

/** What every command gets. */
export type CliContext = {
  readonly config: CliConfig;
  readonly output: Output;
  /** Says once on standard error when the values come from a local stack. To be called before they are used. */
  announcePlace(): void;
  /** Sets the exit code of a command that did its work and found something that does not hold. Default: 1. */
  fail(exitCode?: number): void;
};

/** A mistake in how a command was called: exit code 2. */
export function usageError(message: string): CodedError {
  return new CodedError('usage', message);
}
