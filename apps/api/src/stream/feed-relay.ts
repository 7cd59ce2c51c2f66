import type { OtherEvent } from '@naru/core/event/event.ts';
import type { LogEntry, LogEvent } from '@naru/core/withdrawal/event-log.reader.ts';
import { newUuid } from '@naru/kit/ids.ts';
import type { Redis } from '@naru/redis/connect-redis.ts';
import { SILENCE_MS, TAILER_LEASE_MS } from './stream.limits.ts';

const CHANNEL = 'naru:events';
const LEASE = 'naru:tailer';

/** Everything there is after `from` up to `to`, of all organisations. */
export type Told = { from: bigint; to: bigint; events: LogEntry[] };

/** Lets one instance read the log for all of them. Only spares reads: whoever doubts reads for itself. */
export type FeedRelay = {
  /** `leads`: read and tell. `follows`: somebody else does, and was heard a moment ago. `alone`: nobody knows. */
  standing(): Promise<'leads' | 'follows' | 'alone'>;
  tell(told: Told): void;
  onTold(handler: (told: Told) => void): void;
  /** Nobody listens here any more: let another one read. */
  resign(): Promise<void>;
};

export function createFeedRelay(redis: Redis): FeedRelay {
  const instance = newUuid();
  let leads = false;
  let heardAtMs = Number.NEGATIVE_INFINITY;
  return {
    async standing() {
      const lease = await redis.lease(LEASE, instance, TAILER_LEASE_MS);
      leads = lease === true;
      if (leads) return 'leads';
      const isTold = redis.isListening() && performance.now() - heardAtMs < SILENCE_MS;
      return lease === false && isTold ? 'follows' : 'alone';
    },
    tell: (told) => redis.publish(CHANNEL, encode(told)),
    onTold(handler) {
      redis.subscribe(
        CHANNEL,
        (text) => {
          const told = decode(text);
          if (told === null) return;
          heardAtMs = performance.now();
          handler(told);
        },
        () => undefined,
      );
    },
    async resign() {
      if (!leads) return;
      leads = false;
      await redis.giveBack(LEASE, instance);
    },
  };
}

function encode({ from, to, events }: Told): string {
  return JSON.stringify({ from: String(from), to: String(to), events }, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

/** What JSON has no form for travels as text. */
type Encode<Event> = {
  [Key in keyof Event]:
    | Exclude<Event[Key], bigint | Date>
    | (Extract<Event[Key], bigint | Date> extends never ? never : string);
};
type Encoded = { from: string; to: string; events: (Encode<LogEvent> | Encode<OtherEvent>)[] };

/** Null for what is not ours: then nothing was heard. */
function decode(text: string): Told | null {
  try {
    const { from, to, events } = JSON.parse(text) as Encoded;
    return { from: BigInt(from), to: BigInt(to), events: events.map(decodeEvent) };
  } catch {
    return null;
  }
}

function decodeEvent(event: Encode<LogEvent> | Encode<OtherEvent>): LogEntry {
  const place = { position: BigInt(event.position), at: new Date(event.at) };
  if (event.kind === 'other') return { ...event, ...place };
  return {
    ...event,
    ...place,
    amount: BigInt(event.amount),
    fee: BigInt(event.fee),
    createdAt: new Date(event.createdAt),
    confirmedAt: event.confirmedAt === null ? null : new Date(event.confirmedAt),
    nonce: event.nonce === null ? null : BigInt(event.nonce),
    blockNumber: event.blockNumber === null ? null : BigInt(event.blockNumber),
  };
}
