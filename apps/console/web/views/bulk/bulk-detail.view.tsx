import { Banner } from '@naru/ui/banner.tsx';
import { Card } from '@naru/ui/card.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import { Progress } from '@naru/ui/meter.tsx';
import type { BulkWithdrawalBody } from '@naru/wire/bulk.ts';
import { withdrawalStates } from '@naru/wire/withdrawal.ts';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { naru } from '../../app/client.ts';
import { formatCount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { type Anomaly, DetailPage } from '../../primitives/detail-page.tsx';
import { QueryPage } from '../../primitives/query-view.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { WithdrawalState } from '../../primitives/withdrawal-state.tsx';
import { bulkTexts } from './bulk.texts.ts';
import { countDone } from './count-done.ts';
import { DownloadReport } from './download-report.tsx';

const REFRESH_MS = 1_500;

/** How far a file is, while it goes on. */
export function BulkDetailView() {
  const { id } = useParams({ from: '/shell/bulk/$id' });
  const words = useTexts(bulkTexts);
  const query = useQuery({
    queryKey: ['bulk', id],
    queryFn: ({ signal }) => naru.bulk.get(id, { signal }),
    refetchInterval: ({ state }) =>
      state.data !== undefined && countDone(state.data.counts) >= state.data.total ? false : REFRESH_MS,
  });
  return (
    <QueryPage query={query}>
      {(bulk) => (
        <DetailPage
          title={words.detailTitle(formatCount(bulk.total))}
          lead={<ShortId text={bulk.id} />}
          actions={<DownloadReport bulk={bulk} />}
          anomaly={anomalyOf(bulk, words)}
          aside={
            <Card title={words.facts}>
              <KeyValues
                rows={[
                  [words.file, <ShortId key="id" text={bulk.id} />],
                  [words.total, formatCount(bulk.total)],
                  [words.created, <Time key="created" at={bulk.createdAt} />],
                ]}
              />
            </Card>
          }
        >
          <Card
            title={words.progress}
            actions={
              <Link to="/withdrawals" search={{ bulkId: bulk.id }} className="text-sm text-link underline">
                {words.see}
              </Link>
            }
          >
            <ProgressOf bulk={bulk} />
          </Card>
        </DetailPage>
      )}
    </QueryPage>
  );
}

function ProgressOf({ bulk }: { bulk: BulkWithdrawalBody }) {
  const words = useTexts(bulkTexts);
  const done = countDone(bulk.counts);
  const text = words.doneOf(formatCount(done), formatCount(bulk.total));
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-col gap-2">
        <p role="status" className="tabular text-lg font-semibold">
          {text}
        </p>
        <Progress done={done} total={bulk.total} label={words.progress} text={text} />
      </div>
      {done === bulk.total ? <Banner tone="good" title={words.allDone} /> : null}
      <ul aria-label={words.states} className="flex flex-col divide-y divide-separator">
        {withdrawalStates
          .filter((state) => (bulk.counts[state] ?? 0) > 0)
          .map((state) => (
            <li key={state} className="flex min-h-10 items-center justify-between gap-4">
              <WithdrawalState state={state} />
              <Link
                to="/withdrawals"
                search={{ bulkId: bulk.id, state }}
                className="tabular text-sm font-medium text-link underline"
              >
                {formatCount(bulk.counts[state] ?? 0)}
              </Link>
            </li>
          ))}
      </ul>
    </div>
  );
}

function anomalyOf(bulk: BulkWithdrawalBody, words: (typeof bulkTexts)['ko']): Anomaly | null {
  const failed = bulk.counts.FAILED ?? 0;
  const review = bulk.counts.REVIEW ?? 0;
  const link = (state: string, text: string) => (
    <Link to="/withdrawals" search={{ bulkId: bulk.id, state }} className="self-center text-sm underline">
      {text}
    </Link>
  );
  if (failed > 0)
    return {
      tone: 'bad',
      title: words.failedTitle(formatCount(failed)),
      text: words.failedText,
      actions: link('FAILED', words.seeFailed),
    };
  if (review === 0) return null;
  return {
    tone: 'warn',
    title: words.reviewTitle(formatCount(review)),
    text: words.reviewText,
    actions: link('REVIEW', words.seeReview),
  };
}
