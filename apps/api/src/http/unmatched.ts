import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError } from './problem-error.ts';

type Located = { method: string; path: string; hasHead: boolean };

/** For what no route takes: 405 with `Allow` where the path exists with other methods, else 404. */
export function createUnmatchedHandler(routes: readonly Located[]) {
  const patterns = routes.map(({ method, path, hasHead }) => ({
    methods: hasHead ? [method, 'HEAD'] : [method],
    pattern: patternOf(path),
  }));
  return async (request: FastifyRequest, _reply: FastifyReply): Promise<never> => {
    const path = request.url.split('?', 1)[0] ?? '/';
    const methods = patterns.filter(({ pattern }) => pattern.test(path)).flatMap((found) => found.methods);
    if (methods.length === 0) throw new ProblemError('not_found');
    const allowed = new Set(methods);
    throw new ProblemError('method_not_allowed', { headers: { allow: [...allowed].sort().join(', ') } });
  };
}

/** `/v1/withdrawals/:id` → a pattern in which each parameter is one segment. */
function patternOf(path: string): RegExp {
  const source = path
    .split(/(:[A-Za-z]+)/)
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('');
  return new RegExp(`^${source}$`);
}
