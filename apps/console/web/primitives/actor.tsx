import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { naru } from '../app/client.ts';
import { useMe } from '../app/me.ts';
import { ShortId } from './short-id.tsx';

const KEY = 'api_key:';

/** Who acted, as `api_key:key_…`, `operator:name@host` or `system:role`: a member by name, where one may see members. */
export function Actor({ id, name, holder }: { id: string; name?: string | null; holder?: string | null }) {
  const me = useMe();
  const isKey = id.startsWith(KEY);
  const people = useQuery({
    queryKey: ['people'],
    queryFn: ({ signal }) => naru.people.list({ signal }),
    enabled: isKey && me.can('people:read'),
    staleTime: 60_000,
  });
  if (!isKey) return <span className="break-words">{id}</span>;
  const keyId = id.slice(KEY.length);
  const person = people.data?.find((one) => one.apiKeyId === keyId);
  if (person !== undefined)
    return (
      <Link to="/people/$id" params={{ id: person.id }} className="text-link underline" title={person.email}>
        {person.name}
      </Link>
    );
  if (name) return <span title={`${keyId}${holder ? ` · ${holder}` : ''}`}>{name}</span>;
  return <ShortId text={keyId} />;
}
