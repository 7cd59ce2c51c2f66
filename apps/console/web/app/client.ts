import { createNaru } from '@naru/sdk/create-naru.ts';
import { QueryClient } from '@tanstack/react-query';
import { preferences } from './preferences.ts';
import { isRefusedForNow } from './refusals.ts';

/** The session's cookie speaks for the caller: the page itself holds no key. */
export const naru = createNaru({
  baseUrl: `${location.origin}/api`,
  fetch: (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('accept-language', preferences().locale);
    return globalThis.fetch(input, { ...init, headers });
  },
});

/** The client has tried several times by itself before an error comes here. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: false,
      staleTime: 5_000,
      refetchOnWindowFocus: true,
      throwOnError: (error) => isRefusedForNow(error),
    },
  },
});
