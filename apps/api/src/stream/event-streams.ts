import { Readable } from 'node:stream';
import { isTold, maySee, typeOf } from '@naru/core/webhook/event-body.ts';
import { type LogEntry, readLogEnd, readOrganisationLog } from '@naru/core/withdrawal/event-log.reader.ts';
import type { Database } from '@naru/db/database.ts';
import { sleep } from '@naru/kit/clock.ts';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { EventFeed } from './event-feed.ts';
import { toEventText, toPlaceText } from './event-text.ts';
import {
  BUFFER_BYTES,
  CATCH_UP_EVENTS,
  CATCH_UP_POSITIONS,
  HEARTBEAT_MS,
  QUEUE_EVENTS_MAX,
  RETRY_MS,
  STALL_MS,
  STREAMS_MAX,
  STREAMS_PER_KEY_MAX,
} from './stream.limits.ts';

export type StreamRequest = {
  organisationId: string;
  apiKeyId: string;
  scopes: readonly string[];
  /** Position after which to begin; null: now. */
  after: bigint | null;
  /** Whether the key may still be used. */
  isAllowed: () => Promise<boolean>;
};

export type EventStreams = {
  open(
    request: StreamRequest,
  ): Promise<{ body: Readable } | { refused: 'too_many' | 'position_unknown' | 'stopping' }>;
  /** Every stream ends in good order, and none is opened any more. Clients come back, to another instance. */
  stop(): void;
};

type Stream = { request: StreamRequest; cut(reason: CutReason): void; wake(): void; isStuck(): boolean };
type CutReason = 'slow' | 'stalled' | 'stopping';

/** Server-sent events of one organisation each: what was missed comes from the database, the rest from the feed. */
export function createEventStreams(deps: {
  db: Database;
  feed: EventFeed;
  metrics: Registry;
  heartbeatMs?: number;
}): EventStreams {
  const streams = new Set<Stream>();
  const cuts = new Counter({
    name: 'naru_stream_cut_total',
    help: 'Event streams that were cut off, by reason; their clients resume',
    labelNames: ['reason'],
    registers: [deps.metrics],
  });
  new Gauge({
    name: 'naru_streams_open',
    help: 'Event streams that are open',
    registers: [deps.metrics],
    collect() {
      this.set(streams.size);
    },
  });
  const stopping = new AbortController();

  return {
    async open(request) {
      if (stopping.signal.aborted) return { refused: 'stopping' };
      const ofKey = [...streams].filter((one) => one.request.apiKeyId === request.apiKeyId).length;
      if (streams.size >= STREAMS_MAX || ofKey >= STREAMS_PER_KEY_MAX) return { refused: 'too_many' };
      // A place that the log has not reached: of another deployment, or of before a restore.
      if (request.after !== null && request.after > (await readLogEnd(deps.db)))
        return { refused: 'position_unknown' };
      return { body: openStream() };

      function openStream(): Readable {
        const release = deps.feed.hold();
        const reader = createReader(deps, request, stopping.signal);
        const body = toReadable(reader, () => {
          streams.delete(stream);
          release();
        });
        const stream: Stream = {
          request,
          wake: reader.wake,
          isStuck: reader.isStuck,
          cut(reason) {
            cuts.inc({ reason });
            body.destroy(new Error(`event stream cut off: ${reason}`));
          },
        };
        reader.onCut((reason) => stream.cut(reason));
        streams.add(stream);
        return body;
      }
    },
    stop() {
      stopping.abort();
      for (const stream of streams) {
        // One whose client takes nothing would not come to its end.
        if (stream.isStuck()) stream.cut('stopping');
        else stream.wake();
      }
    },
  };
}

/** The texts of one stream, as a client pulls them. */
function createReader(
  deps: { db: Database; feed: EventFeed; heartbeatMs?: number },
  request: StreamRequest,
  stopping: AbortSignal,
) {
  const queue: LogEntry[] = [];
  let waiting = new AbortController();
  let fullSinceMs: number | null = null;
  let isClosed = false;
  let cut: (reason: CutReason) => void = () => undefined;
  let remove: () => void = () => undefined;
  const isFor = (event: LogEntry) => maySee(request, typeOf(event) ?? '');
  const isStuck = () => fullSinceMs !== null;
  const wake = () => waiting.abort();

  const listener = {
    organisationId: request.organisationId,
    take(event: LogEntry) {
      if (!isFor(event)) return;
      queue.push(event);
      if (queue.length > QUEUE_EVENTS_MAX) cut('slow');
      else wake();
    },
    check() {
      if (fullSinceMs !== null && performance.now() - fullSinceMs > STALL_MS) cut('stalled');
    },
  };

  async function* read(): AsyncGenerator<string> {
    yield `retry: ${RETRY_MS}\n\n`;
    const begin = await deps.feed.head();
    if (begin === null) return;
    let position = request.after ?? begin;
    while (position < deps.feed.headNow()) {
      if (isClosed || stopping.aborted || !(await request.isAllowed())) return;
      const head = deps.feed.headNow();
      const upTo =
        position + BigInt(CATCH_UP_POSITIONS) < head ? position + BigInt(CATCH_UP_POSITIONS) : head;
      const range = { after: position, upTo, limit: CATCH_UP_EVENTS };
      const events = await readOrganisationLog(deps.db, request.organisationId, range);
      position = events.length === CATCH_UP_EVENTS ? (events.at(-1)?.position ?? upTo) : upTo;
      yield toTexts(
        events.filter((event) => isTold(event) && isFor(event)),
        position,
      );
    }
    // Nothing is awaited between the comparison above and this: no event comes in between.
    if (isClosed) return;
    remove = deps.feed.add(listener);
    const seen = position;
    for (;;) {
      if (isClosed || stopping.aborted) return;
      if (queue.length === 0) {
        await sleep(deps.heartbeatMs ?? HEARTBEAT_MS, waiting.signal);
        const isQuiet = !waiting.signal.aborted;
        waiting = new AbortController();
        if (!isQuiet) continue;
        if (!(await request.isAllowed())) return;
        if (queue.length > 0) continue;
        position = deps.feed.headNow() > position ? deps.feed.headNow() : position;
        yield toPlaceText(position);
        continue;
      }
      // A client that resumed where another instance had been may know what comes here only now.
      const events = queue.splice(0).filter((event) => event.position > seen);
      position = events.at(-1)?.position ?? position;
      if (events.length > 0) yield toTexts(events, position);
    }
  }

  return {
    texts: read(),
    wake,
    /** Whether the client's side is full at this moment. */
    note(isFull: boolean) {
      fullSinceMs = isFull ? performance.now() : null;
    },
    isStuck,
    onCut(handler: (reason: CutReason) => void) {
      cut = handler;
    },
    close() {
      isClosed = true;
      remove();
      wake();
    },
  };
}

/** Pulled by whoever sends it. `onEnd` is called at once when it is given up, whatever the reader waits for. */
function toReadable(reader: ReturnType<typeof createReader>, onEnd: () => void): Readable {
  const body = new Readable({
    highWaterMark: BUFFER_BYTES,
    read() {
      reader.note(false);
      void pull();
    },
    destroy(error, done) {
      reader.close();
      onEnd();
      done(error);
    },
  });
  async function pull(): Promise<void> {
    try {
      const { done, value } = await reader.texts.next();
      if (body.destroyed) return;
      if (done === true) body.push(null);
      else reader.note(!body.push(value));
    } catch (error) {
      body.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }
  return body;
}

function toTexts(events: readonly LogEntry[], position: bigint): string {
  const text = events.map(toEventText).join('');
  return events.at(-1)?.position === position ? text : `${text}${toPlaceText(position)}`;
}
