import { readFile } from 'node:fs/promises';
import { webhookEvent, webhookEventTypes } from '@naru/wire/event.ts';
import { createWithdrawalRequest } from '@naru/wire/withdrawal.ts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { beforeAll, describe, expect, test } from 'vitest';
import { problemCodesOf } from './http/define-route.ts';
import type { OpenApiDocument, Operation } from './openapi/complete-document.ts';
import { createDescribedApp } from './openapi/described-app.ts';
import { eventExamples } from './openapi/webhooks.ts';
import { allRoutes } from './routes/all-routes.ts';

type Json = Record<string, unknown>;
let document: OpenApiDocument;
let text: string;

beforeAll(async () => {
  const app = await createDescribedApp();
  text = (await app.inject('/openapi.json')).body;
  document = JSON.parse(text);
  await app.close();
});

function operations(): Operation[] {
  return Object.values(document.paths).flatMap((path) => Object.values(path));
}

test('docs/openapi.json is what the routes say (else run `node apps/api/src/generate-openapi.ts`)', async () => {
  expect(await readFile(new URL('../../../docs/openapi.json', import.meta.url), 'utf8')).toBe(text);
});

test('it is OpenAPI 3.1 with a bearer scheme, and every operation has a unique id', () => {
  expect(document.openapi).toBe('3.1.0');
  expect(document.components['securitySchemes']).toMatchObject({
    apiKey: { type: 'http', scheme: 'bearer' },
  });
  const ids = operations().map((operation) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(allRoutes.length);
});

test('every reference leads somewhere, and no schema is left over', () => {
  const used = new Set(
    [...text.matchAll(/"\$ref": "#\/components\/([^"]+)"/g)].map((match) => match[1] ?? ''),
  );
  for (const path of used) {
    const [kind = '', name = ''] = path.split('/');
    expect(document.components[kind], path).toHaveProperty([name]);
  }
  for (const name of Object.keys(document.components.schemas)) expect(used).toContain(`schemas/${name}`);
});

describe.each(allRoutes.map((route) => [route.operationId, route] as const))('%s', (_id, route) => {
  const find = () => operations().find((one) => one.operationId === route.operationId) as Operation;

  test('documents each of its errors with an example of that status', () => {
    for (const code of problemCodesOf(route)) {
      const examples = Object.entries(find().responses).flatMap(([status, response]) => {
        const media = (response['content'] as Record<string, Json> | undefined)?.['application/problem+json'];
        const example = (media?.['examples'] as Record<string, { value: Json }> | undefined)?.[code];
        return example === undefined ? [] : [{ status: Number(status), value: example.value }];
      });
      expect(examples, code).toHaveLength(1);
      expect(examples[0]?.value).toMatchObject({ code, status: examples[0]?.status });
    }
  });

  test('says which key it needs, and whether it takes an idempotency key', () => {
    const operation = find();
    expect(operation.security).toEqual(route.scope === 'public' ? [] : [{ apiKey: [] }]);
    const names = JSON.stringify(operation.parameters ?? []);
    expect(names.includes('IdempotencyKeyRequired')).toBe(route.idempotency === 'required');
    expect(names.includes('IdempotencyKeyOptional')).toBe(route.idempotency === 'optional');
  });
});

test('every example fits its schema', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema(document, 'openapi');
  let checked = 0;
  for (const operation of operations())
    for (const response of Object.values(operation.responses))
      for (const [type, media] of Object.entries((response['content'] ?? {}) as Record<string, Json>)) {
        const examples = Object.values((media['examples'] ?? {}) as Record<string, { value: unknown }>);
        const values = [
          ...examples.map((one) => one.value),
          ...('example' in media ? [media['example']] : []),
        ];
        const schema = JSON.parse(JSON.stringify(media['schema']).replaceAll('"#/', '"openapi#/')) as Json;
        for (const value of values) {
          expect(ajv.validate(schema, value), `${operation.operationId} ${type}: ${ajv.errorsText()}`).toBe(
            true,
          );
          checked++;
        }
      }
  expect(checked).toBeGreaterThan(100);
  const schemas = document.components.schemas as Record<string, { properties?: Record<string, Json> }>;
  for (const [name, schema] of Object.entries(schemas))
    for (const [field, property] of Object.entries(schema.properties ?? {})) {
      const resolved = JSON.parse(JSON.stringify(property).replaceAll('"#/', '"openapi#/')) as Json;
      for (const example of (property['examples'] ?? []) as unknown[])
        expect(ajv.validate(resolved, example), `${name}.${field}: ${ajv.errorsText()}`).toBe(true);
    }
});

test('the sample of each event is one that the SDK takes', () => {
  expect(Object.keys(eventExamples).sort()).toEqual([...webhookEventTypes].sort());
  for (const [type, example] of Object.entries(eventExamples))
    expect(webhookEvent.safeParse(example), type).toMatchObject({ success: true });
});

test('the documented request is one that is accepted', () => {
  const { properties = {} } = document.components.schemas['CreateWithdrawalRequest'] as {
    properties?: Record<string, { examples?: unknown[] }>;
  };
  const example = Object.fromEntries(
    Object.entries(properties).flatMap(([name, { examples }]) =>
      examples === undefined ? [] : [[name, examples[0]]],
    ),
  );
  expect(createWithdrawalRequest.safeParse(example).success).toBe(true);
});
