import type { OverviewBody } from '@naru/wire/overview.ts';
import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { naru } from '../../app/client.ts';
import { type Connection, useLive } from '../../app/live.tsx';
import { useIsVisible } from '../../app/use-is-visible.ts';

const KEY = ['overview'] as const;

/**
 * Whether money moves, as it is told: one answer at once, then the stream. While live updates are paused nothing of it
 * moves.
 */
export function useOverview(): { query: UseQueryResult<OverviewBody>; connection: Connection } {
  const client = useQueryClient();
  const { isPaused } = useLive();
  const isVisible = useIsVisible();
  const [connection, setConnection] = useState<Connection>('connecting');
  const query = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => naru.admin.overview.get({ signal }),
    enabled: !isPaused,
    // The stream keeps it new.
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => {
    if (isPaused || !isVisible) return;
    const ended = new AbortController();
    const { signal } = ended;
    const follow = async () => {
      const stream = naru.admin.overview.stream({
        signal,
        onConnection: (state) => setConnection(state === 'open' ? 'live' : 'lost'),
      });
      for await (const body of stream) client.setQueryData(KEY, body);
    };
    follow().catch(() => {
      if (signal.aborted) return;
      // What no repeat can mend, as a session that has ended: asking once more shows what it is.
      setConnection('lost');
      void client.invalidateQueries({ queryKey: KEY });
    });
    return () => ended.abort();
  }, [client, isPaused, isVisible]);
  return { query, connection: isPaused ? 'paused' : connection };
}
