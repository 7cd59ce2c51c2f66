/** Methods for operators' calls, one for each operation of `docs/openapi.json` under `/v1/admin/`, by its id. */

type Ref = { $ref?: string };
type Parameter = Ref & {
  name?: string;
  in?: string;
  schema?: { type?: string; enum?: readonly unknown[] };
};
type Operation = {
  operationId: string;
  summary?: string;
  parameters?: readonly Parameter[];
  requestBody?: { content: Readonly<Record<string, { schema: Ref }>> };
  responses: Readonly<Record<string, { content?: Readonly<Record<string, { schema?: Ref }>> }>>;
};
type PageSchema = { properties?: Readonly<Record<string, { items?: Ref }>> };
export type ApiDocument = {
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  components: {
    schemas: Readonly<Record<string, PageSchema>>;
    parameters?: Readonly<Record<string, Parameter>>;
  };
};

const PREFIX = '/v1/admin/';
const HEAD = `"""Operators' calls, one method each, as \`docs/openapi.json\` says them. Generated; run \`npm run generate\`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from urllib.parse import quote

from . import types as t
from .resource import Resource, pages
from .transport import Query, new_key


def _quoted(part: str) -> str:
    return quote(part, safe="")


class OperatorCalls(Resource):
    """Named after the operations of the API: \`\`listDeadLetters\`\` is \`\`list_dead_letters\`\`."""
`;

export function operatorCalls(document: ApiDocument): string {
  const methods = Object.entries(document.paths).flatMap(([path, operations]) =>
    path.startsWith(PREFIX)
      ? Object.entries(operations)
          .filter(([, operation]) => isJson(operation))
          .map(([method, operation]) => write(document, path, method, operation))
      : [],
  );
  return `${HEAD}${methods.join('')}`;
}

function write(document: ApiDocument, path: string, method: string, operation: Operation): string {
  const parameters = (operation.parameters ?? []).map((one) => resolve(document, one));
  const places = parameters.filter((one) => one.in === 'path').map(({ name }) => name ?? '');
  const query = parameters.filter(
    ({ in: at, name }) => at === 'query' && name !== 'limit' && name !== 'cursor',
  );
  const isKeyed = parameters.some(({ in: at, name }) => at === 'header' && name === 'Idempotency-Key');
  const input = nameOf(operation.requestBody?.content['application/json']?.schema);
  const shape = shapeOf(operation);
  const row = rowOf(document, shape);
  const isPaged = parameters.some(({ name }) => name === 'cursor') && row !== null;
  const named = [
    ...query.map((one) => `${snake(one.name ?? '')}: ${typeOf(one)} | None = None`),
    ...(isKeyed ? ['idempotency_key: str | None = None'] : []),
  ];
  const taken = [
    'self',
    ...places.map((name) => `${snake(name)}: str`),
    ...(input === null ? [] : [`input: t.${input}`]),
    ...(named.length === 0 ? [] : ['*', ...named]),
  ];
  const given = isPaged ? `Iterator[t.${row}]` : `t.${shape}`;
  const url = places.reduce((text, name) => text.replace(`{${name}}`, `{_quoted(${snake(name)})}`), path);
  const lines = [
    `def ${snake(operation.operationId)}(`,
    ...taken.map((one) => `    ${one},`),
    `) -> ${given}:`,
    `    """${operation.summary ?? operation.operationId}."""`,
    `    path = ${places.length > 0 ? 'f' : ''}"${url}"`,
    ...callOf(method, { shape, isPaged, query, input, isKeyed }),
  ];
  return `\n${lines.map((line) => (line === '' ? '' : `    ${line}`)).join('\n')}\n`;
}

function callOf(
  method: string,
  call: {
    shape: string;
    isPaged: boolean;
    query: readonly Parameter[];
    input: string | null;
    isKeyed: boolean;
  },
): string[] {
  if (method === 'post') {
    const key = call.isKeyed ? 'idempotency_key or new_key()' : 'None';
    return [
      `    return self._post(path, ${call.input === null ? 'None' : 'input'}, t.${call.shape}, ${key})`,
    ];
  }
  if (method !== 'get') throw new Error(`an operator's call by ${method}: say how the client makes it`);
  const pairs = call.query.map(({ name }) => `"${name}": ${snake(name ?? '')}`).join(', ');
  const query = `    query: Query = {${pairs}}`;
  if (call.isPaged)
    return [query, `    return pages(lambda page: self._get(path, t.${call.shape}, {**query, **page}))`];
  return call.query.length === 0
    ? [`    return self._get(path, t.${call.shape})`]
    : [query, `    return self._get(path, t.${call.shape}, query)`];
}

function resolve(document: ApiDocument, parameter: Parameter): Parameter {
  const name = nameOf(parameter);
  return name === null ? parameter : (document.components.parameters?.[name] ?? parameter);
}

function nameOf(schema: Ref | undefined): string | null {
  return schema?.$ref?.split('/').at(-1) ?? null;
}

/** A stream or a file is no call that gives back an object. */
function isJson({ responses }: Operation): boolean {
  const done = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  return done.every(([, { content }]) => content === undefined || 'application/json' in content);
}

function shapeOf({ operationId, responses }: Operation): string {
  const [done] = Object.entries(responses).flatMap(([status, { content }]) =>
    status.startsWith('2') ? [nameOf(content?.['application/json']?.schema)] : [],
  );
  if (done === undefined || done === null)
    throw new Error(`${operationId} answers with nothing that has a name`);
  return done;
}

/** What one row of a page is; null: it is none. */
function rowOf(document: ApiDocument, shape: string): string | null {
  const properties = document.components.schemas[shape]?.properties;
  return properties?.['nextCursor'] === undefined ? null : nameOf(properties['data']?.items);
}

function typeOf({ schema }: Parameter): string {
  if (schema?.enum !== undefined)
    return `Literal[${schema.enum.map((one) => JSON.stringify(one)).join(', ')}]`;
  if (schema?.type === 'integer') return 'int';
  return schema?.type === 'boolean' ? 'bool' : 'str';
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
