import { Banner } from '@naru/ui/banner.tsx';
import { Card } from '@naru/ui/card.tsx';
import type { ReconciliationBody } from '@naru/wire/reconciliation.ts';
import { useQuery } from '@tanstack/react-query';
import { naru } from '../../app/client.ts';
import { formatCount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { Page } from '../../primitives/page.tsx';
import { QueryView } from '../../primitives/query-view.tsx';
import { CheckItem } from './check-item.tsx';
import { DriftCard } from './drift-card.tsx';
import { reconciliationTexts } from './reconciliation.texts.ts';
import { SignOffButton, SignOffsCard } from './sign-off.tsx';

/** Checks run by themselves; what they say is looked at again this often. */
const REFRESH_MS = 15_000;

/** Whether the books fit, and who has said so for which day. */
export function ReconciliationView() {
  const words = useTexts(reconciliationTexts);
  const query = useQuery({
    queryKey: ['reconciliation'],
    queryFn: ({ signal }) => naru.admin.reconciliation.get({ signal }),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={query.data === undefined ? null : <SignOffButton isOk={query.data.status === 'OK'} />}
    >
      <QueryView query={query} skeletonRows={10}>
        {(body) => <Everything body={body} />}
      </QueryView>
    </Page>
  );
}

function Everything({ body }: { body: ReconciliationBody }) {
  const words = useTexts(reconciliationTexts);
  const books = body.checks.filter((check) => check.books);
  const others = body.checks.filter((check) => !check.books);
  const wrong = books.filter((check) => check.status !== 'OK');
  return (
    <>
      {body.status === 'OK' ? (
        <Banner tone="good" title={words.okTitle}>
          {words.okText}
        </Banner>
      ) : (
        <Banner
          tone={wrong.some((check) => check.status === 'NOT_OK') ? 'bad' : 'warn'}
          title={words.notOkTitle(formatCount(wrong.length))}
        >
          {words.notOkText}
        </Banner>
      )}
      <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(20rem,1fr)]">
        <div className="flex min-w-0 flex-col gap-4">
          <DriftCard checks={body.checks} />
          {[
            { title: words.books, checks: books },
            { title: words.health, checks: others },
          ].map(({ title, checks }) => (
            <Card key={title} title={title} isFlush>
              <ul className="flex flex-col divide-y divide-separator">
                {checks.map((check) => (
                  <CheckItem key={check.invariant} check={check} />
                ))}
              </ul>
            </Card>
          ))}
        </div>
        <SignOffsCard signOffs={body.signOffs} />
      </div>
    </>
  );
}
