import { visit } from '../repository/source.ts';
import type { SourceRule } from './rule.ts';

const RUNNERS = new Set(['it', 'test', 'describe', 'bench', 'suite']);
const INSTEAD: Readonly<Record<string, string>> = {
  only: 'keeps all other tests from running; remove .only',
  skip: 'is a test that does not run; make it pass, or delete it and write down in an issue what is missing',
  todo: 'is a test that does not exist; write it, or write it down in an issue',
};
const SHORT_FORMS = new Set(['xit', 'xtest', 'xdescribe', 'fit', 'fdescribe']);

/** A run that is green must have run everything. */
export const testModifiers: SourceRule = {
  name: 'tests',
  appliesTo: () => true,
  check(source, report) {
    visit(source, {
      MemberExpression({ object, property, start }) {
        const message = property.type === 'Identifier' ? INSTEAD[property.name] : undefined;
        if (message !== undefined && isRunner(object))
          report(start, `${source.text.slice(start, property.end)} ${message}`);
      },
      CallExpression({ callee, start }) {
        if (callee.type === 'Identifier' && SHORT_FORMS.has(callee.name))
          report(start, `${callee.name} changes which tests run; use its plain form`);
      },
    });
  },
};

type Expression = { type: string; name?: unknown; object?: unknown };

/** `test`, or a chain that begins with it: `test.concurrent`. */
function isRunner(node: Expression): boolean {
  if (node.type === 'Identifier') return typeof node.name === 'string' && RUNNERS.has(node.name);
  return node.type === 'MemberExpression' && isRunner(node.object as Expression);
}
