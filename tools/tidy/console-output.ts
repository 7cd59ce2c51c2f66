import { isTest } from '../repository/files.ts';
import { visit } from '../repository/source.ts';
import type { SourceRule } from './rule.ts';

/** Logs are structured and go through the logger of @naru/kit; only the command line talks to a person. */
export const consoleOutput: SourceRule = {
  name: 'console',
  appliesTo: (file) => /^(packages|apps)\//.test(file) && !file.startsWith('apps/cli/') && !isTest(file),
  check(source, report) {
    visit(source, {
      MemberExpression({ object, start }) {
        if (object.type !== 'Identifier' || object.name !== 'console') return;
        report(
          start,
          'writes to the console; take a logger (@naru/kit/logger.ts) among the deps and log with fields',
        );
      },
    });
  },
};
