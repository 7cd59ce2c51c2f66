import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  type Comment,
  type Expression,
  type Program,
  parseSync,
  Visitor,
  type VisitorObject,
} from 'oxc-parser';

export type Import = {
  specifier: string;
  /** Where the specifier stands. */
  offset: number;
  /** Erased before the program runs: `import type`. What has only `type` names in its braces is still loaded. */
  isTypeOnly: boolean;
  /** Names taken, as the imported module calls them; `*` for all, `default` for the default. */
  names: string[];
};

export type Source = {
  /** Relative to the repository. */
  file: string;
  text: string;
  program: Program;
  comments: readonly Comment[];
  imports: readonly Import[];
  /** Line of a position, from 1. */
  lineAt(offset: number): number;
};

export function readSource(root: string, file: string): Source {
  return parseSource(file, readFileSync(path.join(root, file), 'utf8'));
}

/** @throws Error when the text is no valid TypeScript or JavaScript. */
export function parseSource(file: string, text: string): Source {
  const result = parseSync(file, text);
  const error = result.errors[0];
  if (error !== undefined) throw new Error(`${file} cannot be parsed: ${error.message}`);
  const lineStarts = [0];
  for (let index = text.indexOf('\n'); index !== -1; index = text.indexOf('\n', index + 1))
    lineStarts.push(index + 1);
  return {
    file,
    text,
    program: result.program,
    comments: result.comments,
    imports: importsOf(result.program),
    lineAt: (offset) => lineStarts.findLastIndex((start) => start <= offset) + 1,
  };
}

/** Calls the handlers for each node of the file, parents before children. */
export function visit(source: Source, handlers: VisitorObject): void {
  new Visitor(handlers).visit(source.program);
}

/** Imports, re-exports, dynamic imports and `require` calls whose path is written out, and `import()` types. */
function importsOf(program: Program): Import[] {
  const imports: Import[] = [];
  const add = (source: { value: string; start: number }, isTypeOnly: boolean, names: string[] = []) =>
    imports.push({ specifier: source.value, offset: source.start, isTypeOnly, names });
  new Visitor({
    ImportDeclaration(node) {
      add(node.source, node.importKind === 'type', node.specifiers.map(importedName));
    },
    ExportAllDeclaration: (node) => void add(node.source, node.exportKind === 'type', ['*']),
    ExportNamedDeclaration(node) {
      if (node.source !== null) add(node.source, node.exportKind === 'type');
    },
    ImportExpression(node) {
      if (node.source.type === 'Literal' && typeof node.source.value === 'string')
        add({ value: node.source.value, start: node.source.start }, false);
    },
    TSImportType: (node) => void add(node.source, true),
    CallExpression({ callee, arguments: [first] }) {
      if (first?.type === 'Literal' && typeof first.value === 'string' && isRequire(callee))
        add({ value: first.value, start: first.start }, false);
    },
  }).visit(program);
  return imports;
}

/** `require(…)`, and `createRequire(…)(…)`, which is how a module loads what the loader of modules would not. */
function isRequire(callee: Expression): boolean {
  if (callee.type === 'CallExpression')
    return callee.callee.type === 'Identifier' && callee.callee.name === 'createRequire';
  return callee.type === 'Identifier' && callee.name === 'require';
}

type ImportedName = Extract<Program['body'][number], { type: 'ImportDeclaration' }>['specifiers'][number];

function importedName(specifier: ImportedName): string {
  if (specifier.type === 'ImportNamespaceSpecifier') return '*';
  if (specifier.type === 'ImportDefaultSpecifier') return 'default';
  return specifier.imported.type === 'Literal' ? specifier.imported.value : specifier.imported.name;
}
