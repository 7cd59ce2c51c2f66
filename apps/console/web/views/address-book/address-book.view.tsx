import { Banner } from '@naru/ui/banner.tsx';
import type { Column } from '@naru/ui/data-table.tsx';
import { Select } from '@naru/ui/select.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import type { AddressBookEntryBody } from '@naru/wire/address-book.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatCount } from '../../format/number.ts';
import { formatTime } from '../../format/time.ts';
import { useTexts } from '../../i18n/locale.ts';
import { AddressField, useAddressProblem } from '../../primitives/address-field.tsx';
import { CommandButton } from '../../primitives/command-button.tsx';
import { Page } from '../../primitives/page.tsx';
import { ReadOnlyNote } from '../../primitives/read-only-note.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { TableCard } from '../../primitives/table-card.tsx';
import { Time } from '../../primitives/time.tsx';
import { useConfiguredChains } from '../../primitives/use-configured-chains.ts';
import { addressBookTexts } from './address-book.texts.ts';

/** Entries shown; a book that is longer is for the API. */
const ENTRIES_MAX = 5_000;

async function readBook(signal: AbortSignal): Promise<AddressBookEntryBody[]> {
  const entries: AddressBookEntryBody[] = [];
  for await (const entry of naru.addressBook.list({ signal })) {
    entries.push(entry);
    if (entries.length >= ENTRIES_MAX) break;
  }
  return entries;
}

export function AddressBookView() {
  const words = useTexts(addressBookTexts);
  const me = useMe();
  const canChange = me.can('address-book:write');
  const query = useQuery({ queryKey: ['address-book'], queryFn: ({ signal }) => readBook(signal) });
  const hours = useCoolingOffHours(me.organisationId);
  const columns = useMemo<Column<AddressBookEntryBody>[]>(
    () => [
      { id: 'label', header: words.label, isKey: true, width: 16, cell: (row) => row.label },
      { id: 'address', header: words.address, width: 14, cell: (row) => <ShortId text={row.address} /> },
      { id: 'chain', header: words.chain, width: 9, cell: (row) => row.chain },
      {
        id: 'cooling',
        header: words.cooling,
        width: 16,
        cell: (row) => {
          if (hours === null) return words.noCooling;
          const until = new Date(new Date(row.createdAt).getTime() + hours * 3_600_000);
          return until > new Date() ? (
            <StatusChip tone="warn">{words.coolingUntil(formatTime(until))}</StatusChip>
          ) : (
            <StatusChip tone="good">{words.ready}</StatusChip>
          );
        },
      },
      { id: 'at', header: words.at, width: 12, cell: (row) => <Time at={row.createdAt} /> },
      ...(canChange
        ? [
            {
              id: 'actions',
              header: words.actions,
              width: 6,
              cell: (row: AddressBookEntryBody) => <RemoveAddress entry={row} />,
            },
          ]
        : []),
    ],
    [words, hours, canChange],
  );
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={canChange ? <AddAddress /> : <ReadOnlyNote>{words.readOnly}</ReadOnlyNote>}
    >
      {hours === null ? null : <Banner tone="info" title={words.coolingHint(formatCount(hours))} />}
      <TableCard
        query={query}
        title={words.title}
        isTitleHidden
        columns={columns}
        rowsOf={(entries) => entries}
        rowId={(row) => row.id}
        empty={{ title: words.empty, hint: words.emptyHint }}
      />
    </Page>
  );
}

/** By the policy that governs the organisation: its own, or the default; null: the book is not asked for. */
function useCoolingOffHours(organisationId: string): number | null {
  const query = useQuery({
    queryKey: ['policies', 'active'],
    queryFn: ({ signal }) => naru.admin.policies.list({ state: 'ACTIVE' }, { signal }),
  });
  const active = query.data ?? [];
  const governs =
    active.find((one) => one.organisationId === organisationId) ??
    active.find((one) => one.organisationId === null);
  if (governs === undefined || governs.document.addressBook.mode === 'OFF') return null;
  return governs.document.addressBook.coolingOffHours;
}

function RemoveAddress({ entry }: { entry: AddressBookEntryBody }) {
  const words = useTexts(addressBookTexts);
  const client = useQueryClient();
  return (
    <CommandButton
      label={words.remove}
      name={`${words.remove}: ${entry.label}`}
      variant="ghost"
      command={{
        title: words.removeTitle,
        consequence: (
          <>
            <p className="font-medium">{entry.label}</p>
            <ShortId text={entry.address} isWhole />
            <p className="mt-2">{words.removeWhat}</p>
          </>
        ),
        confirmLabel: words.remove,
        tone: 'danger',
        reason: 'none',
        run: ({ idempotencyKey }) => naru.addressBook.remove(entry.id, { idempotencyKey }),
        doneText: words.removed,
        onDone: () => void client.invalidateQueries({ queryKey: ['address-book'] }),
      }}
    />
  );
}

function AddAddress() {
  const words = useTexts(addressBookTexts);
  const client = useQueryClient();
  const chains = useQuery({
    queryKey: ['chains', 'own'],
    queryFn: ({ signal }) => naru.chains.list({ signal }),
    staleTime: 60_000,
  });
  const [chosen, setChain] = useState<string | null>(null);
  const [address, setAddress] = useState('');
  const [label, setLabel] = useState('');
  // One that is not connected would be chosen by nobody, and is not proposed either.
  const configured = useConfiguredChains();
  const offered = (chains.data ?? []).filter((one) => configured.includes(one.chain));
  const chain = chosen ?? offered[0]?.chain ?? '';
  const addressProblem = useAddressProblem(address);
  return (
    <CommandButton
      label={words.add}
      variant="primary"
      onOpen={() => {
        setAddress('');
        setLabel('');
      }}
      command={{
        title: words.add,
        consequence: words.addWhat,
        confirmLabel: words.add,
        reason: 'none',
        fields: (
          <>
            <TextField label={words.label} value={label} onChange={setLabel} maxLength={200} isRequired />
            <Select
              label={words.chain}
              value={chain}
              choices={offered.map((one) => ({ value: one.chain, label: one.name }))}
              onChange={setChain}
            />
            <AddressField label={words.address} value={address} onChange={setAddress} isRequired />
          </>
        ),
        fieldProblem: label.trim() === '' ? words.labelNeeded : addressProblem,
        run: ({ idempotencyKey }) =>
          naru.addressBook.add({ chain, address: address.trim(), label: label.trim() }, { idempotencyKey }),
        doneText: words.added,
        onDone: () => void client.invalidateQueries({ queryKey: ['address-book'] }),
      }}
    />
  );
}
