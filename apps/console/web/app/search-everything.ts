import { useQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';
import { naru } from './client.ts';

export type Found = { kind: string; id: string; title: string; subtitle: string; to: string };

/** Shorter texts find too much to be of use. */
const CHARACTERS_MIN = 3;

/** Where the views of things are; of a kind that has none yet, nothing is offered. */
const places: Readonly<Record<string, (id: string) => string>> = {
  withdrawal: (id) => `/withdrawals/${id}`,
  bulk: (id) => `/bulk/${id}`,
  deposit: (id) => `/deposits/${id}`,
  deadLetter: (id) => `/dead-letters/${id}`,
  review: (id) => `/approvals/${id}`,
  chainTx: (id) => `/chain-txs/${id}`,
  treasuryProposal: (id) => `/treasury/${id}`,
  policy: (id) => `/policies/${id}`,
  webhookEndpoint: (id) => `/webhooks/${id}`,
};

/** Things by id, hash, address, reference or amount. */
export function useSearchEverything(text: string): { found: Found[]; isSearching: boolean } {
  const wanted = useDeferredValue(text.trim());
  const query = useQuery({
    queryKey: ['search', wanted],
    queryFn: ({ signal }) => naru.admin.search(wanted, { signal }),
    enabled: wanted.length >= CHARACTERS_MIN,
    staleTime: 10_000,
  });
  const found = (query.data ?? []).flatMap((one) => {
    const to = places[one.kind]?.(one.id);
    return to === undefined
      ? []
      : [{ kind: one.kind, id: one.id, title: one.title, subtitle: one.subtitle, to }];
  });
  return { found, isSearching: query.isFetching };
}
