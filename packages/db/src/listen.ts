import pg from 'pg';

export type Listener = { close(): Promise<void> };

const RECONNECT_MS = 1_000;

/**
 * Listens on channels with a connection of its own and comes back by itself when it is lost. Signals sent meanwhile
 * are lost too: `onSignal` is called once after each reconnection, and polling covers the rest.
 */
export function listen(options: {
  databaseUrl: string;
  applicationName: string;
  channels: readonly string[];
  onSignal: (channel: string) => void;
  onError: (error: Error) => void;
}): Listener {
  let closed = false;
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | null = null;

  async function connect(): Promise<void> {
    const next = new pg.Client({
      connectionString: options.databaseUrl,
      application_name: options.applicationName,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    client = next;
    next.on('notification', (message) => options.onSignal(message.channel));
    next.on('error', options.onError);
    // Comes once, however the connection was lost. That of one already replaced says nothing about its successor.
    next.on('end', () => {
      if (client === next) retry();
    });
    try {
      await next.connect();
      for (const channel of options.channels) await next.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      // One that listens to half of the channels must not stay behind.
      await next.end().catch(() => undefined);
      throw error;
    }
    for (const channel of options.channels) options.onSignal(channel);
  }

  function retry(): void {
    if (closed || timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      void start();
    }, RECONNECT_MS);
  }

  async function start(): Promise<void> {
    try {
      await connect();
    } catch (error) {
      options.onError(error instanceof Error ? error : new Error(String(error)));
      retry();
    }
  }

  void start();
  return {
    async close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
