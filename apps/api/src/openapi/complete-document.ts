import { assertPresent } from '@naru/kit/assert.ts';
import { bulkColumns } from '@naru/wire/bulk.ts';
import { PROBLEM_CONTENT_TYPE } from '@naru/wire/problem.ts';
import { type ProblemCode, problemCatalogue } from '@naru/wire/problem-catalogue.ts';
import { problemCodesOf, type RouteFacts } from '../http/define-route.ts';
import { tidyComponents } from './components.ts';
import { exampleAnswer, exampleProblem } from './examples.ts';
import { describeWebhooks } from './webhooks.ts';

type Json = Record<string, unknown>;
export type Operation = {
  operationId?: string;
  parameters?: Json[];
  requestBody?: Json;
  responses: Record<string, Json>;
  security?: Json[];
} & Json;
export type OpenApiDocument = {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json>; headers?: Json; parameters?: Json } & Json;
} & Json;

/**
 * Adds what the schemas alone do not say: the security of each route, its headers, its errors with an example each,
 * bodies that are not JSON. The source is the routes' own declarations.
 */
export function completeDocument(document: OpenApiDocument, routes: readonly RouteFacts[]): OpenApiDocument {
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) {
    const path = route.path.replace(/:([A-Za-z]+)/g, '{$1}');
    const operation = assertPresent(
      document.paths[path]?.[route.method.toLowerCase()],
      `operation ${route.operationId}`,
    );
    completeOperation(operation, route);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation };
  }
  // In the order of the routes, which is the order of the documentation.
  document.paths = paths;
  document.components.headers = headers;
  document.components.parameters = parameters;
  document['webhooks'] = describeWebhooks();
  return tidyComponents(document);
}

function completeOperation(operation: Operation, route: RouteFacts): void {
  operation.security = route.scope === 'public' ? [] : [{ apiKey: [] }];
  if (route.scope !== 'public')
    operation['description'] = `${route.description}\n\nScope: \`${route.scope}\`.`;
  operation.parameters = [
    ...(operation.parameters ?? []),
    ...(route.idempotency === 'none'
      ? []
      : [{ $ref: `#/components/parameters/IdempotencyKey${capital(route.idempotency)}` }]),
    { $ref: '#/components/parameters/RequestId' },
    ...(route.scope === 'public' ? [] : [{ $ref: '#/components/parameters/AcceptLanguage' }]),
  ];
  if (route.request.body === 'csv') operation.requestBody = csvBody;
  else if (route.request.body === null) delete operation.requestBody;
  completeAnswers(operation, route);
  for (const [status, codes] of groupByStatus(problemCodesOf(route)))
    addProblems(operation, status, codes, route);
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function completeAnswers(operation: Operation, route: RouteFacts): void {
  const answers: Record<string, Json> = {};
  for (const [status, response] of Object.entries(route.responses)) {
    const generated = operation.responses[status] ?? {};
    const content =
      'contentType' in response
        ? { [response.contentType]: { schema: { type: 'string' } } }
        : withExample(generated['content'] as Record<string, Json>, exampleAnswer(route.operationId, status));
    answers[status] = { description: response.description, headers: answerHeaders(route), content };
  }
  operation.responses = answers;
}

function withExample(content: Record<string, Json>, example: unknown): Record<string, Json> {
  if (example === undefined) return content;
  return Object.fromEntries(Object.entries(content).map(([type, media]) => [type, { ...media, example }]));
}

function answerHeaders(route: RouteFacts): Json {
  const names = [
    'X-Request-Id',
    ...(route.rateLimit === 'none' ? [] : ['RateLimit', 'RateLimit-Policy']),
    ...(route.idempotency === 'none' ? [] : ['Idempotency-Replayed']),
  ];
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function groupByStatus(codes: readonly ProblemCode[]): Map<number, ProblemCode[]> {
  const groups = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const { status } = problemCatalogue[code];
    groups.set(status, [...(groups.get(status) ?? []), code]);
  }
  return new Map([...groups].sort(([one], [other]) => one - other));
}

function addProblems(
  operation: Operation,
  status: number,
  codes: readonly ProblemCode[],
  route: RouteFacts,
): void {
  const schema = codes.includes('bulk_invalid')
    ? { anyOf: [{ $ref: '#/components/schemas/Problem' }, { $ref: '#/components/schemas/BulkProblem' }] }
    : { $ref: '#/components/schemas/Problem' };
  const examples = Object.fromEntries(
    codes.map((code) => [
      code,
      { summary: problemCatalogue[code].title.en, value: exampleProblem(code, route) },
    ]),
  );
  const media = { [PROBLEM_CONTENT_TYPE]: { schema, examples } };
  // `/readyz` answers 503 with its own body; both can come.
  const present = operation.responses[String(status)];
  const retries = status === 429 || status === 503;
  operation.responses[String(status)] = {
    description:
      (present?.['description'] as string | undefined) ?? codes.map((code) => `\`${code}\``).join(', '),
    headers: {
      'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
      ...(retries ? { 'Retry-After': { $ref: '#/components/headers/Retry-After' } } : {}),
    },
    content: { ...(present?.['content'] as Json | undefined), ...media },
  };
}

const csvBody: Json = {
  required: true,
  content: {
    'text/csv': {
      schema: { type: 'string', description: 'UTF-8, with a header.' },
      example: `${bulkColumns.join(',')}\nlocalhost,USDC,0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed,12.5,order-981,STANDARD\n`,
    },
  },
};

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'Yours, 1 to 255 visible ASCII characters, new for each new request and the same for each repeat of it. A UUID is good. Remembered for 24 hours at least, 30 days by default: a repeat after that is a new request.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]{1,255}$' },
  example: '0190b2a4-5a0e-7c1d-9f3e-2b7c4d5e6f70',
};
const parameters: Json = {
  IdempotencyKeyRequired: { ...idempotencyKey, required: true },
  IdempotencyKeyOptional: { ...idempotencyKey, required: false },
  RequestId: {
    name: 'X-Request-Id',
    in: 'header',
    required: false,
    description:
      'Your own id of this call, up to 128 printable characters; made when missing. It comes back in the answer.',
    schema: { type: 'string', maxLength: 128 },
  },
  AcceptLanguage: {
    name: 'Accept-Language',
    in: 'header',
    required: false,
    description: 'Language of error texts: `en` (default) or `ko`.',
    schema: { type: 'string' },
    example: 'ko',
  },
};

const headers: Json = {
  'X-Request-Id': {
    description: 'The id of this call, in every log line of it.',
    schema: { type: 'string' },
    example: 'req_01kjr3q8c6e7rvt0xx0n3m7d5e',
  },
  RateLimit: {
    description: 'Requests left (`r`) and seconds until the window ends (`t`).',
    schema: { type: 'string' },
    example: '"key";r=5999;t=60',
  },
  'RateLimit-Policy': {
    description: 'Requests (`q`) in a window of seconds (`w`).',
    schema: { type: 'string' },
    example: '"key";q=6000;w=60',
  },
  'Idempotency-Replayed': {
    description: '`true` when this is the answer of an earlier call with the same key.',
    schema: { type: 'string', enum: ['true'] },
  },
  'Retry-After': {
    description: 'Seconds to wait before the call is repeated.',
    schema: { type: 'string' },
    example: '2',
  },
};
