import { Card } from '@naru/ui/card.tsx';
import { JsonView } from '@naru/ui/json-view.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import type { WebhookEventBody } from '@naru/wire/event.ts';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { naru } from '../../app/client.ts';
import { useTexts } from '../../i18n/locale.ts';
import { DetailPage } from '../../primitives/detail-page.tsx';
import { QueryPage } from '../../primitives/query-view.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { eventTexts } from './event.texts.ts';
import { placeOfEvent } from './event-subject.ts';

/** One event as it is told. */
export function EventDetailView() {
  const words = useTexts(eventTexts);
  const { id } = useParams({ from: '/shell/events/$id' });
  const query = useQuery({
    queryKey: ['events', 'one', id],
    queryFn: ({ signal }) => naru.events.get(id, { signal }),
    // What has happened does not change.
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <QueryPage query={query}>
      {(event) => (
        <DetailPage
          title={event.type}
          lead={words.rawHint}
          actions={
            <Link to="/events" className="text-sm text-link underline">
              {words.toList}
            </Link>
          }
          aside={<Facts event={event} />}
        >
          <Card title={words.raw}>
            <JsonView label={words.raw} value={event} />
          </Card>
        </DetailPage>
      )}
    </QueryPage>
  );
}

function Facts({ event }: { event: WebhookEventBody }) {
  const words = useTexts(eventTexts);
  const { id } = event.data;
  const to = placeOfEvent(id);
  const filter = id.startsWith('wd_') ? 'withdrawalId' : id.startsWith('dep_') ? 'depositId' : null;
  return (
    <Card title={words.facts}>
      <KeyValues
        rows={[
          [words.at, <Time key="at" at={event.timestamp} />],
          [words.id, event.id],
          [words.subject, <ShortId key="subject" text={id} />],
          ...('sequence' in event.data ? [[words.sequence, event.data.sequence] as const] : []),
        ]}
      />
      <p className="mt-3 flex flex-wrap gap-x-4 text-sm">
        {to === null ? null : (
          <Link to={to} className="text-link underline">
            {words.openSubject}
          </Link>
        )}
        {filter === null ? null : (
          <Link to="/events" search={{ [filter]: id }} className="text-link underline">
            {words.sameSubject}
          </Link>
        )}
      </p>
    </Card>
  );
}
