import {
  type StreamEventBody,
  type StreamEventType,
  streamEvent,
  type WebhookEventBody,
  webhookEvent,
} from '@naru/wire/event.ts';
import { type EventPageBody, eventPage } from '@naru/wire/webhook.ts';
import { allPages, type CallOptions, callsOf, type PageOptions } from './calls.ts';
import { followBlocks } from './event-stream.ts';
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
  let after = options.after;
  const place = () => ({ path: '/v1/stream', ...(after === undefined ? {} : { query: { after } }) });
  for await (const { id, data } of followBlocks(transport, place, options.signal, options.onConnection)) {
    const parsed = streamEvent.safeParse(data);
    // A newer server may tell of things that this version does not know: its place is kept, itself is not shown.
    if (parsed.success) yield parsed.data;
    // Only now: a caller that failed in between did not deal with it.
    if (id !== null) after = id;
  }
}
