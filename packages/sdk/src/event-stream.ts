import { backoffMs } from '@naru/kit/retry.ts';
import { NaruApiError, UnexpectedAnswerError } from './errors.ts';
import type { Transport } from './transport.ts';

const BACKOFF = { baseMs: 500, maxMs: 15_000 };
/** Three times what a quiet server lets pass between two signs of life. */
const SILENCE_MS_MAX = 45_000;
/** Longer than any event that the API sends. */
const BLOCK_CHARACTERS_MAX = 1_000_000;
const STATUSES_TO_RETRY: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/**
 * The blocks of an event stream for as long as they are taken. A connection that is lost is made again, to where `place`
 * says by then; `onConnection` is told of each that is made, and of each that is lost. Throws what no repeat can mend; ends
 * without an error when `signal` is aborted.
 */
export async function* followBlocks(
  transport: Transport,
  place: () => { path: string; query?: Record<string, string> },
  signal: AbortSignal | undefined,
  onConnection: (state: 'open' | 'lost') => void = () => undefined,
): AsyncGenerator<Block> {
  let failures = 0;
  while (!isAborted(signal)) {
    const connection = new AbortController();
    const stop = () => connection.abort();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const body = await transport.open({ method: 'GET', idempotencyKey: null, ...place() }, connection);
      onConnection('open');
      for await (const block of readBlocks(body, connection)) {
        failures = 0;
        yield block;
      }
    } catch (error) {
      if (isAborted(signal)) return;
      if (!isWorthRepeating(error)) throw error;
    } finally {
      signal?.removeEventListener('abort', stop);
      connection.abort();
    }
    onConnection('lost');
    failures += 1;
    await pause(backoffMs(failures, BACKOFF), signal);
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

/** `data`: parsed from JSON; undefined: there was none. */
export type Block = { id: string | null; data: unknown };

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
  return { id, data: data.length === 0 ? undefined : parseJson(data.join('\n')) };
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
