import { Card } from '@naru/ui/card.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { PersonBody } from '@naru/wire/person.ts';
import { scopesOfRole } from '@naru/wire/role.ts';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { naru } from '../../app/client.ts';
import { NotFound } from '../../app/fallbacks.tsx';
import { useMe } from '../../app/me.ts';
import { formatCount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { roleNames } from '../../i18n/role-names.ts';
import { scopeTexts } from '../../i18n/scopes.ts';
import { type Anomaly, DetailPage } from '../../primitives/detail-page.tsx';
import { QueryPage } from '../../primitives/query-view.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { peopleTexts } from './people.texts.ts';
import { Factor } from './people-list.view.tsx';
import { PersonActivity } from './person-activity.tsx';
import { PersonVerbs } from './person-verbs.tsx';

export function PersonDetailView() {
  const { id } = useParams({ from: '/shell/people/$id' });
  const query = useQuery({
    queryKey: ['people'],
    queryFn: ({ signal }) => naru.people.list({ signal }),
  });
  return (
    <QueryPage query={query}>
      {(people) => {
        const person = people.find((one) => one.id === id);
        return person === undefined ? <NotFound /> : <Person person={person} />;
      }}
    </QueryPage>
  );
}

function Person({ person }: { person: PersonBody }) {
  const words = useTexts(peopleTexts);
  const me = useMe();
  return (
    <DetailPage
      title={person.name}
      lead={person.email}
      actions={person.removedAt === null ? <PersonVerbs person={person} /> : null}
      anomaly={useAnomaly(person)}
      aside={<Facts person={person} />}
    >
      {me.can('audit:read') ? (
        <PersonActivity person={person} />
      ) : (
        <Card title={words.activity}>
          <p className="text-sm text-muted">{words.activityNoScope}</p>
        </Card>
      )}
    </DetailPage>
  );
}

function useAnomaly({ removedAt, secondFactor }: PersonBody): Anomaly | null {
  const words = useTexts(peopleTexts);
  if (removedAt !== null) return { tone: 'info', title: words.gone, text: words.goneText };
  if (secondFactor.totp || secondFactor.passkey) return null;
  return { tone: 'warn', title: words.noFactorTitle, text: words.noFactorText };
}

function Facts({ person }: { person: PersonBody }) {
  const words = useTexts(peopleTexts);
  const names = useTexts(roleNames);
  const scopes = useTexts(scopeTexts);
  return (
    <>
      <Card title={words.facts}>
        <KeyValues
          rows={[
            [words.role, names[person.role]],
            [words.secondFactor, <Factor key="factor" person={person} />],
            [words.sessions, words.sessionCount(formatCount(person.sessions))],
            [
              words.lastSignedIn,
              person.lastSignedInAt === null ? words.never : <Time key="last" at={person.lastSignedInAt} />,
            ],
            [words.joined, <Time key="joined" at={person.createdAt} />],
            ...(person.removedAt === null
              ? []
              : [[words.removed, <Time key="removed" at={person.removedAt} />] as const]),
            ['ID', <ShortId key="id" text={person.id} />],
            ['API', <ShortId key="key" text={person.apiKeyId} />],
          ]}
        />
      </Card>
      <Card
        title={words.permissions}
        actions={
          <Link to="/people/roles" className="text-sm text-link underline">
            {words.roles}
          </Link>
        }
      >
        <ul className="flex flex-wrap gap-1.5">
          {scopesOfRole[person.role].map((scope) => (
            <li key={scope} title={scope}>
              <StatusChip tone="idle">{scopes[scope].name}</StatusChip>
            </li>
          ))}
        </ul>
      </Card>
    </>
  );
}
