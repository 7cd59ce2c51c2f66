import { Button } from '@naru/ui/button.tsx';
import type { Column } from '@naru/ui/data-table.tsx';
import type { ApiKeyBody } from '@naru/wire/person.ts';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatCount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { CommandDialog } from '../../primitives/command-dialog.tsx';
import { List } from '../../primitives/list-page.tsx';
import { Page } from '../../primitives/page.tsx';
import { Time } from '../../primitives/time.tsx';
import { apiKeyTexts } from './api-key.texts.ts';
import { ApiKeyDialog } from './api-key-dialog.tsx';
import { ApiKeyState, stateOf } from './api-key-state.tsx';
import { CreateApiKey } from './create-api-key.tsx';

/** Keys of programs, newest first. */
export function ApiKeyListView() {
  const words = useTexts(apiKeyTexts);
  const me = useMe();
  const client = useQueryClient();
  const [opened, setOpened] = useState<ApiKeyBody | null>(null);
  const [revoked, setRevoked] = useState<ApiKeyBody | null>(null);
  const may = me.can('keys:write');
  const pages = useInfiniteQuery({
    queryKey: ['api-keys'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      naru.apiKeys.page({ limit: 50, ...(pageParam === '' ? {} : { cursor: pageParam }) }, { signal }),
    getNextPageParam: (page) => page.nextCursor,
  });
  const columns = useMemo<Column<ApiKeyBody>[]>(
    () => [
      {
        id: 'name',
        header: words.name,
        isKey: true,
        width: 12,
        cell: (row) => (
          <button
            type="button"
            className="cursor-pointer truncate font-medium hover:underline"
            onClick={() => setOpened(row)}
          >
            {row.name}
          </button>
        ),
      },
      {
        id: 'prefix',
        header: words.prefix,
        width: 10,
        cell: (row) => <code className="text-xs">{row.prefix}…</code>,
      },
      { id: 'state', header: words.state, width: 6, cell: (row) => <ApiKeyState apiKey={row} /> },
      {
        id: 'scopes',
        header: words.scopes,
        width: 6,
        align: 'end',
        cell: (row) => (
          <span title={row.scopes.join(', ')}>{words.scopeCount(formatCount(row.scopes.length))}</span>
        ),
      },
      { id: 'holder', header: words.holder, width: 8, cell: (row) => row.holder ?? '—' },
      {
        id: 'ip',
        header: words.ipAllowList,
        width: 10,
        cell: (row) => row.ipAllowList?.join(', ') ?? words.everywhere,
      },
      { id: 'created', header: words.created, width: 11, cell: (row) => <Time at={row.createdAt} /> },
      {
        id: 'expires',
        header: words.expires,
        width: 11,
        cell: (row) => (row.expiresAt === null ? words.never : <Time at={row.expiresAt} />),
      },
      ...(may
        ? [
            {
              id: 'verbs',
              header: '',
              width: 9,
              align: 'end' as const,
              cell: (row: ApiKeyBody) =>
                stateOf(row) === 'revoked' ? null : (
                  <Button variant="ghost" onPress={() => setRevoked(row)}>
                    {words.revoke}
                  </Button>
                ),
            },
          ]
        : []),
    ],
    [words, may],
  );
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={may ? <CreateApiKey /> : <span className="text-xs text-muted">{words.noScope}</span>}
    >
      <List
        storeKey="api-keys"
        label={words.title}
        pages={pages}
        columns={columns}
        hiddenAtFirst={['holder']}
        rowId={(row) => row.id}
        onOpen={setOpened}
        empty={{ title: words.empty, hint: words.emptyHint }}
      />
      <ApiKeyDialog apiKey={opened} onClose={() => setOpened(null)} />
      <CommandDialog
        isOpen={revoked !== null}
        onClose={() => setRevoked(null)}
        title={words.revokeTitle(revoked?.name ?? '')}
        consequence={words.revokeWhat}
        confirmLabel={words.revoke}
        tone="danger"
        reason="none"
        run={({ idempotencyKey }) => naru.apiKeys.revoke(revoked?.id ?? '', { idempotencyKey })}
        doneText={words.revokedDone}
        onDone={() => void client.invalidateQueries({ queryKey: ['api-keys'] })}
      />
    </Page>
  );
}
