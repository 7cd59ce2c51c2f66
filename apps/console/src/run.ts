import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import proxy from '@fastify/http-proxy';
import files from '@fastify/static';
import type { Logger } from '@naru/kit/logger.ts';
import fastify, { type FastifyInstance, type FastifyServerOptions, LogController } from 'fastify';
import type { Config } from './config.ts';
import { pageHeaders } from './page-headers.ts';

export type Server = { url: string; close(): Promise<void> };

/** Answers under way get this long when the server stops. */
const STOP_TIMEOUT_MS = 5_000;

/**
 * A call may be silent so long before it is given up: a large file, or rules tried on months of withdrawals, take their
 * time, and streams say something every few seconds. Zero would be ten seconds, the plugin's own.
 */
const SILENCE_MS_MAX = 600_000;

/** The built pages, and the API under the same origin: the browser never learns of another address, nor of a key. */
export async function run(config: Config, log: Logger): Promise<Server> {
  const options: FastifyServerOptions<HttpServer> = {
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
  };
  const app: FastifyInstance = fastify(options);
  app.addHook('onRequest', (request, reply, done) => {
    if (!isProxied(request.url)) reply.headers(pageHeaders);
    done();
  });
  app.get('/healthz', (_request, reply) => reply.send({ status: 'ok' }));
  app.get('/readyz', (_request, reply) => reply.send({ status: 'ok' }));
  for (const { prefix, rewritePrefix } of PROXIED)
    await app.register(proxy, {
      upstream: config.apiUrl,
      prefix,
      rewritePrefix,
      http: { requestOptions: { timeout: SILENCE_MS_MAX } },
      replyOptions: {
        rewriteRequestHeaders: (request, headers) => ({
          ...headers,
          // What the API may believe of where a call came from is what this process saw, and nothing that a browser wrote.
          'x-forwarded-for': request.socket.remoteAddress ?? '',
          'x-forwarded-host': request.headers.host ?? '',
        }),
      },
    });
  await app.register(files, {
    root: config.dir,
    wildcard: false,
    index: false,
    preCompressed: true, // as the build left them
    // Names of built files carry their content's hash.
    setHeaders: (reply, file) => {
      const isHashed = file.startsWith(path.join(config.dir, 'assets') + path.sep);
      reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  // Every other path is a view of the one page, which decides by itself; nothing is cached but by its hash.
  app.setNotFoundHandler((request, reply) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return reply.code(405).send();
    if (path.extname(new URL(request.url, 'http://console').pathname) !== '') return reply.code(404).send();
    return reply.header('cache-control', 'no-cache').sendFile('index.html', { cacheControl: false });
  });
  await app.listen({ host: config.host, port: config.port });
  const { port } = app.server.address() as AddressInfo;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  const url = `http://${host}:${port}`;
  log.info({ url }, 'ready to show the console');
  return {
    url,
    async close() {
      const cut = setTimeout(() => app.server.closeAllConnections(), STOP_TIMEOUT_MS);
      app.server.closeIdleConnections();
      await app.close();
      clearTimeout(cut);
    },
  };
}

const PROXIED = [
  { prefix: '/api', rewritePrefix: '' },
  { prefix: '/auth', rewritePrefix: '/auth' },
] as const;

function isProxied(url: string): boolean {
  return PROXIED.some(({ prefix }) => url === prefix || url.startsWith(`${prefix}/`));
}
