import type { MeBody } from '@naru/wire/person.ts';
import { mayCall, type Role, type Scope } from '@naru/wire/role.ts';
import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { naru } from './client.ts';

/** Who is signed in, as the API says it. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => naru.me({ signal }),
  staleTime: 30_000,
});

/** Who is signed in, and what they may do. Everything that a page offers follows from it; the API decides it again. */
export type Me = {
  name: string;
  email: string | null;
  role: Role | null;
  organisationId: string;
  organisationName: string;
  network: 'test' | 'live';
  scopes: readonly string[];
  secondFactor: { totp: boolean; passkey: boolean } | null;
  can: (scope: Scope) => boolean;
};

export function useMe(): Me {
  const { data } = useSuspenseQuery(meQuery);
  return useMemo(() => toMe(data), [data]);
}

function toMe(body: MeBody): Me {
  const { organisationId, organisationName, network, scopes } = body;
  const shared = {
    organisationId,
    organisationName,
    network,
    scopes,
    can: (scope: Scope) => mayCall(scopes, scope),
  };
  if (body.kind === 'apiKey')
    return { ...shared, name: organisationName, email: null, role: null, secondFactor: null };
  return { ...shared, name: body.name, email: body.email, role: body.role, secondFactor: body.secondFactor };
}
