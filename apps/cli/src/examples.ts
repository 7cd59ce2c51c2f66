import type { Command } from 'commander';

/** Adds `Examples:` to a command's help: what to type, and what it is for. */
export function addExamples(command: Command, examples: readonly (readonly [string, string])[]): Command {
  const lines = examples.map(([text, purpose]) => `  ${text}\n      ${purpose}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}
