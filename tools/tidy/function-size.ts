import { isTest } from '../repository/files.ts';
import { visit } from '../repository/source.ts';
import type { SourceRule } from './rule.ts';

/** STYLE 9 asks for about 70; from here on it is said, and beyond the second number it fails. */
const LINES_NOTICED = 100;
const LINES_MAX = 150;

type FunctionNode = { start: number; end: number; id?: { name: string } | null };

export const functionSize: SourceRule = {
  name: 'function-size',
  appliesTo: () => true,
  check(source, report) {
    const suites = new Set<number>(); // a describe's callback only holds tests together
    const check = ({ start, end, id }: FunctionNode) => {
      const lines = source.lineAt(end) - source.lineAt(start) + 1;
      if (lines <= LINES_NOTICED || suites.has(start)) return;
      const name = id?.name ?? 'a function';
      report(
        start,
        `${name} has ${lines} lines, about 70 are meant and ${LINES_MAX} allowed; keep the control flow and move leaves out`,
        { isWarning: lines <= LINES_MAX },
      );
    };
    visit(source, {
      CallExpression({ callee, arguments: args }) {
        if (!isTest(source.file) || !/^(describe|suite)\b/.test(source.text.slice(callee.start, callee.end)))
          return;
        for (const argument of args) suites.add(argument.start);
      },
      FunctionDeclaration: check,
      FunctionExpression: check,
      ArrowFunctionExpression: check,
    });
  },
};
