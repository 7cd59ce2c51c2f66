import apiReference from '@scalar/fastify-api-reference';
import type { FastifyInstance } from 'fastify';
import { contentSecurityPolicy, sourceHash } from './content-security-policy.ts';

const PREFIX = '/docs';
const INLINE_SCRIPT = /<script type="text\/javascript">([\s\S]*?)<\/script>/g;

/**
 * The interactive documentation. The page and its one script come from this process; fonts, proxies, telemetry and
 * hosted add-ons of the vendor are off, and the policy lets the browser reach nothing but this host.
 */
export async function registerDocsPage(app: FastifyInstance): Promise<void> {
  await app.register(async (scope) => {
    scope.addHook('onSend', async (request, reply, payload) => {
      const path = request.url.split('?', 1)[0];
      if (path === `${PREFIX}/js/scalar.js`) reply.header('cache-control', 'public, max-age=3600');
      if (path === `${PREFIX}/` && typeof payload === 'string')
        reply.header('content-security-policy', policyFor(payload));
      return payload;
    });
    await scope.register(apiReference, {
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
  });
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
