import type { ReviewListFilter } from '@naru/sdk/reviews.ts';
import { shorten } from '@naru/ui/copy-text.tsx';
import type { Column } from '@naru/ui/data-table.tsx';
import type { ReviewBody } from '@naru/wire/review.ts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatCount } from '../../format/number.ts';
import { formatDuration } from '../../format/time.ts';
import { nameReason } from '../../i18n/causes.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { sayMachineText } from '../../i18n/machine-texts.ts';
import { Amount } from '../../primitives/amount.tsx';
import { List } from '../../primitives/list-page.tsx';
import { Page } from '../../primitives/page.tsx';
import { ReviewState } from '../../primitives/review-state.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { TabLinks } from '../../primitives/tab-links.tsx';
import { Time } from '../../primitives/time.tsx';
import { approvalTexts } from './approval.texts.ts';
import { approvalTabs } from './routes.ts';

type Tab = (typeof approvalTabs)[number];

const filters: Readonly<Record<Tab, ReviewListFilter>> = {
  open: { state: 'OPEN' },
  due: { confirmation: 'DUE' },
  decided: { state: ['APPROVED', 'DENIED', 'EXPIRED', 'CANCELED', 'OVERTAKEN'] },
};
const PAGE_ROWS = 50;
/** Other organisations' reviews come with no event here. */
const REFRESH_MS = 10_000;

/** What waits for a decision of people, and what was decided. */
export function ApprovalListView() {
  const words = useTexts(approvalTexts);
  const me = useMe();
  const navigate = useNavigate();
  const { tab = 'open' } = useSearch({ from: '/shell/approvals' });
  const columns = useColumns(tab);
  const pages = useInfiniteQuery({
    queryKey: ['approvals', 'list', tab],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const wanted = {
        ...filters[tab],
        limit: PAGE_ROWS,
        ...(pageParam === '' ? {} : { cursor: pageParam }),
      };
      return me.can('operations:read')
        ? naru.admin.reviews.listPage(wanted, { signal })
        : naru.reviews.listPage(wanted, { signal });
    },
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: tab === 'decided' ? false : REFRESH_MS,
  });
  const empty = {
    open: { title: words.emptyOpen, hint: words.emptyOpenHint },
    due: { title: words.emptyDue, hint: words.emptyDueHint },
    decided: { title: words.emptyDecided },
  };
  return (
    <Page title={words.title} lead={words.lead}>
      <TabLinks
        label={words.tabs}
        tabs={approvalTabs.map((id) => ({ id, label: words[id] }))}
        selected={tab}
        onSelect={(id) => void navigate({ to: '/approvals', search: id === 'open' ? {} : { tab: id } })}
      />
      <List<ReviewBody>
        key={tab}
        storeKey={`approvals-${tab}`}
        label={words.title}
        pages={pages}
        columns={columns}
        hiddenAtFirst={tab === 'open' ? ['opened'] : []}
        rowId={(row) => row.id}
        onOpen={(row) => void navigate({ to: '/approvals/$id', params: { id: row.id } })}
        empty={empty[tab]}
      />
    </Page>
  );
}

function useColumns(tab: Tab): Column<ReviewBody>[] {
  const words = useTexts(approvalTexts);
  const locale = useLocale();
  return useMemo<Column<ReviewBody>[]>(
    () => [
      {
        id: 'withdrawal',
        header: words.withdrawal,
        isKey: true,
        width: 11,
        cell: ({ id, withdrawalId }) => (
          <Link
            to="/approvals/$id"
            params={{ id }}
            className="font-mono text-[0.92em] font-medium hover:underline"
          >
            {shorten(withdrawalId)}
          </Link>
        ),
      },
      {
        id: 'amount',
        header: words.amount,
        align: 'end',
        width: 13,
        cell: ({ amount, asset }) => <Amount amount={amount} asset={asset} />,
      },
      { id: 'to', header: words.to, width: 12, cell: ({ to }) => <ShortId text={to} /> },
      {
        id: 'why',
        header: words.why,
        width: 14,
        cell: ({ reasons }) => (
          <span title={reasons.map((one) => sayMachineText(one.text, locale)).join('\n')}>
            {[...new Set(reasons.map((one) => nameReason(one.code, locale)))].join(', ')}
          </span>
        ),
      },
      {
        id: 'votes',
        header: words.votes,
        width: 7,
        cell: ({ approvals, quorum }) => words.of(formatCount(approvals), formatCount(quorum)),
      },
      {
        id: 'requester',
        header: words.requester,
        width: 11,
        cell: ({ requester, requesterHolder }) => (
          <span title={requester}>{requesterHolder ?? shorten(requester.replace('api_key:', ''))}</span>
        ),
      },
      tab === 'open'
        ? {
            id: 'expires',
            header: words.expires,
            width: 17,
            cell: ({ expiresAt }: ReviewBody) => <Deadline at={expiresAt} />,
          }
        : {
            id: 'state',
            header: words.state,
            width: 8,
            cell: ({ state }: ReviewBody) => <ReviewState state={state} />,
          },
      { id: 'opened', header: words.opened, width: 11, cell: ({ openedAt }) => <Time at={openedAt} /> },
    ],
    [words, locale, tab],
  );
}

/** When it ends, and how much of that is left. */
function Deadline({ at }: { at: string }) {
  const words = useTexts(approvalTexts);
  const locale = useLocale();
  const left = Math.max(0, Date.parse(at) - Date.now());
  return (
    <span>
      <Time at={at} />{' '}
      <span className="text-xs text-muted">({words.left(formatDuration(left, locale))})</span>
    </span>
  );
}
