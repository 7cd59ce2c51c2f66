import { Readable } from 'node:stream';
import { sleep } from '@naru/kit/clock.ts';
import { errorText } from '@naru/kit/errors.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { Gauge, type Registry } from 'prom-client';
import {
  BUFFER_BYTES,
  HEARTBEAT_MS,
  OVERVIEW_LOOK_MS,
  OVERVIEW_STREAMS_MAX,
  RETRY_MS,
  STALL_MS,
  STREAMS_PER_KEY_MAX,
} from './stream.limits.ts';

export type OverviewStreamRequest = {
  apiKeyId: string;
  /** Whether the key may still be used. */
  isAllowed: () => Promise<boolean>;
};

export type OverviewStreams = {
  open(request: OverviewStreamRequest): { body: Readable } | { refused: 'too_many' | 'stopping' };
  /** Every stream ends in good order, and none is opened any more. */
  stop(): void;
};

/** A look as it is sent, and what of it says that something is different. */
export type Look = { text: string; essence: string };

type Listener = { apiKeyId: string; wake(): void; cut(): void; isStalled(): boolean };

/**
 * Looks at the overview once for all who watch, while anybody does. A client that is slow misses looks, never gets old
 * ones: what waits for it is the newest.
 */
export function createOverviewStreams(deps: {
  look: () => Promise<Look>;
  log: Logger;
  metrics: Registry;
  lookMs?: number;
  heartbeatMs?: number;
}): OverviewStreams {
  const listeners = new Set<Listener>();
  const stopping = new AbortController();
  const state: { newest: Look | null; isLooking: boolean } = { newest: null, isLooking: false };
  new Gauge({
    name: 'naru_overview_streams_open',
    help: 'Streams of the overview that are open',
    registers: [deps.metrics],
    collect() {
      this.set(listeners.size);
    },
  });

  async function lookOn(): Promise<void> {
    if (state.isLooking) return;
    state.isLooking = true;
    while (listeners.size > 0 && !stopping.signal.aborted) {
      for (const one of listeners) if (one.isStalled()) one.cut();
      try {
        const found = await deps.look();
        if (found.essence !== state.newest?.essence) {
          state.newest = found;
          for (const one of listeners) one.wake();
        }
      } catch (error) {
        // Those who watch see that it gets old; the next look may succeed.
        deps.log.warn({ error: errorText(error) }, 'the overview could not be read');
      }
      await sleep(deps.lookMs ?? OVERVIEW_LOOK_MS, stopping.signal);
    }
    // The next one who comes must not be told what was so long ago.
    state.newest = null;
    state.isLooking = false;
  }

  function openStream(request: OverviewStreamRequest): Readable {
    const heartbeatMs = deps.heartbeatMs ?? HEARTBEAT_MS;
    const reader = createReader(request, { state, stopping: stopping.signal, heartbeatMs });
    const body = new Readable({
      highWaterMark: BUFFER_BYTES,
      read() {
        reader.note(false);
        void pull();
      },
      destroy(error, done) {
        reader.close();
        listeners.delete(listener);
        done(error);
      },
    });
    const listener: Listener = {
      apiKeyId: request.apiKeyId,
      wake: reader.wake,
      isStalled: reader.isStalled,
      cut: () => body.destroy(new Error('stream of the overview cut off: its client takes nothing')),
    };
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
    listeners.add(listener);
    void lookOn();
    return body;
  }

  return {
    open(request) {
      if (stopping.signal.aborted) return { refused: 'stopping' };
      const ofKey = [...listeners].filter((one) => one.apiKeyId === request.apiKeyId).length;
      if (listeners.size >= OVERVIEW_STREAMS_MAX || ofKey >= STREAMS_PER_KEY_MAX)
        return { refused: 'too_many' };
      return { body: openStream(request) };
    },
    stop() {
      stopping.abort();
      for (const one of listeners) one.wake();
    },
  };
}

/** The texts of one stream, as its client pulls them. */
function createReader(
  request: OverviewStreamRequest,
  shared: { state: { newest: Look | null }; stopping: AbortSignal; heartbeatMs: number },
) {
  const { state, stopping, heartbeatMs } = shared;
  let waiting = new AbortController();
  let fullSinceMs: number | null = null;
  let isClosed = false;

  async function* read(): AsyncGenerator<string> {
    yield `retry: ${RETRY_MS}\n\n`;
    let told: Look | null = null;
    let askedAtMs = performance.now();
    for (;;) {
      if (isClosed || stopping.aborted) return;
      // Something may change every second: whether the key may be used is asked by the clock, not by silence.
      if (performance.now() - askedAtMs >= heartbeatMs) {
        if (!(await request.isAllowed())) return;
        askedAtMs = performance.now();
      }
      if (state.newest !== null && state.newest !== told) {
        told = state.newest;
        yield told.text;
        continue;
      }
      await sleep(heartbeatMs, waiting.signal);
      const isQuiet = !waiting.signal.aborted;
      waiting = new AbortController();
      if (isQuiet && !isClosed && !stopping.aborted) {
        if (!(await request.isAllowed())) return;
        askedAtMs = performance.now();
        yield ': nothing new\n\n';
      }
    }
  }

  return {
    texts: read(),
    wake: () => waiting.abort(),
    /** Whether the client's side is full at this moment. */
    note(isFull: boolean) {
      fullSinceMs = isFull ? performance.now() : null;
    },
    isStalled: () => fullSinceMs !== null && performance.now() - fullSinceMs > STALL_MS,
    close() {
      isClosed = true;
      waiting.abort();
    },
  };
}
