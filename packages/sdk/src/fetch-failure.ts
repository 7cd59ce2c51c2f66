/** Causes with which no byte of the request has reached a server. Source: Node.js and undici error codes. */
const NEVER_REACHED: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'the host name does not exist',
  EAI_AGAIN: 'the host name cannot be looked up',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  ERR_INVALID_URL: 'the address is not a URL',
};

/**
 * Why `fetch` threw. Browsers tell nothing about it, so what is not known to have stayed here counts as `reached`:
 * the server may have acted.
 */
export function classifyFetchFailure(error: unknown): { reached: boolean; reason: string } {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const code = codeOf(cause);
    const reason = code === null ? undefined : NEVER_REACHED[code];
    if (reason !== undefined) return { reached: false, reason };
    if (cause instanceof AggregateError && cause.errors.length > 0) {
      const parts = cause.errors.map(classifyFetchFailure);
      const [first] = parts;
      if (first !== undefined && parts.every((part) => !part.reached)) return first;
    }
    if (cause.cause === undefined) return { reached: true, reason: code ?? cause.message };
  }
  return { reached: true, reason: String(error) };
}

function codeOf(error: Error): string | null {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : null;
}
