import type { Plugin } from 'vite';

type Node = { type: string; start: number; end: number; [key: string]: unknown };

/** Members of an entry of the catalogue of problems that only the API's own answers and pages say. */
const TEXTS = new Set(['title', 'what', 'next']);

/** Where zod makes JSON Schema of its schemas, which only the OpenAPI document needs. */
const TO_JSON_SCHEMA = /\/zod\/v4\/core\/(to-json-schema|json-schema-processors)\.js$/;

/**
 * The contract's schemas say with `.meta(…)` what OpenAPI documents, and the catalogue of problems has all its texts in two
 * languages: a third of what the schemas weigh. A page checks answers by the same schemas and shows the texts that came,
 * so it is built without both, and without what turns schemas into JSON Schema. Nothing that decides is touched.
 */
export function withoutDocumentation(): Plugin {
  return {
    name: 'naru:without-documentation',
    enforce: 'post',
    apply: 'build',
    transform(code, id) {
      if (TO_JSON_SCHEMA.test(id)) return withoutBodies(code, this.parse(code) as unknown as Node);
      if (!/\/packages\/wire\/src\/[\w-]+\.ts$/.test(id)) return null;
      const isProblems = /\/(problem-catalogue|[\w-]+-problems)\.ts$/.test(id);
      const cuts: Cut[] = [];
      walk(this.parse(code) as unknown as Node, (node) => {
        const meta = metaCallOf(node);
        if (meta !== null) {
          cuts.push({ start: meta.end, end: node.end, text: '' });
          return meta; // what it is called on may have others within
        }
        if (isProblems && node.type === 'Property' && TEXTS.has(nameOf(node['key'] as Node))) {
          const value = node['value'] as Node;
          if (value.type !== 'ObjectExpression') return node;
          cuts.push({ start: value.start, end: value.end, text: '0' });
          return null;
        }
        return node;
      });
      return cut(code, cuts);
    },
  };
}

type Cut = { start: number; end: number; text: string };

function cut(code: string, cuts: Cut[]) {
  if (cuts.length === 0) return null;
  let result = code;
  for (const { start, end, text } of cuts.sort((a, b) => b.start - a.start))
    result = result.slice(0, start) + text + result.slice(end);
  return { code: result, map: null };
}

/** Every exported `const name = (…) => …` does nothing any more; what only they used is left out by the bundler. */
function withoutBodies(code: string, program: Node) {
  const cuts: Cut[] = [];
  for (const statement of program['body'] as Node[]) {
    const declaration = statement['declaration'] as Node | null | undefined;
    if (statement.type !== 'ExportNamedDeclaration' || declaration?.type !== 'VariableDeclaration') continue;
    for (const { init } of declaration['declarations'] as { init: Node | null }[])
      if (init?.type === 'ArrowFunctionExpression')
        cuts.push({ start: init.start, end: init.end, text: '() => {}' });
  }
  return cut(code, cuts);
}

/** Of `schema.meta({…})` the schema; null for anything else. */
function metaCallOf(node: Node): Node | null {
  if (node.type !== 'CallExpression') return null;
  const callee = node['callee'] as Node;
  if (callee.type !== 'MemberExpression' || nameOf(callee['property'] as Node) !== 'meta') return null;
  return callee['object'] as Node;
}

function nameOf(node: Node | undefined): string {
  return node?.type === 'Identifier' ? String(node['name']) : '';
}

/** `visit` says below which node to go on; null: not below this one. */
function walk(node: Node, visit: (node: Node) => Node | null): void {
  const next = visit(node);
  if (next === null) return;
  if (next !== node) {
    walk(next, visit);
    return;
  }
  for (const value of Object.values(node))
    for (const child of Array.isArray(value) ? value : [value])
      if (typeof child === 'object' && child !== null && typeof (child as Node).type === 'string')
        walk(child as Node, visit);
}
