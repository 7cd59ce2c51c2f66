import type { FastifyInstance } from 'fastify';

/**
 * Follows the requests under way, so that a stop can wait for them and for nothing else: connections that are kept
 * open, or were opened and never used, would hold up `server.close()` until they time out.
 */
export function trackRequests(server: FastifyInstance): { stop(timeoutMs: number): Promise<void> } {
  let underWay = 0;
  let stopping = false;
  const drained = Promise.withResolvers<void>();

  server.addHook('onRequest', async (_request, reply) => {
    underWay += 1;
    reply.raw.once('close', () => {
      underWay -= 1;
      if (stopping && underWay === 0) drained.resolve();
    });
  });
  server.addHook('onSend', async (_request, reply) => {
    if (stopping) reply.header('connection', 'close');
  });

  return {
    /** Takes no new requests, lets those under way finish within `timeoutMs`, then closes every connection. */
    async stop(timeoutMs) {
      stopping = true;
      if (underWay === 0) drained.resolve();
      const closed = server.close();
      const deadline = setTimeout(drained.resolve, timeoutMs);
      await drained.promise;
      clearTimeout(deadline);
      server.server.closeAllConnections();
      await closed;
    },
  };
}
