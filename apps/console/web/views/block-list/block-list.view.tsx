import type { Column } from '@naru/ui/data-table.tsx';
import { Select } from '@naru/ui/select.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import type { BlockedAddressBody } from '@naru/wire/address-book.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { useTexts } from '../../i18n/locale.ts';
import { Actor } from '../../primitives/actor.tsx';
import { AddressField, useAddressProblem } from '../../primitives/address-field.tsx';
import { CommandButton } from '../../primitives/command-button.tsx';
import { Page } from '../../primitives/page.tsx';
import { ReadOnlyNote } from '../../primitives/read-only-note.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { TableCard } from '../../primitives/table-card.tsx';
import { Time } from '../../primitives/time.tsx';
import { useConfiguredChains } from '../../primitives/use-configured-chains.ts';
import { blockListTexts } from './block-list.texts.ts';

export function BlockListView() {
  const words = useTexts(blockListTexts);
  const me = useMe();
  const navigate = useNavigate();
  const canChange = me.can('admin');
  const { address = '' } = useSearch({ from: '/shell/block-list' });
  const addressProblem = useAddressProblem(address);
  const wanted = addressProblem === null ? address : undefined;
  const query = useQuery({
    queryKey: ['block-list', wanted ?? ''],
    queryFn: ({ signal }) =>
      naru.admin.blockList.list(wanted === undefined ? {} : { address: wanted }, { signal }),
  });
  const columns = useMemo<Column<BlockedAddressBody>[]>(
    () => [
      {
        id: 'address',
        header: words.address,
        isKey: true,
        width: 14,
        cell: (row) => <ShortId text={row.address} />,
      },
      { id: 'chain', header: words.chain, width: 9, cell: (row) => row.chain ?? words.every },
      { id: 'reason', header: words.reason, width: 24, cell: (row) => row.reason },
      { id: 'by', header: words.addedBy, width: 12, cell: (row) => <Actor id={row.addedBy} /> },
      { id: 'at', header: words.at, width: 12, cell: (row) => <Time at={row.createdAt} /> },
      ...(canChange
        ? [
            {
              id: 'actions',
              header: words.actions,
              width: 7,
              cell: (row: BlockedAddressBody) => <Unblock entry={row} />,
            },
          ]
        : []),
    ],
    [words, canChange],
  );
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={canChange ? <Block /> : <ReadOnlyNote>{words.readOnly}</ReadOnlyNote>}
    >
      <TableCard
        query={query}
        title={words.title}
        isTitleHidden
        filters={
          <TextField
            label={words.search}
            type="search"
            value={address}
            onChange={(text) =>
              void navigate({ to: '.', search: text === '' ? {} : { address: text.trim() }, replace: true })
            }
            className="w-96 max-w-full"
            error={address === '' ? null : addressProblem}
            isMono
          />
        }
        columns={columns}
        rowsOf={(entries) => entries}
        rowId={(row) => row.id}
        empty={{ title: words.empty, hint: words.emptyHint }}
      />
    </Page>
  );
}

function Unblock({ entry }: { entry: BlockedAddressBody }) {
  const words = useTexts(blockListTexts);
  const client = useQueryClient();
  return (
    <CommandButton
      label={words.remove}
      name={`${words.remove}: ${entry.address}`}
      variant="ghost"
      command={{
        title: words.removeTitle,
        consequence: (
          <>
            <ShortId text={entry.address} isWhole />
            <p className="mt-2">{words.removeWhat}</p>
          </>
        ),
        confirmLabel: words.remove,
        tone: 'danger',
        reason: 'none',
        run: ({ idempotencyKey }) => naru.admin.blockList.remove(entry.id, { idempotencyKey }),
        doneText: words.removed,
        onDone: () => void client.invalidateQueries({ queryKey: ['block-list'] }),
      }}
    />
  );
}

const EVERY = 'every';

function Block() {
  const words = useTexts(blockListTexts);
  const client = useQueryClient();
  const chains = useConfiguredChains();
  const [chain, setChain] = useState<string>(EVERY);
  const [address, setAddress] = useState('');
  const addressProblem = useAddressProblem(address);
  return (
    <CommandButton
      label={words.add}
      variant="primary"
      onOpen={() => setAddress('')}
      command={{
        title: words.add,
        consequence: words.addWhat,
        confirmLabel: words.add,
        tone: 'danger',
        reason: 'required',
        fields: (
          <>
            <AddressField label={words.address} value={address} onChange={setAddress} isRequired />
            <Select
              label={words.chain}
              value={chain}
              choices={[
                { value: EVERY, label: words.every },
                ...chains.map((value) => ({ value, label: value })),
              ]}
              onChange={setChain}
            />
          </>
        ),
        fieldProblem: addressProblem,
        run: ({ reason, idempotencyKey }) =>
          naru.admin.blockList.add(
            { chain: chain === EVERY ? null : chain, address: address.trim(), reason },
            { idempotencyKey },
          ),
        doneText: words.added,
        onDone: () => void client.invalidateQueries({ queryKey: ['block-list'] }),
      }}
    />
  );
}
