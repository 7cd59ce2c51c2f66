import { isTest, isTooling } from '../repository/files.ts';
import { visit } from '../repository/source.ts';
import type { SourceRule } from './rule.ts';

const INSTEAD = 'move it into the <noun>.store.ts of its domain (reads for lists: .reader.ts) and call that';
const STORES = /\.(store|reader|story|metrics)\.ts$/;
/** Its whole matter is a database server. */
const DATABASE_FOLDERS = ['packages/db/', 'packages/local-servers/'];

/** Keywords in capitals, as all our SQL has them; English in an error message has not. */
const STATEMENT =
  /\b(SELECT\b[\s\S]+\bFROM|INSERT\s+INTO|UPDATE\s+[\w".]+[\s\S]*\bSET|DELETE\s+FROM|TRUNCATE\s+\w)\b/;
const BUILDER_METHODS = new Set([
  'selectFrom',
  'insertInto',
  'replaceInto',
  'updateTable',
  'deleteFrom',
  'mergeInto',
]);

/** STYLE, shape of a domain: the store is the only file with its SQL. */
export const sqlPlacement: SourceRule = {
  name: 'sql',
  appliesTo: (file) =>
    !STORES.test(file) &&
    !isTest(file) &&
    !isTooling(file) &&
    !DATABASE_FOLDERS.some((folder) => file.startsWith(folder)),
  check(source, report) {
    for (const { specifier, names, offset } of source.imports) {
      if (specifier === 'kysely' && names.includes('sql'))
        report(offset, `imports sql from Kysely; ${INSTEAD}`);
    }
    visit(source, {
      TemplateLiteral({ quasis, start }) {
        if (STATEMENT.test(quasis.map((quasi) => quasi.value.raw).join('_')))
          report(start, `holds SQL; ${INSTEAD}`);
      },
      Literal(node) {
        if (typeof node.value === 'string' && STATEMENT.test(node.value))
          report(node.start, `holds SQL; ${INSTEAD}`);
      },
      CallExpression({ callee }) {
        if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return;
        const { name, start } = callee.property;
        if (BUILDER_METHODS.has(name)) report(start, `builds a query with ${name}; ${INSTEAD}`);
      },
    });
  },
};
