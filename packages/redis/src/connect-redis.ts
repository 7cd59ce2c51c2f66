import { once } from 'node:events';
import { errorText } from '@naru/kit/errors.ts';
import { backoffMs } from '@naru/kit/retry.ts';
import type { Secret } from '@naru/kit/secret.ts';
import { createClient } from '@redis/client';
import {
  CALL_TIMEOUT_MS,
  COMMANDS_MAX,
  CONNECT_TIMEOUT_MS,
  MESSAGE_CHARACTERS_MAX,
  PAUSE_AFTER_FAILURE_MS,
  PING_INTERVAL_MS,
  RECONNECT_BACKOFF,
} from './redis.limits.ts';

export type Redis = {
  /** Adds one to a counter that lives for `windowMs` after its first. Null: Redis does not answer, count yourself. */
  count(key: string, windowMs: number): Promise<{ current: number; ttlMs: number } | null>;
  /** Takes or keeps a lease under `owner`. Null: Redis does not answer. */
  lease(key: string, owner: string, ms: number): Promise<boolean | null>;
  giveBack(key: string, owner: string): Promise<void>;
  /** Tells everybody who listens, when it can be told. Never throws, never waits. */
  publish(channel: string, text: string): void;
  /**
   * `onMessage` for each text of a channel. `onGap` when the connection is there again, and the first time: what was
   * said meanwhile was missed.
   */
  subscribe(channel: string, onMessage: (text: string) => void, onGap: () => void): void;
  /** Whether messages arrive at this moment, as far as is known. */
  isListening(): boolean;
  /** For readiness: what does not work, or null. */
  problem(): string | null;
  /** Whether Redis answers, once that is known; for programs that end soon. */
  ready(): Promise<boolean>;
  /** What is being published may still arrive; nothing else is waited for. */
  close(): Promise<void>;
};

/** Counts and gives the rest of the window. One script, so that a counter never stays without its end. */
const COUNT_SCRIPT = `
local current = redis.call('INCR', KEYS[1])
local ttl = redis.call('PTTL', KEYS[1])
if ttl < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  ttl = tonumber(ARGV[1])
end
return {current, ttl}`;
const LEASE_SCRIPT = `
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;
const GIVE_BACK_SCRIPT = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

type Client = ReturnType<typeof makeClient>;

function makeClient(url: string) {
  return createClient({
    url,
    // Nothing waits for a connection that is away, and no connection is moved to an address that nobody configured.
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    commandsQueueMaxLength: COMMANDS_MAX,
    pingInterval: PING_INTERVAL_MS,
    disableClientInfo: true,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: PING_INTERVAL_MS * 2,
      reconnectStrategy: (retries) => backoffMs(retries + 1, RECONNECT_BACKOFF),
    },
  });
}

/**
 * Redis as something that may be away at any time: every call answers within 100 ms, at the latest with "I do not
 * know", and the connections come back by themselves.
 */
export function connectRedis(options: {
  url: Secret;
  onProblem: (problem: string | null) => void;
  /** Until a call is given up. */
  callTimeoutMs?: number;
}): Redis {
  const commands = makeClient(options.url.reveal());
  const listener = makeClient(options.url.reveal());
  const channels = new Map<string, { onMessage: (text: string) => void; onGap: () => void }>();
  let problem: string | null = 'not connected yet';
  let pausedUntilMs = 0;
  let listening = false;
  const publishing = new Set<Promise<unknown>>();

  function note(next: string | null): void {
    if ((next === null) !== (problem === null)) options.onProblem(next);
    problem = next;
  }

  async function ask<T>(call: (client: Client) => Promise<T>): Promise<T | null> {
    if (!commands.isReady || performance.now() < pausedUntilMs) return null;
    try {
      const answer = await withLimit(call(commands), options.callTimeoutMs ?? CALL_TIMEOUT_MS);
      note(null);
      return answer;
    } catch (error) {
      pausedUntilMs = performance.now() + PAUSE_AFTER_FAILURE_MS;
      note(errorText(error));
      return null;
    }
  }

  commands.on('error', (error: unknown) => note(errorText(error)));
  commands.on('ready', () => note(null));
  listener.on('error', () => {
    listening = false;
  });
  listener.on('reconnecting', () => {
    listening = false;
  });
  listener.on('ready', () => {
    void listen().catch(() => undefined);
  });
  // Subscriptions are made anew by the client after each return, before it is ready; the first are made here.
  async function listen(): Promise<void> {
    await Promise.all([...channels].map(([name, channel]) => subscribeOnce(name, channel.onMessage)));
    listening = true;
    for (const channel of channels.values()) channel.onGap();
  }
  const subscribed = new Set<string>();
  async function subscribeOnce(channel: string, onMessage: (text: string) => void): Promise<void> {
    if (subscribed.has(channel)) return;
    subscribed.add(channel);
    try {
      await listener.subscribe(channel, (text) => {
        if (text.length <= MESSAGE_CHARACTERS_MAX) onMessage(text);
      });
    } catch (error) {
      subscribed.delete(channel);
      throw error;
    }
  }
  void commands.connect().catch(() => undefined);
  void listener.connect().catch(() => undefined);

  return {
    async count(key, windowMs) {
      const answer = await ask((client) =>
        client.eval(COUNT_SCRIPT, { keys: [key], arguments: [String(windowMs)] }),
      );
      const [current, ttlMs] = Array.isArray(answer) ? answer : [];
      return answer === null ? null : { current: Number(current), ttlMs: Number(ttlMs) };
    },
    async lease(key, owner, ms) {
      const answer = await ask((client) =>
        client.eval(LEASE_SCRIPT, { keys: [key], arguments: [owner, String(ms)] }),
      );
      return answer === null ? null : Number(answer) === 1;
    },
    async giveBack(key, owner) {
      await ask((client) => client.eval(GIVE_BACK_SCRIPT, { keys: [key], arguments: [owner] }));
    },
    publish(channel, text) {
      const call = ask((client) => client.publish(channel, text));
      publishing.add(call);
      void call.then(() => publishing.delete(call));
    },
    subscribe(channel, onMessage, onGap) {
      channels.set(channel, { onMessage, onGap });
      if (!listener.isReady) return;
      void subscribeOnce(channel, onMessage).then(onGap, () => undefined);
    },
    isListening: () => listening && listener.isReady,
    problem: () => problem,
    async ready() {
      if (commands.isReady) return true;
      const limit = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
      await once(commands, 'ready', { signal: limit }).catch(() => undefined);
      return commands.isReady;
    },
    async close() {
      listening = false;
      await Promise.all(publishing);
      commands.destroy();
      listener.destroy();
    },
  };
}

async function withLimit<T>(call: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  // Whoever loses must not end the process with a rejection that nobody waits for.
  call.catch(() => undefined);
  return await Promise.race([call, limit]).finally(() => clearTimeout(timer));
}
