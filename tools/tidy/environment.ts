import { isTest, isTooling } from '../repository/files.ts';
import { visit } from '../repository/source.ts';
import type { SourceRule } from './rule.ts';

const INSTEAD =
  'reads the environment; parse it once in the src/config.ts of an app and pass on the value that is needed';
const ALLOWED = /^apps\/[^/]+\/src\/(config|main)\.ts$/;

/** STYLE 16: configuration is parsed once per process. */
export const environment: SourceRule = {
  name: 'environment',
  appliesTo: (file) => !ALLOWED.test(file) && !isTest(file) && !isTooling(file) && !isLauncher(file),
  check(source, report) {
    for (const { specifier, names, offset } of source.imports) {
      if (/^(node:)?process$/.test(specifier) && names.includes('env')) report(offset, INSTEAD);
    }
    visit(source, {
      MemberExpression({ object, property, start }) {
        const name = property.type === 'Identifier' || property.type === 'Literal' ? property : null;
        const isEnv = name?.type === 'Identifier' ? name.name === 'env' : name?.value === 'env';
        if (isEnv && isProcess(object)) report(start, INSTEAD);
      },
      VariableDeclarator({ id, init, start }) {
        if (init === null || !isProcess(init) || id.type !== 'ObjectPattern') return;
        const takesEnv = id.properties.some(
          (one) => one.type === 'Property' && one.key.type === 'Identifier' && one.key.name === 'env',
        );
        if (takesEnv) report(start, INSTEAD);
      },
    });
  },
};

/** The launcher has no configuration of its own: it hands its environment on to the program that it starts. */
function isLauncher(file: string): boolean {
  return file.startsWith('tools/launcher/') || /^apps\/cli\/bin\//.test(file);
}

type Expression = { type: string; name?: unknown; property?: unknown };

/** `process` or `globalThis.process`. */
function isProcess(node: Expression): boolean {
  if (node.type === 'Identifier') return node.name === 'process';
  if (node.type !== 'MemberExpression') return false;
  const property = node.property as Expression;
  return property.type === 'Identifier' && property.name === 'process';
}
