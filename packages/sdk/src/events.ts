import { backoffMs } from '@naru/kit/retry.ts';
import {
  type StreamEventBody,
  type StreamEventType,
  streamEvent,
  type WebhookEventBody,
  webhookEvent,
} from '@naru/wire/event.ts';
import { type EventPageBody, eventPage } from '@naru/wire/webhook.ts';
import { allPages, type CallOptions, callsOf, type PageOptions } from './calls.ts';
import { NaruApiError, UnexpectedAnswerError } from './errors.ts';
import type { Transport } from './transport.ts';

export type EventFilter = { type?: StreamEventType; withdrawalId?: string; depositId?: string };

export type StreamOptions = {
  /** `id` of the last event you have dealt with: everything after it is told. Left out: what happens from now on. */
  after?: string;
  /** Ends the iteration without an error. */
  signal?: AbortSignal;
  /** Told whenever a connection is made, and whenever it is lost and will be made again. */
  onConnection?: (state: 'open' | 'lost') => void;
};

export type EventsClient = {
  /**
   * What happens to your withdrawals, deposits and files, each event once and in order, for as long as you iterate: a connection that is
   * lost is made again, and goes on after the last event that you were given. Throws what no repeat can mend.
   */
  stream(options?: StreamOptions): AsyncIterable<StreamEventBody>;
  /** What happened, newest first, a page at a time behind the scenes. Goes back to the first one: stop when you have enough. */
  list(filter?: EventFilter, options?: CallOptions): AsyncIterable<StreamEventBody>;
  listPage(filter?: EventFilter & PageOptions, options?: CallOptions): Promise<EventPageBody>;
  /** By the `id` in its body. */
  get(id: string, options?: CallOptions): Promise<WebhookEventBody>;
};

const BACKOFF = { baseMs: 500, maxMs: 15_000 };
/** Three times what a quiet server lets pass between two signs of life. */
const SILENCE_MS_MAX = 45_000;
/** Longer than any event that the API sends. */
const BLOCK_CHARACTERS_MAX = 1_000_000;
const STATUSES_TO_RETRY: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

export function createEventsClient(transport: Transport): EventsClient {
  const { read } = callsOf(transport);
  const listPage: EventsClient['listPage'] = (filter, options) =>
    read('/v1/events', eventPage, options, filter);
  return {
    stream: (options = {}) => ({ [Symbol.asyncIterator]: () => follow(transport, options) }),
    listPage,
    list: (filter, options) => allPages((page) => listPage({ ...filter, ...page }, options)),
    get: (id, options) => read(`/v1/events/${encodeURIComponent(id)}`, webhookEvent, options),
  };
}

async function* follow(transport: Transport, options: StreamOptions): AsyncGenerator<StreamEventBody> {
  let place = options.after;
  let failures = 0;
  while (!isAborted(options.signal)) {
    const connection = new AbortController();
    const stop = () => connection.abort();
    options.signal?.addEventListener('abort', stop, { once: true });
    try {
      const body = await transport.open(
        {
          method: 'GET',
          path: '/v1/stream',
          idempotencyKey: null,
          ...(place === undefined ? {} : { query: { after: place } }),
        },
        connection,
      );
      options.onConnection?.('open');
      for await (const block of readBlocks(body, connection)) {
        failures = 0;
        if (block.event !== null) yield block.event;
        // Only now: a caller that failed in between did not deal with it.
        if (block.id !== null) place = block.id;
      }
    } catch (error) {
      if (isAborted(options.signal)) return;
      if (!isWorthRepeating(error)) throw error;
    } finally {
      options.signal?.removeEventListener('abort', stop);
      connection.abort();
    }
    if (isAborted(options.signal)) return;
    options.onConnection?.('lost');
    failures += 1;
    await pause(backoffMs(failures, BACKOFF), options.signal);
  }
}

/** A function, as the compiler takes a flag that was looked at once for settled. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function isWorthRepeating(error: unknown): boolean {
  if (error instanceof NaruApiError) return error.retryable || STATUSES_TO_RETRY.has(error.status);
  if (error instanceof UnexpectedAnswerError) return STATUSES_TO_RETRY.has(error.status);
  return true;
}

type Block = { id: string | null; event: StreamEventBody | null };

/** Source: WHATWG HTML, 9.2.6 (interpreting an event stream), for the fields that this API sends. */
async function* readBlocks(
  body: ReadableStream<Uint8Array>,
  connection: AbortController,
): AsyncGenerator<Block> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as never)
    .getReader() as ReadableStreamDefaultReader<string>;
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await withLimit(reader.read(), connection);
      if (done) return;
      const blocks = `${rest}${value}`.split('\n\n');
      rest = blocks.pop() ?? '';
      if (rest.length > BLOCK_CHARACTERS_MAX)
        throw new UnexpectedAnswerError(200, 'one event is longer than any of ours');
      for (const block of blocks) yield parseBlock(block);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function parseBlock(block: string): Block {
  let id: string | null = null;
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [name, ...rest] = line.split(':');
    const value = rest.join(':').replace(/^ /, '');
    if (name === 'id') id = value;
    if (name === 'data') data.push(value);
  }
  if (data.length === 0) return { id, event: null };
  const parsed = streamEvent.safeParse(parseJson(data.join('\n')));
  // A newer server may tell of things that this version does not know: its place is kept, itself is not shown.
  return { id, event: parsed.success ? parsed.data : null };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function withLimit<T>(work: Promise<T>, connection: AbortController): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      connection.abort();
      reject(new Error(`nothing came for ${SILENCE_MS_MAX} ms`));
    }, SILENCE_MS_MAX);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done, { once: true });
  });
}
