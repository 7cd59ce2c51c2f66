import { REPOSITORY } from './repository/files.ts';
import { EXCEPTIONS } from './tidy/exceptions.ts';
import type { Finding } from './tidy/rule.ts';
import { runTidy } from './tidy/run-tidy.ts';

/** `node tools/tidy.ts`: names what STYLE bans and what to use instead. Exit 1 when there is any. */
const findings = runTidy(REPOSITORY, EXCEPTIONS);
const errors = findings.filter(({ isWarning }) => !isWarning);
for (const finding of findings) process.stdout.write(`${describe(finding)}\n`);
process.stdout.write(`tidy: ${errors.length} to fix, ${findings.length - errors.length} to think about\n`);
process.exitCode = errors.length === 0 ? 0 : 1;

function describe({ rule, file, line, message, isWarning }: Finding): string {
  return `${file}:${line} ${isWarning ? 'note' : 'error'} [${rule}] ${message}`;
}
