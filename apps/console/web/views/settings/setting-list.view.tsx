import { Card } from '@naru/ui/card.tsx';
import { type Column, DataTable } from '@naru/ui/data-table.tsx';
import { EmptyState } from '@naru/ui/empty-state.tsx';
import { Select } from '@naru/ui/select.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import type { SettingBody } from '@naru/wire/setting.ts';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { type Locale, useLocale, useTexts } from '../../i18n/locale.ts';
import { Page } from '../../primitives/page.tsx';
import { QueryView } from '../../primitives/query-view.tsx';
import { Time } from '../../primitives/time.tsx';
import { settingTexts } from './setting.texts.ts';
import { formatSetting, groupName, groupOf, tellSetting } from './setting-words.ts';

const settingsQuery = {
  queryKey: ['settings'],
  queryFn: ({ signal }: { signal: AbortSignal }) => naru.admin.settings.list({}, { signal }),
};

const ALL = 'all';
const INSTALLATION = 'installation';

/** What can be turned while everything runs, in groups by what it belongs to. */
export function SettingListView() {
  const words = useTexts(settingTexts);
  const locale = useLocale();
  const navigate = useNavigate();
  const { q = '', target = ALL } = useSearch({ from: '/shell/settings' });
  const query = useQuery(settingsQuery);
  const columns = useMemo<Column<SettingBody>[]>(
    () => [
      {
        id: 'setting',
        header: words.setting,
        isKey: true,
        width: 20,
        cell: (row) => (
          <Link
            to="/settings/$key"
            params={{ key: row.key }}
            search={{ target: row.target === '' ? undefined : row.target }}
            className="font-medium hover:underline"
            title={tellSetting(row, locale).summary}
          >
            {tellSetting(row, locale).name}
          </Link>
        ),
      },
      {
        id: 'target',
        header: words.target,
        width: 10,
        cell: (row) => (row.target === '' ? words.installation : row.target),
      },
      {
        id: 'value',
        header: words.value,
        align: 'end',
        width: 15,
        cell: (row) => formatSetting(row.current, row, locale, words),
      },
      {
        id: 'default',
        header: words.shipped,
        align: 'end',
        width: 15,
        cell: (row) => formatSetting(row.default, row, locale, words),
      },
      {
        id: 'source',
        header: words.source,
        width: 12,
        cell: (row) =>
          row.version === 0 || row.current === row.default ? (
            <StatusChip tone="idle">{words.fromDefault}</StatusChip>
          ) : (
            <StatusChip tone="info">{words.fromDecision(String(row.version))}</StatusChip>
          ),
      },
      {
        id: 'changed',
        header: words.changedAt,
        width: 12,
        cell: (row) => (row.changed === null ? words.never : <Time at={row.changed.at} />),
      },
    ],
    [words, locale],
  );
  const targets = [...new Set((query.data ?? []).map((one) => one.target))];
  const change = (next: { q?: string; target?: string }) =>
    void navigate({ to: '.', search: { q: q === '' ? undefined : q, target, ...next }, replace: true });
  return (
    <Page title={words.title} lead={words.lead}>
      <div className="flex flex-wrap items-end gap-2">
        <TextField
          label={words.search}
          type="search"
          value={q}
          onChange={(text) => change({ q: text })}
          className="w-56"
        />
        <Select
          label={words.target}
          value={target}
          choices={[
            { value: ALL, label: words.allTargets },
            ...targets.map((one) => ({
              value: one === '' ? INSTALLATION : one,
              label: one === '' ? words.installation : one,
            })),
          ]}
          onChange={(value) => change({ target: value })}
          className="w-44"
        />
      </div>
      <QueryView query={query}>
        {(settings) => {
          const shown = settings.filter((one) => fits(one, { q, target }, locale));
          if (shown.length === 0) return <EmptyState title={words.empty}>{words.emptyHint}</EmptyState>;
          return [...Map.groupBy(shown, groupOf)].map(([group, rows]) => (
            <Card key={group} title={groupName(group, locale)} isFlush>
              <DataTable
                label={groupName(group, locale)}
                columns={columns}
                rows={rows}
                rowId={(row) => `${row.key} ${row.target}`}
                onOpen={(row) =>
                  void navigate({
                    to: '/settings/$key',
                    params: { key: row.key },
                    search: { target: row.target === '' ? undefined : row.target },
                  })
                }
              />
            </Card>
          ));
        }}
      </QueryView>
    </Page>
  );
}

function fits(setting: SettingBody, wanted: { q: string; target: string }, locale: Locale): boolean {
  const of = setting.target === '' ? INSTALLATION : setting.target;
  if (wanted.target !== ALL && of !== wanted.target) return false;
  return `${setting.key} ${tellSetting(setting, locale).name} ${setting.summary}`
    .toLowerCase()
    .includes(wanted.q.trim().toLowerCase());
}
