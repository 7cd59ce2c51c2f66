import { sleep } from '@naru/kit/clock.ts';
import { createNaru, type Naru } from '@naru/sdk/create-naru.ts';
import { NaruApiError } from '@naru/sdk/errors.ts';

/** For one try; a frozen API must not hold its caller for long, the other one may answer. */
const CALL_TIMEOUT_MS = 6_000;
const AGAIN_MS = 250;

/** A client that is not put off: it asks one API process after the other until there is an answer. */
export type Clients = {
  /** Throws what was refused for good, with the refusal as its cause. */
  call<T>(what: string, call: (naru: Naru) => Promise<T>): Promise<T>;
};

export function createClients(options: {
  apiUrls: () => string[];
  apiKey: string;
  /** The run ends: whoever waits for an answer gives up. */
  signal: AbortSignal;
}): Clients {
  const known = new Map<string, Naru>();
  const clientOf = (baseUrl: string) => {
    const client =
      known.get(baseUrl) ??
      createNaru({ baseUrl, apiKey: options.apiKey, timeoutMs: CALL_TIMEOUT_MS, retriesMax: 1 });
    known.set(baseUrl, client);
    return client;
  };
  let turn = 0;
  return {
    async call(what, call) {
      for (;;) {
        options.signal.throwIfAborted();
        const urls = options.apiUrls();
        const url = urls[turn++ % Math.max(1, urls.length)];
        try {
          if (url !== undefined) return await call(clientOf(url));
        } catch (error) {
          if (error instanceof NaruApiError && !error.retryable && error.status < 500)
            throw new Error(`${what} was refused: ${error.code}: ${error.message}`, { cause: error });
        }
        await sleep(AGAIN_MS, options.signal);
      }
    },
  };
}

/** What the API said, of an error that `call` threw. */
export function refusalIn(error: unknown): NaruApiError | null {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof NaruApiError ? cause : null;
}
