import type { Logger } from '@naru/kit/logger.ts';
import type { Span } from './otlp.ts';
import { sendSpans } from './send-spans.ts';
import type { TelemetrySettings } from './settings.ts';

/** Spans that wait at most: what comes while a collector is away for long is lost, the oldest first. */
const BUFFER_SPANS_MAX = 4_096;
const BATCH_SPANS_MAX = 512;
const FLUSH_MS = 1_000;

export type SpanBuffer = {
  add(span: Span): void;
  /** Sends what waits, once. */
  close(): Promise<void>;
};

/** For what is in no log: kept in memory and sent each second. A process that is killed loses what waits. */
export function createSpanBuffer(deps: { logger: Logger }, settings: TelemetrySettings): SpanBuffer {
  let waiting: Span[] = [];
  let sending: Promise<void> | null = null;
  let isAway = false;
  const flush = async () => {
    const batch = waiting.splice(0, BATCH_SPANS_MAX);
    if (batch.length === 0) return;
    const sent = await sendSpans(settings, batch);
    if (sent.kind === 'again') waiting = [...batch, ...waiting].slice(-BUFFER_SPANS_MAX);
    if (sent.kind !== 'taken' && !isAway)
      deps.logger.warn(
        { reason: sent.reason },
        'spans could not be sent; nothing but traces suffers from it',
      );
    isAway = sent.kind !== 'taken';
  };
  const timer = setInterval(() => {
    sending ??= flush().finally(() => {
      sending = null;
    });
  }, FLUSH_MS);
  timer.unref();
  return {
    add(span) {
      waiting.push(span);
      if (waiting.length > BUFFER_SPANS_MAX) waiting.shift();
    },
    async close() {
      clearInterval(timer);
      await sending;
      await flush();
    },
  };
}
