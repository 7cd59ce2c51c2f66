import type { Column } from '@naru/ui/data-table.tsx';
import type { TierBody } from '@naru/wire/policy.ts';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatCount, formatWon } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { Page } from '../../primitives/page.tsx';
import { ReadOnlyNote } from '../../primitives/read-only-note.tsx';
import { TableCard } from '../../primitives/table-card.tsx';
import { tierTexts } from './tier.texts.ts';
import { AssignTier, SetTier } from './tier-verbs.tsx';

export function TierListView() {
  const words = useTexts(tierTexts);
  const me = useMe();
  const canChange = me.can('admin');
  const query = useQuery({
    queryKey: ['tiers'],
    queryFn: ({ signal }) => naru.admin.tiers.list({ signal }),
  });
  const columns = useMemo<Column<TierBody>[]>(() => {
    const won = (krw: string | null) => (krw === null ? words.unlimited : formatWon(krw));
    const times = (count: number | null) =>
      count === null ? words.unlimited : words.times(formatCount(count));
    return [
      { id: 'name', header: words.name, isKey: true, width: 12, cell: (row) => row.name },
      {
        id: 'code',
        header: words.code,
        width: 8,
        cell: (row) => <code className="text-xs">{row.code}</code>,
      },
      {
        id: 'organisations',
        header: words.organisations,
        align: 'end',
        width: 8,
        cell: (row) => words.count(formatCount(row.organisations)),
      },
      {
        id: 'one',
        header: words.perWithdrawal,
        align: 'end',
        width: 12,
        cell: (row) => won(row.perWithdrawalKrwMax),
      },
      { id: 'day', header: words.daily, align: 'end', width: 12, cell: (row) => won(row.dailyKrwMax) },
      { id: 'month', header: words.monthly, align: 'end', width: 12, cell: (row) => won(row.monthlyKrwMax) },
      {
        id: 'days',
        header: words.dailyCount,
        align: 'end',
        width: 8,
        cell: (row) => times(row.dailyCountMax),
      },
      {
        id: 'months',
        header: words.monthlyCount,
        align: 'end',
        width: 8,
        cell: (row) => times(row.monthlyCountMax),
      },
      ...(canChange
        ? [
            {
              id: 'actions',
              header: words.actions,
              width: 7,
              cell: (row: TierBody) => <SetTier tier={row} />,
            },
          ]
        : []),
    ];
  }, [words, canChange]);
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        canChange ? (
          <>
            <AssignTier tiers={query.data ?? []} />
            <SetTier tier={null} />
          </>
        ) : (
          <ReadOnlyNote>{words.readOnly}</ReadOnlyNote>
        )
      }
    >
      <TableCard
        query={query}
        title={words.title}
        isTitleHidden
        columns={columns}
        rowsOf={(tiers) => tiers}
        rowId={(row) => row.code}
        empty={{ title: words.empty, hint: words.emptyHint }}
      />
    </Page>
  );
}
