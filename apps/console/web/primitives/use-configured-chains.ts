import { useQuery } from '@tanstack/react-query';
import { naru } from '../app/client.ts';

/** Names of the chains that this installation pays on. */
export function useConfiguredChains(): string[] {
  const query = useQuery({
    queryKey: ['chains'],
    queryFn: ({ signal }) => naru.admin.chains.list({ signal }),
    staleTime: 60_000,
  });
  return (query.data ?? []).filter((one) => one.configured).map((one) => one.chain);
}
