import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isJavaScript, listFiles } from '../repository/files.ts';
import { parseSource, type Source } from '../repository/source.ts';
import { readWorkspaces } from '../repository/workspaces.ts';
import { barrels } from './barrels.ts';
import { consoleOutput } from './console-output.ts';
import { checkDependencies } from './dependencies.ts';
import { environment } from './environment.ts';
import { escapeHatches } from './escape-hatches.ts';
import type { Exception } from './exceptions.ts';
import { findFloatingPromises } from './floating-promises.ts';
import { functionSize } from './function-size.ts';
import { checkLockfile } from './lockfile.ts';
import { moneyAsNumber } from './money-as-number.ts';
import { PURE_FILES, purity } from './purity.ts';
import type { Finding, Report, SourceRule } from './rule.ts';
import { sqlPlacement } from './sql-placement.ts';
import { testModifiers } from './test-modifiers.ts';
import { isText, proseOf, TEXT_RULES } from './text.ts';

const SOURCE_RULES: readonly SourceRule[] = [
  environment,
  sqlPlacement,
  purity,
  consoleOutput,
  escapeHatches,
  testModifiers,
  functionSize,
  moneyAsNumber,
  barrels,
];

/** What the rules find in a whole repository, sorted by place. */
export function runTidy(root: string, exceptions: readonly Exception[]): Finding[] {
  const files = listFiles(root);
  const sources: Source[] = [];
  const findings = files.filter(isText).flatMap((file) => {
    const checked = checkFile(file, readFileSync(path.join(root, file), 'utf8'));
    if (checked.source !== null) sources.push(checked.source);
    return checked.findings;
  });
  const workspaces = readWorkspaces(root);
  findings.push(
    ...checkDependencies({ root, files, sources, workspaces }),
    ...checkLockfile(JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'))),
    ...findFloatingPromises(root, path.join(root, 'tsconfig.json'), new Set(files)),
    ...PURE_FILES.filter((file) => !files.includes(file)).map((file) => gone(file, 'tools/tidy/purity.ts')),
  );
  return applyExceptions(findings, exceptions).sort(byPlace);
}

/** What the rules about a single file find in it. */
export function checkFile(file: string, text: string): { source: Source | null; findings: Finding[] } {
  const findings: Finding[] = [];
  const source = isJavaScript(file) ? parseSource(file, text) : null;
  const lineAt = source?.lineAt ?? ((offset: number) => text.slice(0, offset).split('\n').length);
  const reportAs =
    (rule: string): Report =>
    (offset, message, options = { isWarning: false }) =>
      findings.push({ rule, file, line: lineAt(offset), message, ...options });
  const prose = proseOf(file, text, source);
  for (const rule of TEXT_RULES) rule.check({ file, whole: text, prose }, reportAs(rule.name));
  for (const rule of source === null ? [] : SOURCE_RULES) {
    if (source !== null && rule.appliesTo(file)) rule.check(source, reportAs(rule.name));
  }
  return { source, findings };
}

/** Leaves out what an exception covers, and adds a finding for each exception that covers nothing. */
export function applyExceptions(findings: readonly Finding[], exceptions: readonly Exception[]): Finding[] {
  const covers = (exception: Exception, finding: Finding) =>
    exception.rule === finding.rule && exception.file === finding.file;
  const stale = exceptions.filter((exception) => !findings.some((finding) => covers(exception, finding)));
  return [
    ...findings.filter((finding) => !exceptions.some((exception) => covers(exception, finding))),
    ...stale.map(({ rule, file }) => ({
      ...gone('tools/tidy/exceptions.ts', 'tools/tidy/exceptions.ts'),
      message: `${file} no longer breaks the rule ${rule}; remove the exception`,
    })),
  ];
}

function gone(file: string, list: string): Finding {
  const message = `${file} is not there any more; take it off the list or put its new name there`;
  return { rule: 'lists', file: list, line: 1, message, isWarning: false };
}

function byPlace(a: Finding, b: Finding): number {
  return a.file.localeCompare(b.file) || a.line - b.line || a.rule.localeCompare(b.rule);
}
