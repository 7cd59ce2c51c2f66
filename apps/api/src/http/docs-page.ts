import Fastify, { type FastifyInstance } from 'fastify';
import { contentSecurityPolicy, sourceHash } from './content-security-policy.ts';

const PREFIX = '/docs';
const SCRIPT = `${PREFIX}/js/scalar.js`;
export const docsPaths = [PREFIX, `${PREFIX}/`, SCRIPT];
const INLINE_SCRIPT = /<script type="text\/javascript">([\s\S]*?)<\/script>/g;

/**
 * The interactive documentation. The page and its one script come from this process; fonts, proxies, telemetry and
 * hosted add-ons of the vendor are off, and the policy lets the browser reach nothing but this host. It is loaded when
 * somebody first asks for it: it is four megabytes, and an API that starts again has more urgent things to do.
 */
export function registerDocsPage(app: FastifyInstance): void {
  let loading: Promise<FastifyInstance> | null = null;
  const load = () => {
    loading ??= createSite().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
  for (const path of docsPaths)
    app.get(path, async (_request, reply) => {
      const { statusCode, headers, body } = await (await load()).inject(path);
      reply.status(statusCode);
      for (const name of ['content-type', 'location'] as const)
        if (headers[name] !== undefined) reply.header(name, headers[name]);
      if (path === SCRIPT) reply.header('cache-control', 'public, max-age=3600');
      if (path === `${PREFIX}/`) reply.header('content-security-policy', policyFor(body));
      return reply.send(body);
    });
}

/** The vendor's pages, which are a plugin of a server: one that listens nowhere. */
async function createSite(): Promise<FastifyInstance> {
  const { default: apiReference } = await import('@scalar/fastify-api-reference');
  const site = Fastify();
  await site.register(apiReference, {
    routePrefix: PREFIX,
    configuration: {
      url: '/openapi.json',
      pageTitle: 'Naru API',
      withDefaultFonts: false,
      telemetry: false,
      hideClientButton: true,
      showDeveloperTools: 'never',
      agent: { disabled: true },
      mcp: { disabled: true },
      documentDownloadType: 'json',
      orderSchemaPropertiesBy: 'preserve',
      orderRequiredPropertiesFirst: false,
      defaultOpenFirstTag: true,
      persistAuth: false,
      authentication: { preferredSecurityScheme: 'apiKey' },
    },
  });
  await site.ready();
  return site;
}

/** Scalar writes its styles at run time, so inline styles must be allowed; scripts only by their text or from here. */
function policyFor(html: string): string {
  const inline = [...html.matchAll(INLINE_SCRIPT)].map((match) => sourceHash(match[1] ?? ''));
  return contentSecurityPolicy({
    'script-src': ["'self'", ...inline],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'", 'data:'],
    'connect-src': ["'self'"],
  });
}
