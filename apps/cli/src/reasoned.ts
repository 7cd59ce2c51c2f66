import type { Command } from 'commander';
import { usageError } from './context.ts';

export type Reasoned = { reason: string; json?: boolean };

/** For a command that changes something: why, and how it is told. */
export function withReason(command: Command): Command {
  return command
    .requiredOption('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object');
}

export function reasonOf({ reason }: Reasoned, lengthMax = 1_000): string {
  const text = reason.trim();
  if (text === '') throw usageError('the reason is empty: say why');
  if (text.length > lengthMax)
    throw usageError(`the reason has ${text.length} characters; there can be ${lengthMax}`);
  return text;
}
