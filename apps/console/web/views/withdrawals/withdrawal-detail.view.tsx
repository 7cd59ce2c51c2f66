import { Card } from '@naru/ui/card.tsx';
import { JsonView } from '@naru/ui/json-view.tsx';
import type { WithdrawalDetailBody } from '@naru/wire/withdrawal-detail.ts';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { naru } from '../../app/client.ts';
import { formatAmount } from '../../format/number.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { isFinal } from '../../i18n/withdrawal-states.ts';
import { DetailPage } from '../../primitives/detail-page.tsx';
import { QueryPage } from '../../primitives/query-view.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { WithdrawalState } from '../../primitives/withdrawal-state.tsx';
import { ChainTxCard } from './chain-tx-card.tsx';
import { detailTexts } from './detail.texts.ts';
import { anomalyOf } from './withdrawal-anomaly.tsx';
import { DecisionCard, LettersCard, ReviewCard } from './withdrawal-cards.tsx';
import { WithdrawalFacts } from './withdrawal-facts.tsx';
import { DeliveriesCard, LedgerCard, NotesCard } from './withdrawal-records.tsx';
import { WithdrawalTimeline } from './withdrawal-timeline.tsx';
import { useWithdrawalVerbs } from './withdrawal-verbs.tsx';

/** The stream says when it moves; this catches what the stream does not tell, as another organisation's. */
const REFRESH_MS = 3_000;

/** After its end its webhooks are made and delivered, of which no event tells. */
const WEBHOOKS_MS = 60_000;

function isMoving({ state, updatedAt, deliveries }: WithdrawalDetailBody): boolean {
  return (
    !isFinal(state) ||
    deliveries.some((one) => one.state === 'PENDING') ||
    Date.now() - Date.parse(updatedAt) < WEBHOOKS_MS
  );
}

/** The whole story of one withdrawal: what is the matter and what can be done first. */
export function WithdrawalDetailView() {
  const { id } = useParams({ from: '/shell/withdrawals/$id' });
  const query = useQuery({
    queryKey: ['withdrawal', id],
    queryFn: ({ signal }) => naru.admin.withdrawals.get(id, { signal }),
    refetchInterval: ({ state }) => (state.data !== undefined && isMoving(state.data) ? REFRESH_MS : false),
  });
  return <QueryPage query={query}>{(detail) => <Detail detail={detail} />}</QueryPage>;
}

function Detail({ detail }: { detail: WithdrawalDetailBody }) {
  const words = useTexts(detailTexts);
  const locale = useLocale();
  const verbs = useWithdrawalVerbs(detail);
  const { chainTxs } = detail;
  const anomaly = anomalyOf(detail, { words, locale, button: verbs.button });
  return (
    <DetailPage
      title={words.title(`${formatAmount(detail.amount)} ${detail.asset}`)}
      lead={
        <span className="flex flex-wrap items-center gap-2">
          <WithdrawalState state={detail.state} />
          <ShortId text={detail.id} />
        </span>
      }
      actions={anomaly?.actions ? verbs.menu : verbs.actions}
      anomaly={anomaly}
      aside={
        <>
          <WithdrawalFacts detail={detail} />
          <ReviewCard detail={detail} />
          <DecisionCard detail={detail} />
          <LettersCard detail={detail} />
          <NotesCard detail={detail} button={verbs.button('note')} />
        </>
      }
    >
      <Card title={words.timeline}>
        <WithdrawalTimeline detail={detail} />
      </Card>
      {chainTxs.length === 0 ? (
        <Card title={words.transactions}>
          <p className="text-sm text-muted">{words.noTransactions}</p>
        </Card>
      ) : (
        [...chainTxs].reverse().map((chainTx) => <ChainTxCard key={chainTx.id} chainTx={chainTx} isLinked />)
      )}
      <LedgerCard detail={detail} />
      <DeliveriesCard detail={detail} />
      <Card title={words.raw}>
        <details>
          <summary className="cursor-pointer text-sm text-muted">{words.raw}</summary>
          <div className="mt-2">
            <JsonView label={words.raw} value={detail} />
          </div>
        </details>
      </Card>
      {verbs.dialog}
    </DetailPage>
  );
}
