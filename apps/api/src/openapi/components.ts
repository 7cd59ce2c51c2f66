import type { OpenApiDocument } from './complete-document.ts';

type Json = Record<string, unknown>;
const SCHEMAS = '#/components/schemas/';
/** The Zod bridge ends the names of what callers send with this. */
const INPUT_SUFFIX = 'Input';

/**
 * Keeps the schemas that are used, gives each its plain name, and lets answers grow: a client must not refuse a field
 * that is added later, though a request with an unknown field is refused.
 */
export function tidyComponents(document: OpenApiDocument): OpenApiDocument {
  const requests = new Set<string>();
  for (const name of Object.keys(document.components.schemas))
    if (name.endsWith(INPUT_SUFFIX)) requests.add(name);
  for (const [name, schema] of Object.entries(document.components.schemas))
    if (!requests.has(name)) openUp(schema);
  for (const operations of Object.values(document.paths))
    for (const operation of Object.values(operations)) openUp(operation.responses);
  dropNoise(document.paths);
  dropNoise(document.components);
  prune(document);
  const renamed = rename(document);
  renamed.components.schemas = sorted(renamed.components.schemas);
  return renamed;
}

/** What the generator adds without saying anything: the range of a safe integer, the pattern behind `date-time`. */
function dropNoise(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const node = value as Json;
  if (node['maximum'] === Number.MAX_SAFE_INTEGER) delete node['maximum'];
  if (node['format'] === 'date-time' || node['format'] === 'uuid') delete node['pattern'];
  for (const child of Object.values(node)) dropNoise(child);
}

function openUp(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const node = value as Json;
  if (node['additionalProperties'] === false) delete node['additionalProperties'];
  for (const child of Object.values(node)) openUp(child);
}

function referencesIn(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (key === '$ref' && typeof child === 'string' && child.startsWith(SCHEMAS))
      found.add(child.slice(SCHEMAS.length));
    else referencesIn(child, found);
  }
}

function prune(document: OpenApiDocument): void {
  const { schemas } = document.components;
  const reached = new Set<string>();
  referencesIn(document.paths, reached);
  for (const name of reached) referencesIn(schemas[name], reached);
  document.components.schemas = Object.fromEntries(
    Object.entries(schemas).filter(([name]) => reached.has(name)),
  );
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** `XInput` becomes `X` where there is no other `X`, or the same one. */
function rename(document: OpenApiDocument): OpenApiDocument {
  const { schemas } = document.components;
  const renamed = Object.keys(schemas).filter((name) => {
    if (!name.endsWith(INPUT_SUFFIX)) return false;
    const plain = schemas[name.slice(0, -INPUT_SUFFIX.length)];
    return plain === undefined || JSON.stringify(plain) === JSON.stringify(schemas[name]);
  });
  let text = JSON.stringify(document);
  for (const name of renamed)
    text = text.replaceAll(`"${SCHEMAS}${name}"`, `"${SCHEMAS}${name.slice(0, -INPUT_SUFFIX.length)}"`);
  const result = JSON.parse(text) as OpenApiDocument;
  for (const name of renamed) {
    result.components.schemas[name.slice(0, -INPUT_SUFFIX.length)] = result.components.schemas[name] ?? {};
    delete result.components.schemas[name];
  }
  return result;
}
