import { type OverviewBody, overview } from '@naru/wire/overview.ts';
import { type CallOptions, callsOf } from './calls.ts';
import { followBlocks } from './event-stream.ts';
import type { Transport } from './transport.ts';

export type OverviewClient = {
  /** Whether money moves, over all organisations. */
  get(options?: CallOptions): Promise<OverviewBody>;
  /**
   * The same at once, then whenever something is different, once a second at most, for as long as you iterate: a connection
   * that is lost is made again. Throws what no repeat can mend. `asOf` says how old a look is.
   */
  stream(options?: { signal?: AbortSignal }): AsyncIterable<OverviewBody>;
};

export function createOverviewClient(transport: Transport): OverviewClient {
  const { read } = callsOf(transport);
  return {
    get: (options) => read('/v1/admin/overview', overview, options),
    stream: (options = {}) => ({ [Symbol.asyncIterator]: () => follow(transport, options.signal) }),
  };
}

async function* follow(transport: Transport, signal: AbortSignal | undefined): AsyncGenerator<OverviewBody> {
  const place = () => ({ path: '/v1/admin/overview/stream' });
  for await (const { data } of followBlocks(transport, place, signal)) {
    const parsed = overview.safeParse(data);
    if (parsed.success) yield parsed.data;
  }
}
