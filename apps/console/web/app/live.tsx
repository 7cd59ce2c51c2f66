import type { StreamEventBody } from '@naru/wire/event.ts';
import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { naru } from './client.ts';
import { useIsVisible } from './use-is-visible.ts';

export type Connection = 'connecting' | 'live' | 'lost' | 'paused';

type Live = {
  connection: Connection;
  isPaused: boolean;
  setPaused: (isPaused: boolean) => void;
  /** When something was last heard of the server. */
  heardAt: Date | null;
};

const LiveContext = createContext<Live>({
  connection: 'connecting',
  isPaused: false,
  setPaused: () => undefined,
  heardAt: null,
});

/** Views are looked at again at most this often, however much happens. */
const REFRESH_MS = 1_500;

/** What an event makes old: the first parts of the keys of queries. */
const staleAfter: readonly { types: RegExp; keys: readonly string[] }[] = [
  { types: /^withdrawal\./, keys: ['withdrawals', 'withdrawal', 'approvals', 'dead-letters', 'bulk'] },
  { types: /^deposit\./, keys: ['deposits'] },
  { types: /^bulk\./, keys: ['bulk'] },
  { types: /^webhook_endpoint\./, keys: ['webhooks'] },
  { types: /./, keys: ['events'] },
];

/**
 * Follows the stream of the organisation's events and looks again at what they touch. A view that is being read does not
 * jump: whoever wants quiet pauses it, and sees that it is paused.
 */
export function LiveProvider({ children, isAllowed }: { children: ReactNode; isAllowed: boolean }) {
  const client = useQueryClient();
  const [connection, setConnection] = useState<Connection>('connecting');
  const [isPaused, setPaused] = useState(false);
  const [heardAt, setHeardAt] = useState<Date | null>(null);
  const waiting = useRef(new Set<string>());
  const isVisible = useIsVisible();

  useEffect(() => {
    if (!isAllowed || isPaused || !isVisible) return;
    const ended = new AbortController();
    void follow(ended.signal, {
      onConnection: (state) => {
        setConnection(state === 'open' ? 'live' : 'lost');
        setHeardAt(new Date());
        // What was missed while it was lost.
        if (state === 'open') void client.invalidateQueries();
      },
      onEvent: (event) => {
        setHeardAt(new Date());
        for (const { types, keys } of staleAfter)
          if (types.test(event.type)) for (const key of keys) waiting.current.add(key);
      },
    });
    const timer = setInterval(() => {
      for (const key of waiting.current) void client.invalidateQueries({ queryKey: [key] });
      waiting.current.clear();
    }, REFRESH_MS);
    return () => {
      ended.abort();
      clearInterval(timer);
    };
  }, [client, isAllowed, isPaused, isVisible]);

  const value = useMemo<Live>(
    () => ({ connection: isPaused ? 'paused' : connection, isPaused, setPaused, heardAt }),
    [connection, isPaused, heardAt],
  );
  return <LiveContext value={value}>{children}</LiveContext>;
}

async function follow(
  signal: AbortSignal,
  told: { onConnection: (state: 'open' | 'lost') => void; onEvent: (event: StreamEventBody) => void },
): Promise<void> {
  try {
    for await (const event of naru.events.stream({ signal, onConnection: told.onConnection }))
      told.onEvent(event);
  } catch {
    // What no repeat can mend, as a session that has ended: the next call of a view says so.
    told.onConnection('lost');
  }
}

export function useLive(): Live {
  return useContext(LiveContext);
}
