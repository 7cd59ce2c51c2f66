/**
 * Writes `sdks/python/naru/types.py` from `docs/openapi.json`: one TypedDict or Literal for each schema; and
 * `operator_calls.py`: one method for each operator's call.
 * `--check`: changes nothing, and fails when the file is not up to date.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ApiDocument, operatorCalls } from './python/operator-calls.ts';

type Schema = {
  $ref?: string;
  type?: string | readonly string[];
  const?: unknown;
  enum?: readonly unknown[];
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  allOf?: readonly Schema[];
  items?: Schema;
  properties?: Readonly<Record<string, Schema>>;
  additionalProperties?: boolean | Schema;
  required?: readonly string[];
  description?: string;
};

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const SOURCE = path.join(ROOT, 'docs', 'openapi.json');
const TARGETS = path.join(ROOT, 'sdks', 'python', 'naru');
const LINE_CHARACTERS_MAX = 118;

const HEAD = `"""What the API takes and gives, as \`docs/openapi.json\` says it. Generated; run \`npm run generate\`."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict, Union

`;

/** Types of inline objects get names of their own, as in \`PolicyDryRunCounts\`. */
function generate(schemas: Readonly<Record<string, Schema>>): string {
  const written: string[] = [];
  const write = (name: string, schema: Schema): void => {
    if (schema.properties === undefined) {
      written.push(`${name} = ${typeOf(schema, name)}\n`);
      return;
    }
    const required = new Set(schema.required);
    const fields = Object.entries(schema.properties).map(([key, field]) => {
      const type = typeOf(field, `${name}${key.charAt(0).toUpperCase()}${key.slice(1)}`);
      return `        ${JSON.stringify(key)}: ${required.has(key) ? quoted(type) : `NotRequired[${quoted(type)}]`},\n`;
    });
    const comment = schema.description === undefined ? '' : `${wrap(schema.description)}\n`;
    written.push(`${comment}${name} = TypedDict(\n    "${name}",\n    {\n${fields.join('')}    },\n)\n`);
  };
  const typeOf = (schema: Schema, name: string): string => {
    if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1) ?? 'Any';
    if (schema.const !== undefined) return `Literal[${literal(schema.const)}]`;
    if (schema.enum !== undefined) return `Literal[${schema.enum.map(literal).join(', ')}]`;
    const parts = schema.anyOf ?? schema.oneOf;
    if (parts !== undefined)
      return union(parts.map((part, index) => typeOf(part, partName(name, parts, index))));
    if (Array.isArray(schema.type))
      return union(schema.type.map((type: string) => typeOf({ ...schema, type }, name)));
    switch (schema.type) {
      case 'string':
        return 'str';
      case 'integer':
        return 'int';
      case 'number':
        return 'float';
      case 'boolean':
        return 'bool';
      case 'null':
        return 'None';
      case 'array':
        return `list[${schema.items === undefined ? 'Any' : typeOf(schema.items, `${name}Item`)}]`;
      case 'object':
        if (schema.properties !== undefined) {
          write(name, schema);
          return name;
        }
        return typeof schema.additionalProperties === 'object'
          ? `dict[str, ${typeOf(schema.additionalProperties, `${name}Value`)}]`
          : 'dict[str, Any]';
      default:
        return 'Any';
    }
  };
  // Aliases are read where they stand: what they name must be above them.
  const [records, aliases] = [true, false].map((isRecord) =>
    Object.entries(schemas).filter(([, schema]) => (schema.properties !== undefined) === isRecord),
  );
  for (const [name, schema] of [...(records ?? []), ...(aliases ?? [])]) write(name, schema);
  return `${HEAD}${written.join('\n')}`;
}

/** Of one of several: numbered where more than one of them needs a name. */
function partName(name: string, parts: readonly Schema[], index: number): string {
  return parts.filter((part) => part.properties !== undefined).length > 1 ? `${name}${index + 1}` : name;
}

function union(types: readonly string[]): string {
  const different = [...new Set(types)];
  return different.length === 1 ? (different[0] ?? 'Any') : `Union[${different.join(', ')}]`;
}

/** Names that come further down are read later. */
function quoted(type: string): string {
  return `'${type.replaceAll("'", '"')}'`;
}

function literal(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return JSON.stringify(value);
}

function wrap(text: string): string {
  const lines: string[] = [];
  let line = '#';
  for (const word of text.split(/\s+/)) {
    if (`${line} ${word}`.length > LINE_CHARACTERS_MAX && line !== '#') {
      lines.push(line);
      line = '#';
    }
    line = `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

const document = JSON.parse(await readFile(SOURCE, 'utf8')) as ApiDocument & {
  components: { schemas: Readonly<Record<string, Schema>> };
};
const isCheck = process.argv.includes('--check');
for (const [name, text] of [
  ['types.py', generate(document.components.schemas)],
  ['operator_calls.py', operatorCalls(document)],
] as const) {
  const target = path.join(TARGETS, name);
  const current = await readFile(target, 'utf8').catch(() => '');
  if (current === text) continue;
  if (isCheck) {
    console.error(`${path.relative(ROOT, target)} is not what docs/openapi.json says: run  npm run generate`);
    process.exitCode = 1;
  } else await writeFile(target, text);
}
