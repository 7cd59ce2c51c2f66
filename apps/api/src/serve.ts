import type { AddressInfo } from 'node:net';
import { sleep } from '@naru/kit/clock.ts';
import { createApp } from './app.ts';
import type { AppDeps } from './deps.ts';

/** Answers under way get this long when the server stops; then their connections are cut. */
const STOP_TIMEOUT_MS = 8_000;

export type Server = { url: string; close(): Promise<void> };

/** Listens with the app over `deps`. `close` takes no new connection, lets answers under way finish, and is bounded. */
export async function serve(deps: AppDeps, address: { host: string; port: number }): Promise<Server> {
  const app = await createApp(deps);
  await app.listen({ host: address.host, port: address.port });
  const { port } = app.server.address() as AddressInfo;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return {
    url: `http://${host}:${port}`,
    async close() {
      const deadline = new AbortController();
      const cut = sleep(STOP_TIMEOUT_MS, deadline.signal).then(() => {
        if (deadline.signal.aborted) return;
        deps.log.warn(`answers were still under way after ${STOP_TIMEOUT_MS} ms; their connections are cut`);
        app.server.closeAllConnections();
      });
      await app.close();
      deadline.abort();
      await cut;
    },
  };
}
