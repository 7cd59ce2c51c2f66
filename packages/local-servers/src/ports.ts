import { createServer } from 'node:net';

const LOOPBACK = '127.0.0.1';

/**
 * A TCP port of this host that nobody listens on at this moment. Another process can take it before you do,
 * so whoever binds it must be ready to ask again.
 */
export function findFreePort(host: string = LOOPBACK): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.unref();
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error(`the system gave no port on ${host}`));
      });
    });
  });
}

/** Whether a server could listen on `port` now. Errors other than "in use" and "not allowed" are thrown. */
export function isPortFree(port: number, host: string = LOOPBACK): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.unref();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
