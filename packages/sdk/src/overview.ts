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
  stream(options?: OverviewStreamOptions): AsyncIterable<OverviewBody>;
};

export type OverviewStreamOptions = {
  /** Ends the iteration without an error. */
  signal?: AbortSignal;
  /** Told whenever a connection is made, and whenever it is lost and will be made again. */
  onConnection?: (state: 'open' | 'lost') => void;
};

export function createOverviewClient(transport: Transport): OverviewClient {
  const { read } = callsOf(transport);
  return {
    get: (options) => read('/v1/admin/overview', overview, options),
    stream: (options = {}) => ({ [Symbol.asyncIterator]: () => follow(transport, options) }),
  };
}

async function* follow(transport: Transport, options: OverviewStreamOptions): AsyncGenerator<OverviewBody> {
  const place = () => ({ path: '/v1/admin/overview/stream' });
  for await (const { data } of followBlocks(transport, place, options.signal, options.onConnection)) {
    const parsed = overview.safeParse(data);
    if (parsed.success) yield parsed.data;
  }
}
