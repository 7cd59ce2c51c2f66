import type { Database } from '@naru/db/database.ts';
import { withExclusive } from '@naru/db/exclusive.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { Span } from '@naru/telemetry/otlp.ts';
import type { SentSpans } from '@naru/telemetry/send-spans.ts';
import { readLogEnd } from '../withdrawal/event-log.reader.ts';
import { toSpans } from './to-spans.ts';
import { readTracedEvents, readTracePosition, writeTracePosition } from './trace.store.ts';

/** Events of one step: a request of some hundred KB. */
export const TRACED_EVENTS_MAX = 500;
/** A collector that was away for longer than this many events is not told of all that: traces are for today. */
export const TRACE_LAG_EVENTS_MAX = 1_000_000n;

export type TraceDeps = {
  db: Database;
  /** Connections for the right to tell, of which one instance has it. */
  locks: Database;
  logger: Logger;
  /** Share of withdrawals whose traces are told, from 0 to 1. */
  ratio: number;
  send: (spans: readonly Span[]) => Promise<SentSpans>;
};

/**
 * Tells the log of events as spans, from where it was told so far. The log is the buffer: a role that is killed loses no
 * span, and a collector that is away gets its spans later. Returns whether more may be there.
 */
export async function tellTraces(deps: TraceDeps): Promise<boolean> {
  const done = await withExclusive(deps.locks, 'traces', async () => {
    const after = await readTracePosition(deps.db);
    const end = await readLogEnd(deps.db);
    if (end - after > TRACE_LAG_EVENTS_MAX) {
      deps.logger.warn({ skipped: String(end - after) }, 'traces are far behind, and go on from now');
      await writeTracePosition(deps.db, end);
      return false;
    }
    const events = await readTracedEvents(deps.db, after, TRACED_EVENTS_MAX);
    const last = events.at(-1);
    // Also with nothing to tell: where to begin is known from then on.
    if (last === undefined) {
      await writeTracePosition(deps.db, after);
      return false;
    }
    const sent = await deps.send(events.flatMap((event) => toSpans(event, deps.ratio)));
    if (sent.kind === 'again') throw new Error(`traces wait: ${sent.reason}`);
    if (sent.kind === 'refused')
      deps.logger.warn({ reason: sent.reason }, 'a collector refused spans for good');
    await writeTracePosition(deps.db, last.position);
    return events.length === TRACED_EVENTS_MAX;
  });
  return done?.value ?? false;
}
