import { startWorkLoop } from '@naru/core/loop/work-loop.ts';
import { isTold } from '@naru/core/webhook/event-body.ts';
import { type LogEntry, readLog, readSettledEnd } from '@naru/core/withdrawal/event-log.reader.ts';
import type { Database } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { FeedRelay, Told } from './feed-relay.ts';
import { LOG_BUSY_MS, LOG_PAGE_EVENTS, LOG_POLL_MS } from './stream.limits.ts';

/** Somebody who listens to one organisation's events. */
export type Listener = {
  organisationId: string;
  take(event: LogEntry): void;
  /** Called now and then, to see whether it still takes what it is given. */
  check(): void;
};

/** The log's events as they come, for all listeners of this process. Reads only while there are any. */
export type EventFeed = {
  /** Keeps the feed reading; the result lets go. */
  hold(): () => void;
  /** The position up to which everything was told and nothing can appear any more; null when nobody holds the feed. */
  head(): Promise<bigint | null>;
  /** The same, as it is at this moment. */
  headNow(): bigint;
  /** From here on `listener` gets everything after `headNow()`. */
  add(listener: Listener): () => void;
  close(): Promise<void>;
};

export type FeedDeps = {
  db: Database;
  log: Logger;
  relay: FeedRelay | null;
  /** Starts hearing signals that say "something happened"; null where there are none to hear. */
  listen: ((wake: () => void) => { close(): Promise<void> }) | null;
};

export function createEventFeed(deps: FeedDeps): EventFeed {
  const { db, relay } = deps;
  const listeners = new Map<string, Set<Listener>>();
  let holders = 0;
  let head: bigint | null = null;
  /** Something was told that does not follow on what we have: it must be read. */
  let isBehind = false;
  let signals: { close(): Promise<void> } | null = null;

  const loop = startWorkLoop({ name: 'stream', pollMs: LOG_POLL_MS, logger: deps.log, work: step });
  relay?.onTold(hear);

  async function step(): Promise<boolean | { againInMs: number }> {
    for (const group of listeners.values()) for (const listener of group) listener.check();
    if (holders === 0) {
      head = null;
      await relay?.resign();
      return false;
    }
    if (head === null) {
      head = await readSettledEnd(db);
      return head === null;
    }
    const standing = relay === null ? 'alone' : await relay.standing();
    if (standing === 'follows' && !isBehind) return false;
    isBehind = false;
    const from = head;
    const events = await readLog(db, from, LOG_PAGE_EVENTS);
    const to = events.at(-1)?.position ?? from;
    advance(to, events);
    // Without events too: it says that somebody reads.
    if (standing === 'leads') relay?.tell({ from, to, events: events.filter(isTold) });
    return events.length === 0 ? false : { againInMs: LOG_BUSY_MS };
  }

  function hear({ from, to, events }: Told): void {
    if (head === null || to <= head) return;
    if (from <= head) {
      advance(to, events);
      return;
    }
    isBehind = true;
    loop.wake();
  }

  /** Everything up to `to` is in `events`, or was told before. The head may have moved since they were read. */
  function advance(to: bigint, events: readonly LogEntry[]): void {
    const before = head ?? 0n;
    if (to <= before) return;
    head = to;
    for (const event of events)
      if (event.position > before && isTold(event))
        for (const listener of listeners.get(event.organisationId) ?? []) listener.take(event);
  }

  return {
    hold() {
      holders += 1;
      if (holders === 1) signals = deps.listen?.(() => loop.wake()) ?? null;
      return () => {
        holders -= 1;
        if (holders > 0) return;
        void signals?.close();
        signals = null;
      };
    },
    async head() {
      // Who asked may be gone before it is known, and without anybody it is not looked for.
      while (head === null && holders > 0) await loop.look();
      return head;
    },
    headNow: () => assertPresent(head, 'head of the log'),
    add(listener) {
      const group = listeners.get(listener.organisationId) ?? new Set();
      listeners.set(listener.organisationId, group.add(listener));
      return () => {
        group.delete(listener);
        if (group.size === 0 && listeners.get(listener.organisationId) === group)
          listeners.delete(listener.organisationId);
      };
    },
    async close() {
      await loop.stop();
      await Promise.all([signals?.close(), relay?.resign()]);
    },
  };
}
