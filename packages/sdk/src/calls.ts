import type { AnswerSchema, CallSpec, Transport } from './transport.ts';

export type CallOptions = {
  /** For this call, all its tries included. */
  timeoutMs?: number;
  signal?: AbortSignal;
};
export type WriteOptions = CallOptions & {
  /** Yours, to repeat a call of before; made for you when left out. */
  idempotencyKey?: string;
};
export type PageOptions = { limit?: number; cursor?: string };

/** Members without a value are left out; a list is the member repeated. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** What the groups of calls have in common. */
export type Calls = {
  read<T>(path: string, schema: AnswerSchema<T>, options?: CallOptions, query?: Query): Promise<T>;
  /** Takes effect once, however often it is tried: with the caller's idempotency key, or a fresh one. */
  post<T>(path: string, schema: AnswerSchema<T>, options?: WriteOptions, body?: unknown): Promise<T>;
  /** Without a key: a PATCH or DELETE, tried again as twice is as once; a POST, tried once. */
  send<T>(
    method: 'POST' | 'PATCH' | 'DELETE',
    path: string,
    schema: AnswerSchema<T>,
    options?: CallOptions,
    body?: unknown,
  ): Promise<T>;
};

export function callsOf(transport: Transport): Calls {
  const write = <T>(spec: CallSpec, schema: AnswerSchema<T>, body: unknown) =>
    transport.json(
      body === undefined ? spec : { ...spec, contentType: 'application/json', body: JSON.stringify(body) },
      schema,
    );
  return {
    read: (path, schema, options, query = {}) =>
      transport.json(
        { ...options, method: 'GET', path, query: textsOf(query), idempotencyKey: null },
        schema,
      ),
    post: (path, schema, { idempotencyKey, ...options } = {}, body) =>
      write(
        { ...options, method: 'POST', path, idempotencyKey: idempotencyKey ?? crypto.randomUUID() },
        schema,
        body,
      ),
    send: (method, path, schema, options, body) =>
      write({ ...options, method, path, idempotencyKey: null }, schema, body),
  };
}

/** The most there are in a page, as all are wanted. */
const LIST_PAGE_ROWS = 100;

/** All rows of a list, a page at a time. */
export async function* allPages<T>(
  readPage: (page: PageOptions) => Promise<{ data: T[]; nextCursor: string | null }>,
): AsyncGenerator<T> {
  let cursor: string | null = null;
  do {
    const page: { data: T[]; nextCursor: string | null } = await readPage({
      limit: LIST_PAGE_ROWS,
      ...(cursor === null ? {} : { cursor }),
    });
    yield* page.data;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

function textsOf(query: Query): Record<string, string | readonly string[]> {
  const texts: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) texts[name] = typeof value === 'object' ? value : String(value);
  return texts;
}
